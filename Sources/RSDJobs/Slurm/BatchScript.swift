/// The scripts that a submission writes to the run directory, for Slurm and for people.
package struct BatchScript: Sendable, Equatable {
    /// Name of the job in its spec.
    package var name: String
    /// Absolute path of this program, on nodes and here.
    package var program: String
    /// Absolute path of the directory above the shards.
    package var directory: String
    package var request: SlurmRequest
    /// Shards to run: all, or the unfinished ones.
    package var shards: [Int]
    /// File name of the spec in the directory.
    package var spec: String
    /// The user's shell command for the end of the merge.
    package var notify: String?

    /// Seconds before the time limit at which Slurm signals. It checks every 30 seconds, so the signal may come that much earlier.
    static let warning = 90
    /// Consecutive restarts without a new response after which a shard is no longer requeued.
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

    /// sbatch's options for the array. They are passed on the command line, since the environment would override the script, which
    /// repeats them for people.
    var arrayOptions: [String] { ownArrayOptions + request.options.flatMap(\.sbatchWords) }

    /// The same for the merge job.
    var mergeOptions: [String] { ownMergeOptions + furtherMergeOptions.flatMap(\.sbatchWords) }

    private var ownArrayOptions: [String] {
        let limit = request.arrayLimit.map { "%\($0)" } ?? ""
        let gpus = request.gpus.map { $0 == "0" ? [] : ["--gpus=\($0)"] + request.nodes } ?? []
        return ["--job-name=\(plainName)", "--array=\(Self.ranges(shards))\(limit)"]
            + ["--output=\(logPath("slurm-shard-%a.log"))", "--open-mode=append", "--requeue"]
            + ["--signal=B:USR1@\(Self.warning)"] + gpus + common
    }

    private var ownMergeOptions: [String] {
        ["--job-name=\(plainName)-merge", "--output=\(logPath("slurm-merge.log"))", "--open-mode=append"]
            + common
    }

    private var furtherMergeOptions: [String] { request.options.filter(Self.isOfMergeToo) }

    /// `submit.sbatch`: an array with one task per shard.
    package var array: String {
        """
        #!/bin/bash
        \(Self.lines(ownArrayOptions, request.options))

        # One shard of \(name). Written by `rsd-batch submit`, which also submits the merge of all shards.
        run=\(directory.shellWord)
        shard=$SLURM_ARRAY_TASK_ID
        task="${SLURM_ARRAY_JOB_ID}_$shard"  # SLURM_JOB_ID of the last task is the whole array's
        barren="$run/logs/shard-$shard.barren"
        [ -n "$SLURM_RESTART_COUNT" ] || rm -f "$barren"
        unset SLURM_CLUSTERS "${!SQUEUE_@}" "${!SCONTROL_@}"  # set by the submitting shell: queries here are about this task only

        answers() { cat "$run/shard-$shard-of-\(request.shards)/journal/events.jsonl" 2>/dev/null | grep -c '"kind":"\\(generated\\|scored\\)"'; }
        before=$(answers)

        # The end of the job: older versions of Slurm do not set it.
        if [ -z "$SLURM_JOB_END_TIME" ]; then
          end=$(SLURM_TIME_FORMAT=%s squeue -h -j "$task" -o %e 2>/dev/null)
          case $end in '' | *[!0-9]*) ;; *) export SLURM_JOB_END_TIME=$end ;; esac
        fi

        # Slurm signals only this shell, which forwards the signal: the runner then journals what has arrived, and exits with 75.
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
        # bash may lose the exit code of a process that ends at the moment of a signal; the same command resumes in any case.
        [ "$code" -ge 0 ] || code=75
        [ "$code" -eq 75 ] || exit "$code"

        # Slurm is busy when a whole array is signalled at once, so queries are repeated.
        patiently() { for pause in 2 5 0; do "$@" && return; sleep $pause; done; return 1; }
        by_hand() {
          echo "shard $shard was stopped and not requeued, because $1 failed: run rsd-batch submit with the same options to resume it" >&2
          exit 75
        }
        # Requeue, unless the job was cancelled or Slurm requeues it itself.
        state=$(patiently squeue -h -j "$task" -o '%T %r') || by_hand squeue
        case $state in
          RUNNING* | *TimeLimit) ;;
          *) exit 75 ;;
        esac
        if [ "$(answers)" -gt "$before" ]; then count=0; else count=$(($(cat "$barren" 2>/dev/null || echo 0) + 1)); fi
        echo "$count" >"$barren"
        if [ "$count" -ge \(Self.barrenRestarts) ]; then
          echo "shard $shard was stopped $count times in a row without a new response, and is not requeued: see above for the reason." >&2
          echo "A longer --time may help; run rsd-batch submit with the same options to resume the unfinished shards." >&2
          exit 75
        fi
        patiently scontrol requeue "$task" || by_hand 'scontrol requeue'
        echo "shard $shard resumes when Slurm starts it again" >&2
        exit 75

        """
    }

    /// `merge.sbatch`: runs when every task of the array has ended, however it ended; reports what is missing.
    package var merge: String {
        """
        #!/bin/bash
        \(Self.lines(ownMergeOptions, furtherMergeOptions))

        # Merges the shards of \(name). Written by `rsd-batch submit`.
        exec \(program.shellWord) merge \(directory.shellWord)\(notify.map { " --notify \($0.shellWord)" } ?? "")

        """
    }

    private var common: [String] {
        (request.partition.map { ["--partition=\($0)"] } ?? []) + (request.time.map { ["--time=\($0)"] } ?? [])
    }

    /// Without characters that Slurm or a path could interpret.
    private var plainName: String {
        String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) ? $0 : "-" })
    }

    /// In the run directory; `%` in the path itself is not a field.
    private func logPath(_ name: String) -> String { directory.replacing("%", with: "%%") + "/logs/" + name }

    private static func lines(_ own: [String], _ further: [String]) -> String {
        (own.map(\.sbatchWord) + further).map { "#SBATCH \($0)" }.joined(separator: "\n")
    }

    /// Whether the merge job needs this option of the shards: account, partition and limits, but no resources.
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
