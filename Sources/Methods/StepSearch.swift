import Decoding
import SpecYAML

/// A step-wise search guided by the PRM: the draft writes several candidates for the next step of each beam, and those
/// with the best rewards are the beams of the next round (Snell et al., arXiv 2408.03314, section 5.2; Table 3 of the
/// RSD paper).
///
/// With one beam, it is `process_best_of_n`.
struct StepSearch: DecodingMethod {
    /// A solution so far, and the reward of its last step; nil before the first.
    private struct Beam {
        var response: Response
        var reward: Double?
    }

    /// The state of a candidate for a step.
    private struct Attempt {
        var text: String
        var tokens: Int
        var end: StepEnd
        /// Tokens of the prompt and all steps up to this one.
        var length: Int
        var verdict: Scored.Verdict?
    }

    private let width: Int
    private let sampling: Sampling
    private let judgesEmptyEnd: Bool
    /// Candidates per beam.
    private var share: Int
    private let laterShare: Int
    private var open: [Beam]
    private var done: [Beam] = []
    private var attempts: [Int: Attempt] = [:]

    /// - Parameters:
    ///   - beams: number of beams kept after each round.
    ///   - candidates: for the next step of each beam.
    ///   - judgesEmptyEnd: see ``CommonSettings/judgesEmptyEnd``.
    init(beams: Int, candidates: Int, sampling: Sampling, limits: Limits, judgesEmptyEnd: Bool = false) {
        width = beams
        self.judgesEmptyEnd = judgesEmptyEnd
        self.sampling = sampling
        // The first round has one beam, but as many candidates as the later ones.
        share = beams * candidates
        laterShare = candidates
        open = [Beam(response: Response(limits: limits))]
    }

    func needs(for response: Response) -> [Need] {
        (0..<open.count * share).compactMap { candidate in
            let beam = open[candidate / share]
            let steps = beam.response.steps.map(\.text)
            guard let attempt = attempts[candidate] else {
                return .generate(
                    Generation(
                        role: .draft, steps: steps, stopsAtDelimiter: true, maxTokens: beam.response.remainingTokens(),
                        sampling: sampling, candidate: candidate))
            }
            let isJudged =
                (!attempt.text.isEmpty || judgesEmptyEnd && attempt.end == .eos)
                && beam.response.seen([attempt.text]) == [true]
            guard attempt.verdict == nil, isJudged else { return nil }
            return .score(
                Scoring(steps: steps + [attempt.text], unscored: [steps.count], candidate: candidate))
        }
    }

    mutating func apply(_ event: Event, to response: inout Response) throws {
        guard let need = needs(for: response).first(where: event.answers) else {
            throw UnexpectedEvent(description: "no candidate for a step waits for \(event)")
        }
        switch (event, need) {
        case (.generated(let answer), _):
            // The engine stops at the delimiter, so there is one step; ignore anything after it.
            let first = answer.steps[0]
            let end = answer.steps.count == 1 ? answer.end : .delimiter
            attempts[answer.candidate] = Attempt(
                text: first.text, tokens: first.tokens, end: end, length: answer.promptTokens + first.tokens)
            response.tokens.draft.prompt += answer.promptTokens
            response.tokens.draft.rejected += first.tokens
            response.tokens.draft.lookahead += answer.steps.dropFirst().reduce(0) { $0 + $1.tokens }
        case (.scored(let answer), .score(let wanted)):
            let verdict = try answer.verdicts(on: wanted)[wanted.undecided]
            attempts[answer.candidate]?.verdict = verdict
            response.tokens.prm.prompt += answer.promptTokens
            response.tokens.prm.judged += verdict?.tokens ?? 0
        default: break
        }
        if needs(for: response).isEmpty { endRound(&response) }
    }

    /// Keeps the best beams, including finished ones; ties go to the first.
    private mutating func endRound(_ response: inout Response) {
        response.waves += 1
        let pool = done + (0..<open.count * share).map(child)
        let ranked = pool.indices.sorted { left, right in
            let (one, other) = (pool[left].reward ?? -1, pool[right].reward ?? -1)
            return one == other ? left < right : one > other
        }
        let best = ranked.prefix(width).map { pool[$0] }
        done = best.filter { $0.response.finish != nil }
        open = best.filter { $0.response.finish == nil }
        attempts = [:]
        share = laterShare
        guard open.isEmpty, let winner = done.first else { return }
        response.adopt(winner.response)
        response.tokens.draft.rejected -= response.keptTokens
        response.tokens.draft.kept += response.keptTokens
    }

    /// A beam with one of its candidates. An empty candidate that ends the solution and is not judged gets the
    /// solution's score.
    private func child(_ candidate: Int) -> Beam {
        var beam = open[candidate / share]
        guard let attempt = attempts[candidate] else { return beam }
        let siblings = (candidate / share * share..<(candidate / share + 1) * share).filter { $0 != candidate }
        let step = Step(
            text: attempt.text, origin: .draft, reward: attempt.verdict?.reward, dropped: attempt.verdict?.dropped,
            alternatives: siblings.compactMap { attempts[$0] }.map {
                Alternative(text: $0.text, reward: $0.verdict?.reward)
            })
        beam.response.commit(step, tokens: attempt.tokens, end: attempt.end, length: attempt.length)
        beam.reward = attempt.verdict?.reward ?? beam.reward
        return beam
    }
}

/// `process_best_of_n`: n candidates for each step; the PRM chooses one.
struct ProcessBestOfN: MethodSettings {
    static let key = "process_best_of_n"
    static let keys = SampleSettings.keys

    let samples: SampleSettings
    let roles: Set<Role> = [.draft, .prm]
    var sampling: Sampling? { samples.sampling }
    var breadth: Int { samples.n }
    var yaml: [(key: String, value: String)] { samples.yaml }

    init(samples: SampleSettings) {
        self.samples = samples
    }

    init?(_ section: SpecSection) {
        guard let samples = SampleSettings(section) else { return nil }
        self.samples = samples
    }

    func start(_ common: CommonSettings, draw: Draw) -> any DecodingMethod {
        StepSearch(
            beams: 1, candidates: samples.n, sampling: samples.sampling, limits: common.limits,
            judgesEmptyEnd: common.judgesEmptyEnd)
    }
}

/// `beam_search`: n candidates per round over all beams.
struct BeamSearch: MethodSettings {
    static let key = "beam_search"
    static let keys = ["beams"] + SampleSettings.keys

    let beams: Int
    let samples: SampleSettings
    let roles: Set<Role> = [.draft, .prm]
    var sampling: Sampling? { samples.sampling }
    var breadth: Int { samples.n }
    var yaml: [(key: String, value: String)] { [("beams", String(beams))] + samples.yaml }

    init(beams: Int, samples: SampleSettings) {
        self.beams = beams
        self.samples = samples
    }

    init?(_ section: SpecSection) {
        guard let samples = SampleSettings(section), let field = section.required("beams"),
            let beams: Int = field.integer(in: 1...SpecLimit.requests)
        else { return nil }
        guard samples.n % beams == 0, samples.n > beams else {
            field.error(
                "'n' must be a multiple of 'beams' and larger, found \(samples.n) candidates for \(beams) beams")
            return nil
        }
        self.beams = beams
        self.samples = samples
    }

    func start(_ common: CommonSettings, draw: Draw) -> any DecodingMethod {
        StepSearch(
            beams: beams, candidates: samples.n / beams, sampling: samples.sampling, limits: common.limits,
            judgesEmptyEnd: common.judgesEmptyEnd)
    }
}
