/// A judge's response to a ``Scoring``.
package struct Scored: Sendable, Equatable {
    /// The model that judged.
    package var role: Role
    /// One per unscored step that is not ``overlong``, in 0…1. Anything else is an error, never a low reward.
    package var rewards: [Double]
    /// Tokens of each of those steps, counted by the PRM.
    package var tokens: [Int]
    /// Tokens that the PRM read in total.
    package var promptTokens: Int
    /// For each of those steps, the number of oldest steps that the PRM did not read; empty if there were none.
    package var dropped: [Int]
    /// Indices of unscored steps that do not fit into the PRM's context and so have no reward; never the step that
    /// waits for its verdict.
    package var overlong: [Int]
    /// Whether one pass gave all these rewards, over a solution whose steps have the same tokens whatever follows them: then each
    /// reward is also that of a solution which ends with its step.
    package var isOnePass: Bool
    /// Tokens that the PRM read in earlier passes over the beginning of these steps, while the draft was still writing.
    package var readAhead: Int
    /// The candidate of the ``Scoring``.
    package var candidate: Int

    package init(
        role: Role = .prm, rewards: [Double], tokens: [Int], promptTokens: Int, dropped: [Int] = [],
        overlong: [Int] = [],
        isOnePass: Bool = false, readAhead: Int = 0, candidate: Int = 0
    ) {
        self.role = role
        self.isOnePass = isOnePass
        self.readAhead = readAhead
        self.candidate = candidate
        self.rewards = rewards
        self.tokens = tokens
        self.promptTokens = promptTokens
        self.dropped = dropped
        self.overlong = overlong
    }
}

extension Scored {
    /// Tokens that the PRM reads where one of these steps is the last of the solution; nil if that is unknown.
    ///
    /// - Parameter place: index into ``rewards``; these are of consecutive steps.
    package func promptTokens(upTo place: Int) -> Int? {
        guard isOnePass, tokens.count == rewards.count, tokens.indices.contains(place) else { return nil }
        let after = tokens[(place + 1)...]
        // What was not counted cannot be taken off.
        guard after.allSatisfy({ $0 > 0 }) else { return nil }
        let rest = promptTokens - after.reduce(0, +)
        return rest > 0 ? rest : nil
    }

    /// The verdicts on the first steps of a solution among those on more.
    ///
    /// - Parameter asked: what this is the response to.
    package func verdicts(for wanted: Scoring, of asked: Scoring) -> Scored? {
        let scored = asked.unscored.filter { !overlong.contains($0) }
        let places = wanted.unscored.compactMap(scored.firstIndex)
        guard asked.steps.starts(with: wanted.steps), places.count == wanted.unscored.count,
            scored.count == rewards.count, tokens.count == rewards.count,
            dropped.isEmpty || dropped.count == rewards.count
        else { return nil }
        var part = self
        part.rewards = places.map { rewards[$0] }
        part.tokens = places.map { tokens[$0] }
        part.dropped = dropped.isEmpty ? [] : places.map { dropped[$0] }
        part.overlong = []
        part.candidate = wanted.candidate
        return part
    }

    /// The PRM's result for one step.
    package struct Verdict: Equatable {
        package var reward: Double
        /// Tokens of the step, counted by the PRM.
        package var tokens: Int
        /// Number of oldest steps that the PRM did not see, or nil if it saw all.
        package var dropped: Int?
    }

    /// The verdicts by step; a step without one is overlong.
    ///
    /// - Throws: ``UnexpectedEvent`` if this does not match the request.
    package func verdicts(on wanted: Scoring) throws -> [Int: Verdict] {
        guard overlong.allSatisfy(wanted.unscored.contains), Set(overlong).count == overlong.count,
            !overlong.contains(wanted.undecided), rewards.count + overlong.count == wanted.unscored.count,
            tokens.count == rewards.count,
            dropped.isEmpty || dropped.count == rewards.count
        else {
            throw UnexpectedEvent(
                description: "\(wanted.unscored.count) steps were to be scored, "
                    + "but \(rewards.count) rewards were returned"
                    + (overlong.isEmpty ? "" : ", with \(overlong.count) steps too long for the PRM"))
        }
        guard rewards.allSatisfy((0...1).contains) else {
            throw UnexpectedEvent(description: "rewards must be in 0…1, got \(rewards)")
        }
        let scored = wanted.unscored.filter { !overlong.contains($0) }
        return Dictionary(
            uniqueKeysWithValues: scored.enumerated().map { place, step in
                let dropped = dropped.isEmpty ? 0 : dropped[place]
                return (
                    step,
                    Verdict(reward: rewards[place], tokens: tokens[place], dropped: dropped == 0 ? nil : dropped)
                )
            })
    }
}
