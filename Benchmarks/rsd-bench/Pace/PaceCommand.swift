import ArgumentParser
import Decoding
import Foundation
import PacedEngine

/// Measures a runner on synthetic engines that take as long as vLLM would on a GPU: `rsd-bench pace run --binary PATH`.
///
/// docs/measurements.md says what is modelled. Time is slowed down, so that two cores are enough for the runner and the engines.
struct PaceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pace", abstract: "Measures runners on engines that are paced as vLLM on a GPU.",
        subcommands: [PaceRun.self, PaceServe.self, PaceServers.self])
}

extension PacedMachine.Devices: ExpressibleByArgument {}

/// The machine that engines are paced as.
struct PaceMachineOptions: ParsableArguments {
    @Option(help: "The GPUs: h100, rtx4090; several are measured one after the other.") var gpu = "h100"
    @Option(help: "One GPU for all engines, or three: one, three; or both.") var devices = "one"
    @Option(help: "Draft, target and PRM: 1.5B, 7B, 7B-FP8, 72B-AWQ. Default: 1.5B,7B,1.5B; on 24 GB with 7B-FP8.")
    var models: String?
    @Option(help: "Real seconds for each second of the machine.") var slowdown = 10.0
    @Option(help: "The folder with the demo's models, whose tokenizer is used.") var demoModels = "demo/models"

    func validate() throws {
        guard slowdown > 0 else { throw ValidationError("--slowdown must be above 0") }
    }

    func gpus() throws -> [GPU] {
        try gpu.split(separator: ",").map { name in
            guard let gpu = GPU.all[String(name)] else { throw ValidationError("there is no GPU \(name)") }
            return gpu
        }
    }

    func deviceChoices() throws -> [PacedMachine.Devices] {
        try devices.split(separator: ",").map { name in
            guard let devices = PacedMachine.Devices(rawValue: String(name)) else {
                throw ValidationError("--devices is one or three, not \(name)")
            }
            return devices
        }
    }

    func trio() throws -> [PacedModel]? {
        guard let models else { return nil }
        let names = models.split(separator: ",")
        let trio = names.compactMap { name in PacedModel.all.first { $0.name == name } }
        guard names.count == 3, trio.count == 3 else {
            throw ValidationError("--models takes three of \(PacedModel.all.map(\.name).joined(separator: ", "))")
        }
        return trio
    }
}

