import Datasets
import Decoding
import JobSpecs
import ModelLifecycle
import RunStore
import Support

/// Puts the needs of trajectories to engines, and makes events of the answers.
struct InferenceClient: Sendable {
    let splitter: StepSplitter
    private let prompts: [ProblemName: ProblemPrompt]
    /// Whether the PRM is shown a chat as such.
    private let prmReadsChat: Bool
    private let generation: Generator
    private let scorer: (any PRMScorer)?
    /// Trajectories may show a PRM the same and want other rewards of it.
    let rewards = OnceOnly<String, [Double]>()
    /// How the PRM is served.
    let prmTask: EngineTask
    /// The contexts that the job asks for.
    let contexts: [Role: Int]

    /// - Throws: ``ModelFilesError`` where the PRM's files do not tell what its profile needs.
    init(job: LoadedJob) throws {
        let spec = job.spec
        splitter = StepSplitter(delimiter: spec.decoding.delimiter)
        generation = Generator(
            decoding: spec.decoding,
            looksAhead: spec.decoding.lookahead == .all && spec.methods.contains { $0.kind.settings.looksAhead })
        let prm = job.models[.prm].flatMap { _ in spec.models[.prm] }
        scorer = prm?.scorer
        prmTask = try prm?.task() ?? .generate
        prmReadsChat = job.hasChatTemplate(.prm)
        prompts = job.prompts
        contexts = spec.models.compactMapValues(\.context)
    }

    /// - Throws: ``PermanentFailure`` where client again is of no use; ``MalformedResponse``, ``FailedAttempt`` or an
    ///   `EngineAnswerError` otherwise.
    func answer(_ request: InferenceRequest, from session: ModelSession) async throws -> Answer {
        let id = request.id
        guard let prompt = prompts[id.problemName] else {
            throw PermanentFailure(reason: "the data set has no such problem")
        }
        do {
            switch request.need {
            case .generate(let wanted):
                return Answer(
                    event: .generated(
                        try await generation.ask(wanted, prompt: prompt, seed: request.seed, of: session)))
            case .score(let wanted):
                guard let scorer else { throw PermanentFailure(reason: "the job has no PRM") }
                var session = session
                session.readings = Readings()
                let scored = try await scorer.ask(
                    wanted, about: prmReadsChat ? prompt : prompt.withoutChat, of: session)
                return Answer(event: .scored(scored), isAsked: session.readings.count > 0)
            case .nothing: throw PermanentFailure(reason: "nothing is needed")
            }
        } catch let error as EngineAnswerError where error.promptTooLong {
            throw PermanentFailure(reason: "\(error)")
        } catch EngineAnswerError.transport(let error) {
            // Ports and addresses differ from run to run, and this text may come to stand in the results.
            throw FailedAttempt(description: error.withoutAddress)
        }
    }
}

/// A request that got no answer.
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
