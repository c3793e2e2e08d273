import Foundation
import RunnerSupport

@testable import JobSpecs
@testable import ModelLifecycle
@testable import RunStore
@testable import Runner
import Tokenizers

/// What was asked of the pocket engines of a job, as they wrote it down themselves.
struct RequestLog {
    struct Request: Decodable {
        var path: String
        var model: String
        var prompt: [Int]
        var seed: Int?
        /// Requests to the model that were open when it came, itself included.
        var open: Int?
    }

    /// To the models, but for the canaries of PRMs that have just started.
    let requests: [Request]
    /// Commands to sleep and wake: the engine's name and the path.
    let commands: [String]
    /// Bytes of the file up to the end of the last whole line.
    let end: Int

    /// - Parameter start: bytes of the file to skip.
    init(_ job: TestJob, from start: Int = 0) throws {
        let data = (try? Data(contentsOf: job.scratch.appending(path: "requests.jsonl"))) ?? Data()
        end = data.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        let all = try data[min(start, end)..<end].split(separator: UInt8(ascii: "\n")).map {
            try JSONDecoder().decode(Request.self, from: $0)
        }
        commands = all.filter { $0.prompt.isEmpty }.map { "\($0.model) \($0.path)" }
        let canary = try Tokenizer(folder: Programs.repository.appending(path: "demo/models/prm")).encode(Canary.text)
        requests = all.filter { !$0.prompt.isEmpty && $0.prompt != canary }
    }
}

/// What a request asks for.
enum Question: Hashable {
    /// A generation is known by its seed, which is that of a problem, step and model, and by the text that goes before.
    case generation(seed: Int, text: String)
    /// A scoring is known by the text it is about.
    case scoring(text: String)

    /// The questions that the events of a journal answer, in their order.
    static func answered(in directory: RunDirectory) throws -> [Question] {
        let manager = FileManager.default
        guard manager.fileExists(atPath: directory.manifest.path), manager.fileExists(atPath: directory.journal.path)
        else { return [] }
        let job = try JobLoader.load(directory.job, withModels: false)
        let scope = RequestScope(job)
        var trajectories = TrajectorySet(job)
        var questions: [Question] = []
        for case .event(let id, let event, _) in try JournalReader.read(directory.journal).records {
            guard let need = trajectories[id]?.needs.first(where: event.answers),
                case .text(let prompt) = job.spec.prompt.before(trajectories.problem(of: id)?.question ?? "").form
            else { continue }
            switch need {
            case .generate(let wanted):
                let seed = InferenceRequest(need, of: id, in: scope).seed
                questions.append(.generation(seed: seed, text: prompt + wanted.steps.joined()))
            case .likelihood(let wanted): questions.append(.scoring(text: prompt + wanted.steps.joined()))
            case .score(let wanted): questions.append(.scoring(text: prompt + wanted.steps.joined()))
            }
            _ = try trajectories.replay([.event(id, event)])
        }
        return questions
    }
}

/// Sees to it that nothing is asked for again once its answer is in the journal, over all processes of a run.
struct RepetitionWatch {
    private struct Interval {
        /// Answers in the journal at its beginning.
        var committed: Int
        var requests: [RequestLog.Request]
    }

    private let job: TestJob
    private let tokenizer: Tokenizer
    private var intervals: [Interval] = []
    private var committed = 0
    private var seen = 0

    init(_ job: TestJob) throws {
        self.job = job
        tokenizer = try Tokenizer(folder: Programs.repository.appending(path: "demo/models/prm"))
        try mark()
    }

    /// To be called when a runner has ended: what stands in the journal now need never be asked for again.
    mutating func mark() throws {
        let log = try RequestLog(job, from: seen)
        intervals.append(Interval(committed: committed, requests: log.requests))
        seen = log.end
        committed = try Question.answered(in: job.directory).count
    }

    /// What was asked for although the journal held the answer, once the run is finished.
    mutating func repetitions() throws -> [Question] {
        try mark()
        let answered = try Question.answered(in: job.directory)
        return intervals.flatMap { interval in
            // A target that writes what the draft wrote makes for the same text twice, and that is not the same question.
            let old = Set(answered[..<interval.committed]).subtracting(answered[interval.committed...])
            return interval.requests.map(question).filter(old.contains)
        }
    }

    private func question(_ request: RequestLog.Request) -> Question {
        let text = tokenizer.decode(request.prompt, skipSpecial: true)
        return request.seed.map { .generation(seed: $0, text: text) } ?? .scoring(text: text)
    }
}
