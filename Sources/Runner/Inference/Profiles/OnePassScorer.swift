import Decoding
import JobSpecs

/// A profile whose model scores all steps in one pass: it is causal, so a score depends only on the tokens up to its own. A step
/// whose last tokens would differ if nothing followed gets a pass of its own.
protocol OnePassScorer: PRMScorer {
    /// Returns the model's input for a problem and steps of its solution.
    ///
    /// - Parameter steps: at least one.
    /// - Throws: ``PermanentFailure`` if the tokenizer lacks tokens that the profile needs.
    func read(_ steps: [String], of problem: ProblemPrompt, in session: ModelSession) async throws -> Reading

    /// The reward in the model's output row for a token, or nil if rows have another number of columns.
    func reward(of row: [Double]) -> Double?
}

/// A PRM's input: a problem and steps of its solution.
package struct Reading: Sendable, Equatable {
    /// Tokens up to and including the one with the last step's score.
    package var tokens: [Int]
    /// Tokens before the first step.
    var head: Int
    /// Index of the token with each step's score, in the input where the step is the last.
    var ends: [Int]
    /// Inputs where a step is the last, by its index, if they are not a prefix of ``tokens``: there a token of this step would
    /// contain text of the next.
    var apart: [Int: [Int]] = [:]

    /// Number of tokens of a step.
    package func tokens(ofStep step: Int) -> Int { max(0, ends[step] + 1 - start(ofStep: step)) }

    /// The minimum number of oldest steps to drop so that the rest up to `step` fits into `limit` tokens; at least one, and never
    /// the step itself.
    func dropsToFit(_ step: Int, limit: Int) -> Int {
        (1..<max(2, step)).first { ends[step] + 1 - (start(ofStep: $0) - head) <= limit } ?? max(1, step)
    }

    private func start(ofStep step: Int) -> Int { step == 0 ? head : ends[step - 1] + 1 }
}

extension OnePassScorer {
    func ask(_ wanted: Scoring, about problem: ProblemPrompt, of session: ModelSession) async throws -> Scored {
        let limit = session.contextLength
        let whole = try await read(wanted.steps, of: problem, in: session)
        try check(whole, steps: wanted.steps.count)
        var sheet = ScoreSheet(for: wanted, contextLength: limit)

        let together = wanted.unscored.filter { whole.ends[$0] < limit && whole.apart[$0] == nil }
        var inOnePass: [Int: Double] = [:]
        if let last = together.last {
            let tokens = Array(whole.tokens[...whole.ends[last]])
            let read = whole.ends.indices.filter { whole.ends[$0] < tokens.count && whole.apart[$0] == nil }
            let rewards = try await rewards(at: read.map { whole.ends[$0] }, of: tokens, in: session)
            inOnePass = Dictionary(uniqueKeysWithValues: zip(read, rewards))
            sheet.addPass(tokens: tokens.count)
            sheet.isOnePass = together == wanted.unscored && whole.apart.keys.allSatisfy { $0 > last }
        }
        for step in wanted.unscored {
            if whole.ends[step] < limit {
                var reward = inOnePass[step]
                if let alone = whole.apart[step] {
                    reward = try await rewards(at: [whole.ends[step]], of: alone, in: session)[0]
                    sheet.addPass(tokens: alone.count)
                }
                if let reward {
                    try sheet.add(reward: reward, tokens: whole.tokens(ofStep: step), dropped: 0)
                }
                continue
            }
            guard overlong == .window,
                let (part, dropped) = try await window(wanted.steps, upTo: step, of: whole, problem, session)
            else {
                try sheet.addOverlong(step)
                continue
            }
            let rewards = try await rewards(at: [part.tokens.count - 1], of: part.tokens, in: session)
            sheet.addPass(tokens: part.tokens.count)
            try sheet.add(reward: rewards[0], tokens: whole.tokens(ofStep: step), dropped: dropped)
        }
        return sheet.result
    }

    /// The steps up to and including one, without the oldest ones if they do not fit: the same as step-at-a-time, since it
    /// depends on nothing after the step.
    ///
    /// - Returns: nil if the step alone does not fit.
    private func window(
        _ steps: [String], upTo step: Int, of whole: Reading, _ problem: ProblemPrompt, _ session: ModelSession
    ) async throws -> (Reading, dropped: Int)? {
        guard step > 0 else { return nil }
        for dropped in whole.dropsToFit(step, limit: session.contextLength)...step {
            let kept = Array(steps[dropped...step])
            let part = try await read(kept, of: problem, in: session)
            try check(part, steps: kept.count)
            if part.tokens.count <= session.contextLength { return (part, dropped) }
        }
        return nil
    }

    /// The rewards at some of the tokens, from one pass over all.
    ///
    /// - Throws: ``MalformedResponse`` if there is not one row per token, or a row without a reward.
    private func rewards(at places: [Int], of tokens: [Int], in session: ModelSession) async throws -> [Double] {
        try await session.rewards(for: tokens, at: places) {
            let rows = try await session.client.pool(tokens)
            guard rows.count == tokens.count else {
                throw MalformedResponse(description: "the PRM gave \(rows.count) scores for \(tokens.count) tokens")
            }
            return try places.map { place in
                guard let reward = reward(of: rows[place]) else {
                    throw MalformedResponse(
                        description:
                            "the PRM gave \(rows[place].count) numbers for a token, which this profile is not for")
                }
                return try ScoreSheet.checked(reward)
            }
        }
    }

    private func check(_ reading: Reading, steps: Int) throws {
        guard reading.ends.count == steps, reading.ends.last == reading.tokens.count - 1,
            reading.ends.allSatisfy({ $0 >= 0 })
        else {
            throw PermanentFailure(
                reason: "the PRM's tokens hold \(reading.ends.count) steps where there are \(steps)")
        }
    }
}

extension Reading {
    /// Steps that are tokenized separately, after the tokens of the problem.
    package init(head: [Int], steps: [[Int]]) {
        tokens = head + steps.joined()
        self.head = head.count
        ends = []
        for step in steps { ends.append((ends.last ?? head.count - 1) + step.count) }
    }

    /// Steps located by tokenizing the solution up to each of them.
    ///
    /// - Parameters:
    ///   - problem: tokens without any step.
    ///   - prefixes: tokens up to each step.
    package init(problem: [Int], prefixes: [[Int]]) {
        tokens = prefixes.last ?? []
        for (step, prefix) in prefixes.enumerated() where !tokens.starts(with: prefix) { apart[step] = prefix }
        head = zip(problem, tokens).prefix { $0 == $1 }.count
        ends = prefixes.map { $0.count - 1 }
    }
}

extension ModelSession {
    /// Token ids of a text alone, without special tokens around it.
    func bareTokens(of text: String) async throws -> [Int] {
        text.isEmpty ? [] : try await tokens(of: text, addSpecialTokens: false)
    }

    /// The id of the only token of a text.
    ///
    /// - Throws: ``PermanentFailure`` if it has more tokens, or none.
    func onlyToken(in text: String) async throws -> Int {
        let tokens = try await bareTokens(of: text)
        guard let token = tokens.first, tokens.count == 1 else {
            throw PermanentFailure(
                reason: "the PRM's tokenizer has no token '\(text)', which the profile needs; is it the right profile?")
        }
        return token
    }
}
