import Decoding
import Foundation

/// A problem whose solutions and rewards are pure functions of what was written so far, as with temperature 0: the same
/// prompt is continued in the same way, and a text that is cut anywhere goes on as if it had not been.
///
/// The paper gives neither lengths nor rewards, only accuracies, so these are assumptions:
///
/// | what | distribution | mean |
/// |---|---|---|
/// | tokens of a question, with its template | log-normal, median 90, spread 0.5, 30 to 400 | 101 |
/// | steps of a solution | log-normal, median 9, spread 0.5, 2 to 40 | 10 |
/// | tokens of a step, except the last, which has the answer | log-normal, median 38, spread 0.6, 4 to 250 | 45 |
/// | reward | u^h, u uniform, h of the problem from 0.03 (easy) to 0.6 (hard) | |
///
/// So a solution has about 400 tokens, and at a threshold of 0.5, 0.7 and 0.9 about 6, 15 and 44 % of the draft's steps fall, most of
/// them in hard problems (the paper's Figure B.1 has that shape; the demo's PRM rejects one step in six at 0.7).
package struct SyntheticProblem: Sendable {
    package let number: Int
    private let vocabulary: SyntheticVocabulary
    package let steps: Int
    /// Tokens of the question.
    package let questionTokens: Int
    private let hardness: Double
    private let seed: UInt64

    package init(_ number: Int, _ vocabulary: SyntheticVocabulary) {
        self.number = number
        self.vocabulary = vocabulary
        seed = SplitMix64.mixed(0x5eed, number)
        var random = SplitMix64(state: seed)
        steps = min(max(Int(random.logNormal(median: 9, spread: 0.5)), 2), 40)
        questionTokens = min(max(Int(random.logNormal(median: 90, spread: 0.5)), 30), 400)
        hardness = 0.03 * pow(20, random.unit())
    }

    /// A solution up to some point: how many steps are whole, and a hash of their tokens.
    package struct State: Sendable, Equatable {
        package var steps = 0
        /// Of the tokens so far, those of an unfinished step too.
        var hash: UInt64 = 0
        /// Tokens of the unfinished step.
        package var partial = 0
        /// Of the tokens of whole steps.
        var stepsHash: UInt64 = 0

        package init() {}
    }

    /// The state after more tokens.
    package func reading(_ tokens: some Sequence<Int>, after state: State = State()) -> State {
        var state = state
        for token in tokens {
            state.hash = SplitMix64.mixed(state.hash, token)
            state.partial += 1
            guard token == vocabulary.delimiter else { continue }
            state.steps += 1
            state.partial = 0
            state.stepsHash = state.hash
        }
        return state
    }

    /// The tokens with which a model goes on to the end of its step, the delimiter or the end token included.
    package func step(by role: Role, after state: State) -> [Int] {
        guard state.steps < steps else { return [vocabulary.end] }
        var random = SplitMix64(
            state: SplitMix64.mixed(seed ^ state.stepsHash, state.steps * 4 + (role == .target ? 1 : 0)))
        var tokens = [pick(vocabulary.firstWords, &random)]
        if state.steps == steps - 1 {
            tokens += vocabulary.answer.before + vocabulary.tokens(of: number) + vocabulary.answer.after
            tokens.append(vocabulary.end)
        } else {
            let length = min(max(Int(random.logNormal(median: 38, spread: 0.6)), 4), 250)
            while tokens.count < length - 1 { tokens.append(pick(vocabulary.words, &random)) }
            tokens.append(vocabulary.delimiter)
        }
        // What another model began is ended at the length that this one would have given it.
        return Array(tokens.dropFirst(min(state.partial, tokens.count - 1)))
    }

    /// The tokens with which a model goes on to the end of the solution, the end token included.
    ///
    /// - Parameter limit: of the number of tokens.
    package func continuation(by role: Role, after state: State, limit: Int, steps: Int = .max) -> [Int] {
        var (state, tokens, written) = (state, [Int](), 0)
        while tokens.count < limit, tokens.last != vocabulary.end, written < steps {
            let next = step(by: role, after: state)
            tokens += next
            state = reading(next, after: state)
            written += 1
        }
        return Array(tokens.prefix(limit))
    }

    /// The reward of a solution that ends in this state. It depends on all its tokens.
    package func reward(in state: State) -> Double {
        var random = SplitMix64(state: SplitMix64.mixed(seed ^ state.hash, 3))
        // Four digits, so that the text of a response is what was meant.
        return (pow(random.unit(), hardness) * 9999).rounded() / 10_000
    }

    /// Tokens of the question, without the delimiter after it.
    package var question: [Int] {
        var random = SplitMix64(state: SplitMix64.mixed(seed, 4))
        var tokens = [pick(vocabulary.firstWords, &random), pick(vocabulary.words, &random)]
        tokens += vocabulary.tokens(of: number)
        while tokens.count < questionTokens { tokens.append(pick(vocabulary.words, &random)) }
        return tokens
    }

    private func pick(_ words: [Int], _ random: inout SplitMix64) -> Int {
        words[Int(random.next() % UInt64(words.count))]
    }
}

extension SyntheticProblem {
    /// Rewards at the end of each step of a solution and at its end, by the token's place in the whole prompt.
    package func rewards(of solution: ArraySlice<Int>) -> [Int: Double] {
        var state = State()
        var rewards: [Int: Double] = [:]
        for (place, token) in zip(solution.indices, solution) {
            let before = state.steps
            state = reading(CollectionOfOne(token), after: state)
            if state.steps > before || place == solution.endIndex - 1 { rewards[place] = reward(in: state) }
        }
        return rewards
    }
}
