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
    func measure(_ set: PaceCase, _ contenders: [PaceContender], repetitions: Int) async throws -> [[PaceSample]] {
        var samples: [[PaceSample]] = Array(repeating: [], count: contenders.count)
        for repetition in 0..<repetitions {
            for (place, contender) in contenders.enumerated() {
                let sample = try await sample(set, contender, "\(place)-\(repetition)")
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
        let data = try folder.writeProblems(problems, tokenizer)
        let (usage, figures) = try await PaceServing.during(
            set.machine, slowdown: slowdown, tokenizer: tokenizer, ports: ports
        ) { serving -> (wall: Double, cpu: Double) in
            switch contender {
            case .authors:
                guard isAttached else {
                    throw BenchFailure(description: "the authors' loop needs --residency attach")
                }
                return try await authors(set, problems, serving)
            case .runner(_, let program, let number, let settings):
                let place = PaceProcess.Place(
                    port: serving.controlPort, stopSeconds: EngineTimes.stop * slowdown)
                let trial = RunnerTrial(
                    program: try folder.install(program, number: number, place: isAttached ? nil : place),
                    job: try folder.writeJob(
                        "pace-\(name)", engine: set.engine(), models: models, keys: set.keys(serving.ports), data: data,
                        threshold: set.threshold, maxTokens: 4096), settings: settings)
                let directory = folder.root.appending(path: "run-\(UUID().uuidString.prefix(8))")
                let usage = try await trial.run(in: directory)
                try? FileManager.default.removeItem(at: directory)
                return (usage.wall, usage.cpu)
            }
        }
        return PaceSample(wall: usage.wall / slowdown, cpu: usage.cpu, figures: figures)
    }

    private func authors(
        _ set: PaceCase, _ problems: [SyntheticProblem], _ serving: PaceServing
    ) async throws -> (wall: Double, cpu: Double) {
        let loop = AuthorsLoop(
            servers: serving.ports.mapValues { HTTPEndpoint(base: "http://127.0.0.1:\($0)") }, names: [:],
            threshold: set.threshold)
        let begin = ContinuousClock.now
        _ = try await loop.run(problems.map { tokenizer.decode($0.question) + "\n\n" })
        // Its processor time is that of this program without the server, which is not worth telling apart.
        return ((ContinuousClock.now - begin) / .seconds(1), 0)
    }

    private func note(_ text: String) { FileHandle.standardError.write(Data("\(text)\n".utf8)) }
}

/// Prints a line at once, also into a file.
func say(_ line: String) { FileHandle.standardOutput.write(Data("\(line)\n".utf8)) }

/// Three significant digits.
func figure(_ number: Double) -> String {
    number.formatted(.number.precision(.significantDigits(3)).grouping(.never))
}
