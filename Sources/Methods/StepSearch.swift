import Decoding

/// A search through the steps of a solution, guided by the PRM: the draft writes several candidates for the next step of each beam, and
/// those with the best scores are the beams of the next round (Snell et al., arXiv 2408.03314, section 5.2; Table 3 of the RSD paper).
struct StepSearch: Sendable {
    /// What becomes of a beam that is finished.
    enum Finished: String, CaseIterable {
        /// It keeps its place for as long as its score is among the best; the search ends when all places are finished.
        case stay
        /// It leaves its place to others; the search ends when as many are finished as a round has candidates.
        case leave
    }

    struct Rules: Sendable {
        /// Number of beams after each round.
        var beams: Int
        /// Number of candidates in a round, over all beams.
        var candidates: Int
        var score = SolutionScore.last
        var finished = Finished.stay
        /// Whether of candidates with the same text only the first may go on.
        var isDistinct = false
        /// Whether a solution ends with the step in which it has a boxed answer.
        var endsAtAnswer = false
        /// Whether the finished candidates of the last round are solutions, chosen or not.
        var keepsLeaves = false
    }

    private struct Beam {
        var response: Response
        var score: Double?

        var isFinished: Bool { response.finish != nil }
    }

    let rules: Rules
    private let sampling: Sampling
    private let judgesEmptyEnd: Bool
    /// Number of its first candidate among those of the searches beside it.
    private let firstCandidate: Int
    private var open: [Beam]
    private var done: [Beam] = []
    private var leaves: [Beam] = []
    /// Index of each candidate's beam.
    private var parents: [Int]
    private var attempts: [Int: StepAttempt] = [:]
    /// Number of rounds that are over.
    private(set) var rounds = 0

    init(
        _ rules: Rules, sampling: Sampling, limits: Limits, judgesEmptyEnd: Bool = false, firstCandidate: Int = 0
    ) {
        self.rules = rules
        self.sampling = sampling
        self.judgesEmptyEnd = judgesEmptyEnd
        self.firstCandidate = firstCandidate
        open = [Beam(response: Response(limits: limits))]
        // The first round has one beam, but as many candidates as the later ones.
        parents = Array(repeating: 0, count: rules.candidates)
    }

    var isOver: Bool { open.isEmpty }

    /// The finished solutions, with their scores, once the search is over; at least one.
    var solutions: [(response: Response, score: Double?)] {
        (rules.keepsLeaves ? leaves : done).map { ($0.response, $0.score) }
    }

    var needs: [Need] { parents.indices.compactMap(need) }

    private func need(_ candidate: Int) -> Need? {
        let beam = open[parents[candidate]]
        let number = firstCandidate + candidate
        guard let attempt = attempts[candidate] else {
            return .generate(
                Generation(
                    role: .draft, steps: beam.response.steps.map(\.text), stopsAtDelimiter: true,
                    maxTokens: beam.response.remainingTokens(), sampling: sampling, candidate: number))
        }
        return attempt.scoring(after: beam.response, judgesEmptyEnd: judgesEmptyEnd, candidate: number).map(Need.score)
    }

    /// Takes in the response to one of the needs. All tokens count as rejected until a solution is chosen.
    ///
    /// - Throws: ``UnexpectedEvent`` if it does not match a need.
    mutating func take(_ event: Event, counting tokens: inout TokenCounts) throws {
        let candidate = event.candidate - firstCandidate
        guard parents.indices.contains(candidate), let need = need(candidate), event.answers(need) else {
            throw UnexpectedEvent(description: "no candidate for a step waits for \(event)")
        }
        switch (event, need) {
        case (.generated(let answer), _): attempts[candidate] = StepAttempt(answer, counting: &tokens)
        case (.scored(let answer), .score(let wanted)):
            try attempts[candidate]?.take(answer, on: wanted, counting: &tokens)
        default: break
        }
        if parents.indices.allSatisfy({ self.need($0) == nil }) { endRound() }
    }

    private mutating func endRound() {
        rounds += 1
        let children = parents.indices.map(child)
        leaves = children.filter(\.isFinished)
        var texts: Set<String> = []
        let distinct = children.filter {
            !rules.isDistinct || $0.isFinished || texts.insert($0.response.text).inserted
        }
        switch rules.finished {
        case .stay:
            let pool = done + distinct
            let best = Self.ranked(pool).prefix(rules.beams).map { pool[$0] }
            done = best.filter(\.isFinished)
            open = best.filter { !$0.isFinished }
            let share = rules.candidates / rules.beams
            parents = open.indices.flatMap { repeatElement($0, count: share) }
        case .leave:
            let rest = distinct.filter { !$0.isFinished }
            done = Array((done + leaves).prefix(rules.candidates))
            open = done.count < rules.candidates ? Self.ranked(rest).prefix(rules.beams).sorted().map { rest[$0] } : []
            parents = open.isEmpty ? [] : (0..<rules.candidates).map { $0 % open.count }
        }
        attempts = [:]
    }

    /// Indices of the beams, the best first; ties go to the first.
    private static func ranked(_ beams: [Beam]) -> [Int] {
        beams.indices.sorted { left, right in
            let (one, other) = (beams[left].score ?? -1, beams[right].score ?? -1)
            return one == other ? left < right : one > other
        }
    }

    /// A beam with one of its candidates. An empty candidate that ends the solution and is not judged gets the solution's score.
    private func child(_ candidate: Int) -> Beam {
        var beam = open[parents[candidate]]
        guard let attempt = attempts[candidate] else { return beam }
        let siblings = parents.indices.filter { parents[$0] == parents[candidate] && $0 != candidate }
        beam.response.commit(
            attempt.chosen(from: siblings.compactMap { attempts[$0] }, by: .draft), tokens: attempt.step.tokens,
            end: attempt.end, length: attempt.length)
        if rules.endsAtAnswer { beam.response.endAtAnswer() }
        beam.score = rules.score.of(beam.response)
        return beam
    }
}
