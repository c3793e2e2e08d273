import ArgumentParser
import Foundation
import JobSpecs
import ModelLifecycle
import RSDJobs
import Reporting
import RunStore
import Support
import Terminal

struct PlanCommand: AsyncParsableCommand, StoppableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan", abstract: "Estimate memory, waves, tokens and time before you spend GPU time.",
        discussion: """
            Simulates the job without its models and reports memory, waves, engine starts, requests, tokens and time, each as a \
            range from the least to the most to expect, and what takes most of the time. Starts no engine and writes nothing, \
            but downloads remote data sets.
            """)

    @OptionGroup var job: JobOptions

    @Option(help: "Take lengths, rewards and speeds from this run of similar models.", completion: .directory)
    var profile: String?

    @Option(help: "Compare the plan with this run of the job.", completion: .directory)
    var against: String?

    @Option(help: ArgumentHelp("Plan for a GPU with this much memory, not for this machine.", valueName: "GiB"))
    var gpuMemory: Double?

    @Option(help: "With --gpu-memory: plan for a machine with this many such GPUs. (default: as many as the job needs)")
    var gpus: Int?

    @Option(help: ArgumentHelp("Plan for a machine with this much memory, not for this one.", valueName: "GiB"))
    var ram: Double?

    @OptionGroup var output: OutputOptions

    func validate() throws {
        for (name, value) in [("--gpu-memory", gpuMemory), ("--ram", ram)] {
            guard let value, !(value > 0 && value < 1e6) else { continue }
            throw ValidationError("\(name) must be a number of GiB, such as 80.")
        }
        guard let gpus else { return }
        guard (1...1024).contains(gpus) else { throw ValidationError("--gpus must be between 1 and 1024.") }
        guard gpuMemory != nil else { throw ValidationError("--gpus needs --gpu-memory, the GiB of each GPU.") }
    }

    func run() async throws {
        let console = Console()
        let interruption = Interruption()
        let signals = StopSignals(duringDownloads: interruption)
        defer { withExtendedLifetime(signals) {} }
        let fetching = FetchDisplay(console: console, colour: output.colour, quiet: false)
        let loaded = try await fetching.load(job, interruption)
        console.showWarnings(of: loaded)
        console.showUncheckedFlags(of: loaded)
        let plan = try await Job.plan(
            loaded, profile: try profile.map(run),
            node: PlannedNode(gpuMemory: gpuMemory.map(Int.gibibytes), gpus: gpus, ram: ram.map(Int.gibibytes)))
        try show(plan, of: loaded, console)
    }

    private func show(_ plan: JobPlan, of job: LoadedJob, _ console: Console) throws {
        let comparison = try against.map { try PlanComparison(plan, of: job, against: run($0)) }
        if output.json {
            try console.outJSON(Output(plan: plan, comparison: comparison))
        } else {
            try console.out(
                PlanView(plan, comparison: comparison).lines(width: console.outWidth), colour: output.colour)
        }
    }

    private func run(_ path: String) throws -> StoredRun {
        try StoredRun(RunDirectory(URL(filePath: path)))
    }

    private struct Output: Encodable {
        var plan: JobPlan
        var comparison: PlanComparison?
    }
}
