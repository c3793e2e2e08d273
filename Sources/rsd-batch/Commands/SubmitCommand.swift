import ArgumentParser
import Foundation
import JobSpecs
import RSDJobs
import RunStore
import Support
import Terminal

struct SubmitCommand: AsyncParsableCommand, StoppableCommand {
    static let configuration = CommandConfiguration(
        commandName: "submit", abstract: "Submit a job to Slurm in shards, and a job that merges them.",
        discussion: """
            Writes submit.sbatch and merge.sbatch to the run directory and submits them. A shard that nears its time limit is \
            requeued and resumes. Run the command again to submit the shards that are not finished.

              rsd-batch submit job.yaml --run-dir /shared/run --shards 8 --time 8:00:00
              rsd-batch status /shared/run
              rsd-batch cancel /shared/run
            """)

    @OptionGroup var job: JobOptions

    @Option(
        help: "The run directory, visible to all nodes. (default: runs/<job name>)", completion: .directory)
    var runDir: String?

    @Option(help: "Number of shards; each is one task of the job array.")
    var shards: Int

    @Option(help: "The Slurm partition.")
    var partition: String?

    @Option(help: "Time limit of each task, in Slurm's format: 90 (minutes), 8:00:00, 1-12.")
    var time: String?

    @Option(help: "GPUs per task; 0 requests none. (default: as many as the job needs, if the engines are vLLM)")
    var gpus: String?

    @Option(help: "Maximum number of tasks running at once.")
    var arrayLimit: Int?

    @Option(
        name: .customLong("sbatch"), parsing: .unconditionalSingleValue,
        help: ArgumentHelp("An sbatch option, passed on unchanged; may be repeated.", valueName: "option"))
    var options: [String] = []

    @Option(
        help: ArgumentHelp(
            "What tasks run instead of this program: its path on the nodes, or a script that starts it in a container.",
            valueName: "path"), completion: .file())
    var program: String?

    @Option(
        help: ArgumentHelp(
            "Run this shell command when the shards are merged, or could not be; see `rsd-batch run --help`. For the end of single "
                + "tasks, Slurm can send mail: --sbatch=--mail-type=FAIL.", valueName: "command"))
    var notify: String?

    @Flag(help: "Print the scripts and submit nothing.")
    var print = false

    @OptionGroup var output: OutputOptions

    func validate() throws {
        if !(1...Shard.most).contains(shards) {
            throw ValidationError("--shards must be between 1 and \(Shard.most).")
        }
        try NotifyOption.check(notify)
        if let arrayLimit, arrayLimit < 1 { throw ValidationError("--array-limit must be at least 1.") }
        if let bad = options.first(where: { !$0.hasPrefix("-") || $0.contains("\n") }) {
            throw ValidationError("--sbatch takes one option such as '--account=NAME', not '\(bad)'.")
        }
    }

    func run() async throws {
        let console = Console()
        let interruption = Interruption()
        let signals = StopSignals(interruption) { _ in
            Foundation.exit(ExitCategory.interrupted.rawValue)
        }
        defer { withExtendedLifetime(signals) {} }
        let fetching = FetchDisplay(console: console, colour: output.colour, quiet: print)
        let loaded = try await fetching.load(job, interruption) { [runDir] in
            RunDirectory(URL(filePath: runDir ?? "runs/\($0)")).submittedPins
        }
        console.showWarnings(of: loaded)
        console.showUncheckedFlags(of: loaded)
        let path = runDir ?? job.runDirectory(of: loaded.spec.name)
        let submitter = try Submitter(
            loaded, in: RunDirectory(URL(filePath: path)), request: try request(for: loaded), program: taskProgram,
            notify: notify)
        if print {
            let scripts = submitter.scripts(for: Array(1...shards))
            return try console.out(scripts.array + "\n" + scripts.merge)
        }
        let unfinished = try submitter.unfinished()
        guard !unfinished.isEmpty else {
            try submitter.keepSpec()
            return console.message(
                "rsd-batch: all shards are finished; merge them with rsd-batch merge \(path.shellWord)\n")
        }
        let (submission, refusal) = try await submitter.submit(unfinished)
        if output.json {
            try console.outJSON(submission)
        } else {
            try console.out(
                SubmissionView(submission, directory: path).lines(width: console.outWidth), colour: output.colour)
        }
        if let refusal {
            console.error("the merge was not submitted: \(refusal). Run rsd-batch merge when all shards have ended.")
        }
        if let never = try await submitter.neverStarting(submission) {
            console.message("rsd-batch: the shards will not start: Slurm reports that the job \(never.words)")
            console.message(never.next.map { "; \($0)\n" } ?? "\n")
        }
        if refusal != nil { throw ExitRequest(category: .badJob) }
    }

    /// - Throws: ``TooFewGPUs``.
    private func request(for job: LoadedJob) throws -> SlurmRequest {
        var request = SlurmRequest(
            shards: shards, partition: partition, time: time, gpus: gpus, arrayLimit: arrayLimit, options: options)
        if gpus == nil, job.wantsGPU, !request.namesGPUs, !Slurm().namesGPUs {
            request.gpus = String(job.spec.gpus)
        }
        try request.checkGPUs(for: job)
        return request
    }

    /// An absolute path: nodes find it at the same place, or not at all.
    private var taskProgram: String {
        URL(filePath: program ?? "/proc/self/exe").resolvingSymlinksInPath().path
    }
}
