@testable import ModelDoubles
import TestSupport

@testable import Answers
@testable import Decoding
@testable import Methods

/// The searches of search-and-learn, written down line by line, with the limits of the design. Uses nothing of the core but the values in
/// which it reports.
struct SearchByTheBook {
    struct Solution: Equatable {
        var steps: [String] = []
        var rewards: [Double] = []
        var kept = 0
        var finish: Finish?

        var text: String { steps.joined() }
    }

    struct Outcome {
        var solutions: [Solution] = []
        var rounds = 0
    }

    let models: FakeModels
    let limits: Limits
    let n: Int
    let width: Int
    let score: SolutionScore
    /// Tokens of all requests.
    private(set) var tokens = TokenCounts()

    init(models: FakeModels, limits: Limits, n: Int, width: Int, score: SolutionScore) {
        (self.models, self.limits, self.n, self.width, self.score) = (models, limits, n, width, score)
    }

    /// What a candidate of a round is answered: the models are deterministic, so each candidate has models of its own.
    static func answer(_ need: Need, _ models: FakeModels) -> Event? {
        var models = models
        if case .generate(let wanted) = need { models.seed = models.seed &+ UInt64(wanted.candidate) &* 0x51 }
        var event = FakeEngine(models: models).answer(need)
        event?.candidate = need.candidate
        return event
    }

    func value(_ solution: Solution) -> Double {
        guard let last = solution.rewards.last else { return -1 }
        switch score {
        case .last: return last
        case .min: return solution.rewards.min() ?? last
        case .product: return solution.rewards.reduce(1) { $0 * $1 }
        case .mean: return solution.rewards.reduce(0) { $0 + $1 } / Double(solution.rewards.count)
        }
    }

    /// Each tree takes the best of its candidates until that is an end; all that ended in its last round are solutions.
    mutating func diverseTrees(untilAnswer: Bool) -> Outcome {
        var outcome = Outcome()
        for tree in 0..<n / width {
            var solution = Solution()
            var rounds = 0
            while true {
                rounds += 1
                let candidates = (0..<width).map { candidate in
                    var next = extended(solution, candidate: tree * width + candidate)
                    if untilAnswer, next.finish == nil, next.text.contains(#"\boxed{"#) { next.finish = .answered }
                    return next
                }
                solution = best(of: candidates)
                guard solution.finish != nil else { continue }
                outcome.solutions += candidates.filter { $0.finish != nil }
                break
            }
            outcome.rounds = max(outcome.rounds, rounds)
        }
        return outcome
    }

    /// n candidates in each iteration over the active beams; those that end are put aside, and the best n / width of the others stay.
    mutating func beams(distinct: Bool) -> Outcome {
        var outcome = Outcome()
        var active = Array(repeating: Solution(), count: n)
        while outcome.solutions.count < n, !active.isEmpty {
            outcome.rounds += 1
            let beams = active
            active = (0..<n).map { extended(beams[$0 % beams.count], candidate: $0) }
            outcome.solutions += active.filter { $0.finish != nil }
            active.removeAll { $0.finish != nil }
            if distinct {
                var unique: [Solution] = []
                for beam in active where !unique.contains(where: { $0.text == beam.text }) { unique.append(beam) }
                active = unique
            }
            while active.count > n / width {
                // The worst goes, the later one of equals.
                let worst = active.indices.reversed().min { value(active[$0]) < value(active[$1]) }
                active.remove(at: worst ?? 0)
            }
        }
        outcome.solutions = Array(outcome.solutions.prefix(n))
        return outcome
    }

    /// The answer that a solution gives to the problem, by each of the three ways to choose.
    func chosen(_ choice: FinalChoice, among solutions: [Solution]) -> Solution {
        let answers = solutions.map { solution in
            AnswerExtraction.answer(in: solution.text, isCut: solution.finish?.isCut ?? false)
        }
        let given = Set(answers.compactMap(\.self))
        guard choice != .best, !given.isEmpty else { return best(of: solutions) }
        func weight(_ answer: String?) -> Double {
            guard let answer else { return -.infinity }
            var known = false
            var sum = 0.0
            for (solution, other) in zip(solutions, answers) where other == answer {
                if choice == .majority {
                    (known, sum) = (true, sum + 1)
                } else if !solution.rewards.isEmpty {
                    (known, sum) = (true, sum + value(solution))
                }
            }
            return known ? sum : -1
        }
        var place = 0
        for index in solutions.indices where weight(answers[index]) > weight(answers[place]) { place = index }
        return solutions[place]
    }

    private func best(of solutions: [Solution]) -> Solution {
        var best = solutions[0]
        for solution in solutions where value(solution) > value(best) { best = solution }
        return best
    }

    private mutating func extended(_ solution: Solution, candidate: Int) -> Solution {
        let need = Generation(
            role: .draft, steps: solution.steps, stopsAtDelimiter: true, maxTokens: limits.tokens.count - solution.kept,
            candidate: candidate)
        guard case .generated(let written)? = Self.answer(.generate(need), models) else { return solution }
        tokens.draft.prompt += written.promptTokens
        tokens.draft.rejected += written.steps[0].tokens
        tokens.draft.lookahead += written.tokens - written.steps[0].tokens
        let text = written.steps[0].text
        let end = written.steps.count > 1 ? .delimiter : written.end
        var next = solution
        next.kept += written.steps[0].tokens
        if !text.isEmpty || models.judgesEmptyEnd && end == .eos {
            next.steps.append(text)
            let scoring = Scoring(steps: next.steps, unscored: [next.steps.count - 1], candidate: candidate)
            if case .scored(let scored)? = Self.answer(.score(scoring), models) {
                next.rewards += scored.rewards
                tokens.prm.prompt += scored.promptTokens
                tokens.prm.judged += scored.tokens[0]
            }
        }
        switch end {
        case .eos: next.finish = .eos
        case .maxTokens: next.finish = .maxTokens
        case .context: next.finish = .context
        case .delimiter:
            if next.kept >= limits.tokens.count {
                next.finish = .maxTokens
            } else if next.steps.count >= limits.maxSteps {
                next.finish = .maxSteps
            }
        }
        return next
    }
}