struct PaceRun: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Measures programs and the authors' loop, in turns, and prints a Markdown table.")

    @OptionGroup var machine: PaceMachineOptions
    @Option(
        help:
            "An rsd-batch to measure; several times to compare. Settings for it follow after '@': PATH@decoding.lookahead=3@engine.concurrency=64"
    ) var binary: [String] = []
    @Flag(help: "Measures the authors' loop too, under attach.") var authors = false
    @Option(help: "attach, share, swap, sleep; several are measured one after the other.") var residency = "attach"
    @Option(help: "Numbers of problems.") var problems = "50"
    @Option(help: "Thresholds.") var threshold = "0.7"
    @Option(name: .customLong("repeat"), help: "Measurements of each; the table has the medians.") var repetitions = 1

    func run() async throws {
        let bench = try PaceBench(models: URL(filePath: machine.demoModels), slowdown: machine.slowdown)
        say(PaceRow.line(PaceRow.head))
        say(PaceRow.line(PaceRow.head.map { _ in "---" }))
        for set in try cases() {
            let contenders = self.contenders(for: set)
            let vocabulary = bench.tokenizer.vocabulary
            let needed = NeededWork(
                (0..<set.problems).map { SyntheticProblem($0, vocabulary) }, threshold: set.threshold)
            let samples = try await bench.measure(set, contenders, needed: needed, repetitions: repetitions)
            for (contender, samples) in zip(contenders, samples) {
                let row = PaceRow(
                    set: set, contender: contender.name, samples: samples, needed: needed, slowdown: machine.slowdown)
                say(PaceRow.line(row.cells))
            }
        }
        // After a failure, the run and its logs are still there.
        bench.folder.remove()
    }

    func validate() throws {
        try PaceContender.check(binary, authors: authors)
        let residencies = residency.split(separator: ",").map(String.init)
        if let unknown = residencies.first(where: { !PaceCase.residencies.contains($0) }) {
            throw ValidationError("--residency is \(PaceCase.residencies.joined(separator: ", ")), not \(unknown)")
        }
        guard !authors || residencies.contains("attach") else {
            throw ValidationError("--authors needs engines that are up: --residency attach")
        }
        guard repetitions > 0 else { throw ValidationError("--repeat must be at least 1") }
        guard try numbers(problems, as: Int.self).allSatisfy({ $0 > 0 }) else {
            throw ValidationError("--problems must be at least 1")
        }
        _ = try cases()
    }

    private func cases() throws -> [PaceCase] {
        var cases: [PaceCase] = []
        for gpu in try machine.gpus() {
            for devices in try machine.deviceChoices() {
                for residency in residency.split(separator: ",") {
                    for problems in try numbers(problems, as: Int.self) {
                        for threshold in try numbers(threshold, as: Double.self) {
                            cases.append(
                                PaceCase(
                                    gpu: gpu, devices: devices, models: try machine.trio(),
                                    residency: String(residency),
                                    problems: problems, threshold: threshold))
                        }
                    }
                }
            }
        }
        for set in cases
        where PacedMachine.roles.contains(where: { set.machine.cacheTokens(of: $0) < PaceServer.contextLength }) {
            throw ValidationError("these models do not fit on \(set.gpu.name) under \(set.residency)")
        }
        return cases
    }

    private func numbers<Number: LosslessStringConvertible>(_ text: String, as: Number.Type) throws -> [Number] {
        try text.split(separator: ",").map { word in
            guard let number = Number(String(word)) else { throw ValidationError("\(word) is not a number") }
            return number
        }
    }

    private func contenders(for set: PaceCase) -> [PaceContender] {
        PaceContender.runners(binary) + (authors && set.residency == "attach" ? [.authors] : [])
    }
}

struct PaceServe: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serves paced engines for other clients until Ctrl-C, then prints what they saw.")

    @OptionGroup var machine: PaceMachineOptions
    @Option(help: "The ports of draft, target and PRM.") var ports = "8001,8002,8003"
    @Option(help: "Writes a data set to this file, whose prompts are the question and a blank line.")
    var data: String?
    @Option(help: "Its number of problems.") var problems = 500

    func run() async throws {
        let tokenizer = try PacedTokenizer(
            folder: URL(filePath: machine.demoModels).appending(path: Role.draft.rawValue))
        let numbers = ports.split(separator: ",").compactMap { UInt16($0) }
        guard numbers.count == 3, let gpu = try machine.gpus().first, let devices = try machine.deviceChoices().first
        else { throw ValidationError("--ports takes three ports") }
        if let data {
            let all = (0..<problems).map { SyntheticProblem($0, tokenizer.vocabulary) }
            try PaceFolder.write(all, tokenizer, to: URL(filePath: data))
        }
        let paced = PacedMachine(gpu, devices: devices, models: try machine.trio())
        let (_, figures) = try await PaceServing.during(
            paced, slowdown: machine.slowdown, tokenizer: tokenizer,
            ports: Dictionary(uniqueKeysWithValues: zip(PacedMachine.roles, numbers))
        ) { _ in
            signal(SIGINT, SIG_IGN)
            let interrupt = DispatchSource.makeSignalSource(signal: SIGINT, queue: .global())
            await withCheckedContinuation { done in
                interrupt.setEventHandler {
                    interrupt.cancel()
                    done.resume()
                }
                interrupt.resume()
            }
        }
        for role in PacedMachine.roles {
            let counts = figures.counts[role] ?? BatchScheduler.Counts()
            print(
                "\(role.rawValue): \(figures.modelRequests[role] ?? 0) requests, "
                    + "\(figures.tallies[role]?.iterations.count ?? 0) iterations, \(counts.writtenTokens) tokens written, "
                    + "\(counts.computedTokens - counts.writtenTokens) read, \(counts.preemptions) preemptions")
        }
    }
}
