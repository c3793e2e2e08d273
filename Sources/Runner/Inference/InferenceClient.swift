import Checkpoints
import Datasets
import Decoding
import JobSpecs
import ModelLifecycle
import RunStore
import Support

/// Sends the needs of trajectories to engines and turns responses into events.
struct InferenceClient: Sendable {
    let splitter: StepSplitter
    private let prompts: [ProblemName: ProblemPrompt]
    /// Whether the PRM reads a chat as a chat.
    private let prmReadsChat: Bool
    private let generation: Generator
    private let scorer: (any PRMScorer)?
    /// The target, where it judges the draft's steps itself.
    private let targetJudge: TargetJudge
    /// How thoughts are marked, by method.
    private let thoughts: [String: Thoughts]
    private let chatSettings: [String: Bool]
    /// Of models that write, where it is known.
    private let endTokens: [Role: String]
    /// Trajectories may show a PRM the same text and need different rewards of it.
    let rewards = OnceOnly<UInt128, [Double]>()
    private let targetScores = OnceOnly<UInt128, [Double]>()
    /// How the PRM is served.
    let prmTask: EngineTask
    /// Contexts set in the job, in tokens.
    let contexts: [Role: Int]

    /// - Throws: ``ModelFilesError`` if the PRM's files lack what its profile needs.
    init(job: LoadedJob) throws {
        let spec = job.spec
        splitter = StepSplitter(delimiter: spec.decoding.delimiter)
        generation = Generator(
            decoding: spec.decoding,
            lookaheads: spec.decoding.lookahead != .steps(1)
                ? spec.methods.filter(\.kind.settings.looksAhead).map(spec.sampling) : [],
            keepingSpecialTokens: spec.writersWithSpecialMarks)
        thoughts = spec.methods.reduce(into: [:]) { $0[$1.name] = spec.thoughts(of: $1.kind.roles) }
        chatSettings = spec.chatSettings
        let prm = job.models[.prm].flatMap { _ in spec.models[.prm] }
        endTokens = job.models.keys.reduce(into: [:]) { tokens, role in
            tokens[role] = spec.models[role].flatMap { TokenizerFiles.endToken(of: $0.model) }
        }
        scorer = prm?.scorer(thinking: spec.thinking)
        targetJudge = TargetJudge(thinking: spec.thinking)
        prmTask = try prm?.task() ?? .generate
        prmReadsChat = job.hasChatTemplate(.prm)
        prompts = job.prompts
        contexts = spec.models.compactMapValues(\.context)
    }

    /// - Throws: ``PermanentFailure`` if retrying cannot help; otherwise ``MalformedResponse``, ``FailedAttempt`` or an
    ///   `EngineAnswerError`.
    func answer(
        _ request: InferenceRequest, from session: ModelSession, _ progress: AnswerProgress? = nil
    ) async throws -> Answer {
        let id = request.id
        guard let prompt = prompts[id.problemName] else {
            throw PermanentFailure(reason: "the data set has no such problem")
        }
        var session = session
        session.chatSettings = chatSettings
        let thoughts = thoughts[id.method]
        do {
            switch request.need {
            case .generate(let wanted):
                return Answer(
                    event: .generated(
                        try await generation.ask(
                            wanted, prompt: prompt, seed: request.seed, thoughts: thoughts, of: session,
                            progress: progress)))
            case .score(let wanted):
                session.readings = Readings()
                let scored = try await score(wanted, prompt, thoughts, session)
                return Answer(event: .scored(scored), isAsked: session.readings.count > 0)
            case .likelihood(let wanted):
                return Answer(
                    event: .likelihood(
                        try await session.likelihood(wanted, after: prompt, endToken: endTokens[wanted.role])))
            }
        } catch let error as EngineAnswerError where error.promptTooLong {
            throw PermanentFailure(reason: "\(error)")
        } catch EngineAnswerError.transport(let error) {
            // Ports and addresses differ from run to run, and this text may end up in the results.
            throw FailedAttempt(description: error.withoutAddress)
        }
    }
}

extension InferenceClient {
    private func score(
        _ wanted: Scoring, _ prompt: ProblemPrompt, _ thoughts: Thoughts?, _ session: ModelSession
    ) async throws -> Scored {
        guard wanted.role == .prm else {
            var session = session
            session.rewards = targetScores
            return try await targetJudge.ask(wanted, after: prompt, of: session)
        }
        guard let scorer else { throw PermanentFailure(reason: "the job has no PRM") }
        return try await scorer.ask(
            wanted, about: prmReadsChat ? prompt : prompt.withoutChat, thoughts: thoughts, of: session)
    }
}

/// A request without a response.
struct FailedAttempt: ProgramError {
    var description: String
    var explanation: Explanation { Explanation("failed-attempt", .engine, description, remedy: nil) }
}

extension HTTPError {
    fileprivate var withoutAddress: String {
        switch self {
        case .refused: "the engine refused the connection"
        case .timedOut: "the engine gave no answer in time"
        case .cancelled: "the request was cancelled"
        case .connectionLost: "the engine's answer broke off"
        case .tooLarge(_, let limit): "the engine's answer was longer than \(limit) bytes"
        case .shutDown: "the connection to the engine was closed"
        case .other(let code, let message, _): "\(message) (libcurl \(code))"
        }
    }
}
