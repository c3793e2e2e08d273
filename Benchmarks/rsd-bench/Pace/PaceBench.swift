import Decoding
import Foundation
import ModelLifecycle
import PacedEngine

/// Measures contenders on paced engines.
struct PaceBench {
    let folder: PaceFolder
    let models: URL
    let tokenizer: PacedTokenizer
    let slowdown: Double

    /// - Parameter models: the folder with the demo's models.
    init(models: URL, slowdown: Double) throws {
        self.models = models
        self.slowdown = slowdown
        tokenizer = try PacedTokenizer(folder: models.appending(path: Role.draft.rawValue))
        folder = try PaceFolder()
    }

    /// Measures each contender `repetitions` times, in turns.
    ///
    /// - Returns: by contender.
    /// - Throws: ``BenchFailure`` if a contender fails, or decides other steps than the algorithm does.
    func measure(
        _ set: PaceCase, _ contenders: [PaceContender], needed: NeededWork, repetitions: Int
    ) async throws -> [[PaceSample]] {
        var samples: [[PaceSample]] = Array(repeating: [], count: contenders.count)
        for repetition in 0..<repetitions {
            for (place, contender) in contenders.enumerated() {
                let sample = try await sample(set, contender, "\(place)-\(repetition)")
                guard sample.targetSteps == needed.targetSteps else {
                    throw BenchFailure(
                        description:
                            "\(contender.name): the target wrote \(sample.targetSteps) steps instead of \(needed.targetSteps)"
                    )
                }
                samples[place].append(sample)
                note("\(contender.name): \(figure(sample.wall)) s of the machine")
            }
        }
        return samples
    }

    private func sample(_ set: PaceCase, _ contender: PaceContender, _ name: String) async throws -> PaceSample {
        let isAttached = set.residency == "attach"
        let ports: [Role: UInt16] =
            isAttached ? Dictionary(uniqueKeysWithValues: PacedMachine.roles.map { ($0, 0) }) : [:]
        let problems = (0..<set.problems).map { SyntheticProblem($0, tokenizer.vocabulary) }
        let before = cpuSeconds(of: RUSAGE_SELF.rawValue)
        var (usage, figures) = try await PaceServing.during(
            set.machine, slowdown: slowdown, tokenizer: tokenizer, ports: ports
        ) { serving in
            switch contender {
            case .authors: try await authors(set, problems, serving)
            case .runner(_, let program, let number, let settings):
                try await run(set, problems, serving, name) { place in
                    (try folder.install(program, number: number, place: place), settings)
                }
            }
        }
        if case .authors = contender { usage.cpu = cpuSeconds(of: RUSAGE_SELF.rawValue) - before - figures.cpu }
        return PaceSample(
            wall: usage.wall / slowdown, cpu: usage.cpu, targetSteps: usage.targetSteps, figures: figures)
    }

    private func run(
        _ set: PaceCase, _ problems: [SyntheticProblem], _ serving: PaceServing, _ name: String,
        _ install: (PaceProcess.Place?) throws -> (program: URL, settings: [String])
    ) async throws -> RunnerTrial.Usage {
        let data = folder.root.appending(path: "problems.jsonl")
        try PaceFolder.write(problems, tokenizer, to: data)
        let place = PaceProcess.Place(port: serving.controlPort, stopSeconds: EngineTimes.stop * slowdown)
        let (program, settings) = try install(set.residency == "attach" ? nil : place)
        let job = try folder.writeJob(
            "pace-\(name)", engine: set.engine(), models: models, keys: set.keys(serving.ports), data: data,
            threshold: set.threshold, maxTokens: 4096)
        let directory = folder.root.appending(path: "run-\(UUID().uuidString.prefix(8))")
        let usage = try await RunnerTrial(program: program, job: job, settings: settings).run(in: directory)
        try? FileManager.default.removeItem(at: directory)
        return usage
    }

    private func authors(
        _ set: PaceCase, _ problems: [SyntheticProblem], _ serving: PaceServing
    ) async throws -> RunnerTrial.Usage {
        let loop = AuthorsLoop(
            servers: serving.ports.mapValues { HTTPEndpoint(base: "http://127.0.0.1:\($0)") }, names: [:],
            threshold: set.threshold)
        let begin = ContinuousClock.now
        let result = try await loop.run(problems.map { tokenizer.decode($0.question) + "\n\n" })
        let wall = (ContinuousClock.now - begin) / .seconds(1)
        return RunnerTrial.Usage(wall: wall, cpu: 0, targetSteps: result.targetSteps)
    }

    private func note(_ text: String) { FileHandle.standardError.write(Data("\(text)\n".utf8)) }
}
