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
            Writes submit.sbatch and merge.sbatch into the run's directory, and submits them. A shard that is warned of its end \
            is requeued and goes on; given again, the command submits the shards that are not finished.

              rsd-batch submit job.yaml --run-dir /shared/run --shards 8 --partition gpu --time 8:00:00
              rsd-batch status /shared/run
              rsd-batch cancel /shared/run
            """)

    @Argument(help: "The job's spec.", completion: .file(extensions: ["yaml", "yml"]))
    var job: String

    @Option(
        help: "Where the run lies, seen by all nodes; runs/<the job's name> when left out.", completion: .directory)
    var runDir: String?

    @Option(help: "Parts to divide the problems into: a task of the array for each.")
    var shards: Int

    @Option(help: "Slurm's partition.")
    var partition: String?

    @Option(help: "The time limit of each task, as Slurm writes it: 90 (minutes), 8:00:00, 1-12.")
    var time: String?

    @Option(help: "GPUs of each task; 1 where the job's engines are vLLM's, and 0 asks for none.")
    var gpus: String?

    @Option(help: "Tasks at work at the same time, at most.")
    var arrayLimit: Int?

    @Option(
        name: .customLong("sbatch"), parsing: .unconditionalSingleValue,
        help: ArgumentHelp("An option of sbatch, as it is; may be given several times.", valueName: "option"))
    var options: [String] = []

    @Option(
        help: ArgumentHelp(
            "What tasks call in place of this program: its path on the nodes, or a script that runs it in a container.",
            valueName: "path"), completion: .file())
    var program: String?

    @Flag(help: "Show the scripts, and do nothing.")
    var print = false

    @OptionGroup var output: OutputOptions

    func validate() throws {
        if !(1...Shard.most).contains(shards) {
            throw ValidationError("--shards must be 1 or more, and at most \(Shard.most).")
        }
        if let arrayLimit, arrayLimit < 1 { throw ValidationError("--array-limit must be 1 or more.") }
        if let bad = options.first(where: { !$0.hasPrefix("-") || $0.contains("\n") }) {
            throw ValidationError("--sbatch takes one option such as '--account=NAME', and not '\(bad)'.")
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
        let loaded = try await fetching.load(job, interruption)
        console.showWarnings(of: loaded)
        let path = runDir ?? "runs/\(loaded.spec.name)"
        let submitter = try Submitter(
            loaded, in: RunDirectory(URL(filePath: path)), request: request(for: loaded), program: taskProgram)
        if print {
            let scripts = submitter.scripts(for: Array(1...shards))
            return try console.out(scripts.array + "\n" + scripts.merge)
        }
        let unfinished = try submitter.unfinished()
        guard !unfinished.isEmpty else {
            try submitter.keepSpec()
            return console.message(
                "rsd-batch: all shards are finished; rsd-batch merge \(path.shellWord) puts them together\n")
        }
        let (submission, refusal) = try await submitter.submit(unfinished)
        if output.json {
            try console.outJSON(submission)
        } else {
            try console.out(
                SubmissionView(submission, directory: path).lines(width: console.outWidth), colour: output.colour)
        }
        if let refusal {
            console.error("the merge was not submitted: \(refusal). Merge by hand when all shards have ended.")
        }
        if let never = try await submitter.neverStarting(submission) {
            console.message("rsd-batch: the shards will not start: Slurm says that the job \(never.words)")
            console.message(never.next.map { "; \($0)\n" } ?? "\n")
        }
        if refusal != nil { throw ExitRequest(category: .badJob) }
    }

    private func request(for job: LoadedJob) -> SlurmRequest {
        var request = SlurmRequest(
            shards: shards, partition: partition, time: time, gpus: gpus, arrayLimit: arrayLimit, options: options)
        if gpus == nil, job.wantsGPU, !request.namesGPUs, !Slurm().namesGPUs { request.gpus = "1" }
        return request
    }

    /// Absolute: nodes find it at the same place, or not at all.
    private var taskProgram: String {
        URL(filePath: program ?? "/proc/self/exe").resolvingSymlinksInPath().path
    }
}
