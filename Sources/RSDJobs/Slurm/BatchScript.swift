/// The scripts that a submission leaves in the run's directory, for people to read and for Slurm to run.
package struct BatchScript: Sendable, Equatable {
    /// Of the job, as its spec says.
    package var name: String
    /// Absolute path of this program, on nodes and here.
    package var program: String
    /// Absolute path of the directory above the shards.
    package var directory: String
    package var request: SlurmRequest
    /// Shards to run: all, or those that are not finished.
    package var shards: [Int]
    /// The spec's name in the directory.
    package var spec: String

    /// Seconds before the time limit at which Slurm warns. It looks every 30 seconds, so that a warning may come that much earlier.
    static let warning = 90
    /// Restarts in a row without a new answer after which a shard is not requeued any more.
    static let barrenRestarts = 3

    package init(
        name: String, program: String, directory: String, request: SlurmRequest, shards: [Int],
        spec: String = "job.yaml"
    ) {
        self.name = name
        self.program = program
        self.directory = directory
        self.request = request
        self.shards = shards
        self.spec = spec
    }

    /// What sbatch is told of the array: on its command line, and for people in the script, where the environment would go
    /// before it.
    var arrayOptions: [String] { ownArrayOptions + request.options.flatMap(\.sbatchWords) }

    /// The same of the job that merges.
    var mergeOptions: [String] { ownMergeOptions + furtherMergeOptions.flatMap(\.sbatchWords) }

    private var ownArrayOptions: [String] {
        let limit = request.arrayLimit.map { "%\($0)" } ?? ""
        let gpus = request.gpus.map { $0 == "0" ? [] : ["--gpus=\($0)"] } ?? []
        return ["--job-name=\(plainName)", "--array=\(Self.ranges(shards))\(limit)"]
            + ["--output=\(logPath("slurm-shard-%a.log"))", "--open-mode=append", "--requeue"]
            + ["--signal=B:USR1@\(Self.warning)"] + gpus + common
    }

    private var ownMergeOptions: [String] {
        ["--job-name=\(plainName)-merge", "--output=\(logPath("slurm-merge.log"))", "--open-mode=append"]
            + common
    }

    private var furtherMergeOptions: [String] { request.options.filter(Self.isOfMergeToo) }

    /// `submit.sbatch`: an array with a task for each shard.
    package var array: String {
        """
        #!/bin/bash
        \(Self.lines(ownArrayOptions, request.options))

        # One shard of \(name). Written by `rsd-batch submit`, which also has the shards merged when all have ended.
        run=\(directory.shellWord)
        shard=$SLURM_ARRAY_TASK_ID
        task="${SLURM_ARRAY_JOB_ID}_$shard"  # SLURM_JOB_ID of the last task is the whole array's
        barren="$run/logs/shard-$shard.barren"
        [ -n "$SLURM_RESTART_COUNT" ] || rm -f "$barren"
        unset SLURM_CLUSTERS "${!SQUEUE_@}" "${!SCONTROL_@}"  # of the shell that submitted: here this task alone is asked for

        answers() { cat "$run/shard-$shard-of-\(request.shards)/journal/events.jsonl" 2>/dev/null | grep -c '"kind":"\\(generated\\|scored\\)"'; }
        before=$(answers)

        # When the job ends: older versions of Slurm do not say.
        if [ -z "$SLURM_JOB_END_TIME" ]; then
          end=$(SLURM_TIME_FORMAT=%s squeue -h -j "$task" -o %e 2>/dev/null)
          case $end in '' | *[!0-9]*) ;; *) export SLURM_JOB_END_TIME=$end ;; esac
        fi

        # Slurm signals this shell alone, which hands it on: the runner then journals what has arrived, and ends with 75.
        trap 'heard=1; [ -z "$runner" ] || kill -USR1 "$runner"' USR1
        trap 'heard=1; [ -z "$runner" ] || kill -TERM "$runner"' TERM
        \(program.shellWord) run "$run/\(spec)" --run-dir "$run" --shard "$shard/\(request.shards)" --wait &
        runner=$!
        while :; do
          heard=
          wait "$runner"
          code=$?
          [ -n "$heard" ] || break
        done
        # bash may lose the code of a process that ends in the moment of a signal; the same command goes on in any case.
        [ "$code" -ge 0 ] || code=75
        [ "$code" -eq 75 ] || exit "$code"

        # Slurm is asked again where it does not answer: it is busy when a whole array is warned at once.
        patiently() { for pause in 2 5 0; do "$@" && return; sleep $pause; done; return 1; }
        by_hand() {
          echo "shard $shard is to be resumed, and is not requeued, as $1 fails: rsd-batch submit with the same words goes on with it" >&2
          exit 75
        }
        # To be resumed, unless somebody cancelled the job, or Slurm requeues it itself.
        state=$(patiently squeue -h -j "$task" -o '%T %r') || by_hand squeue
        case $state in
          RUNNING* | *TimeLimit) ;;
          *) exit 75 ;;
        esac
        if [ "$(answers)" -gt "$before" ]; then count=0; else count=$(($(cat "$barren" 2>/dev/null || echo 0) + 1)); fi
        echo "$count" >"$barren"
        if [ "$count" -ge \(Self.barrenRestarts) ]; then
          echo "shard $shard was stopped $count times in a row without a new answer, and is not requeued: see above for why." >&2
          echo "A longer --time may help; rsd-batch submit with the same words goes on with what is not finished." >&2
          exit 75
        fi
        patiently scontrol requeue "$task" || by_hand 'scontrol requeue'
        echo "shard $shard goes on when Slurm starts it again" >&2
        exit 75

        """
    }

    /// `merge.sbatch`: run when every task of the array has ended, however it ended; it names what is missing.
    package var merge: String {
        """
        #!/bin/bash
        \(Self.lines(ownMergeOptions, furtherMergeOptions))

        # Puts the shards of \(name) together. Written by `rsd-batch submit`.
        exec \(program.shellWord) merge \(directory.shellWord)

        """
    }

    private var common: [String] {
        (request.partition.map { ["--partition=\($0)"] } ?? []) + (request.time.map { ["--time=\($0)"] } ?? [])
    }

    /// Without what Slurm or a path could take for something else.
    private var plainName: String {
        String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) ? $0 : "-" })
    }

    /// In the run's directory; in the path itself `%` is no field.
    private func logPath(_ name: String) -> String { directory.replacing("%", with: "%%") + "/logs/" + name }

    private static func lines(_ own: [String], _ further: [String]) -> String {
        (own.map(\.sbatchWord) + further).map { "#SBATCH \($0)" }.joined(separator: "\n")
    }

    /// Who pays for a job and where it runs; a merge needs no more of what shards ask for.
    private static func isOfMergeToo(_ option: String) -> Bool {
        [
            "--account", "-A", "--qos", "-q", "--reservation", "--clusters", "-M", "--partition", "-p", "--time", "-t",
            "--constraint", "-C",
        ].contains { option.hasPrefix($0) }
    }

    /// `1-3,7`
    static func ranges(_ numbers: [Int]) -> String {
        var ranges: [ClosedRange<Int>] = []
        for number in numbers.sorted() {
            if let last = ranges.last, last.upperBound == number - 1 {
                ranges[ranges.count - 1] = last.lowerBound...number
            } else {
                ranges.append(number...number)
            }
        }
        return ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
            .joined(separator: ",")
    }
}
