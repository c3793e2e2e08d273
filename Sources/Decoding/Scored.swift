/// A PRM's answer to a ``Scoring``.
package struct Scored: Sendable, Equatable {
    /// One for each unscored step that is not ``overlong``, in 0…1. Anything else is an error, and never read as a low
    /// reward.
    package var rewards: [Double]
    /// Tokens of each of those steps, in the PRM's count.
    package var tokens: [Int]
    /// Tokens that the PRM read for all of this.
    package var promptTokens: Int
    /// How many of the oldest steps were left out of what the PRM read for each of those steps; empty where none was.
    package var dropped: [Int]
    /// Those of the unscored steps, by their index, that do not fit into the PRM's context and so have no reward: never the
    /// one that is up for its verdict.
    package var overlong: [Int]
    /// As the ``Scoring`` had it.
    package var candidate: Int

    package init(
        rewards: [Double], tokens: [Int], promptTokens: Int, dropped: [Int] = [], overlong: [Int] = [],
        candidate: Int = 0
    ) {
        self.candidate = candidate
        self.rewards = rewards
        self.tokens = tokens
        self.promptTokens = promptTokens
        self.dropped = dropped
        self.overlong = overlong
    }
}

extension Scored {
    /// What the PRM said of one step.
    package struct Verdict: Equatable {
        package var reward: Double
        /// Of the step, in the PRM's count.
        package var tokens: Int
        /// Oldest steps that the PRM did not see, or nil where it saw all.
        package var dropped: Int?
    }

    /// The verdicts by step; a step without one is overlong.
    ///
    /// - Throws: ``UnexpectedEvent`` where this is no answer to the question.
    package func verdicts(on wanted: Scoring) throws -> [Int: Verdict] {
        guard overlong.allSatisfy(wanted.unscored.contains), Set(overlong).count == overlong.count,
            !overlong.contains(wanted.undecided), rewards.count + overlong.count == wanted.unscored.count,
            tokens.count == rewards.count,
            dropped.isEmpty || dropped.count == rewards.count
        else {
            throw UnexpectedEvent(
                description: "\(wanted.unscored.count) steps were to be scored, "
                    + "and \(rewards.count) rewards came back"
                    + (overlong.isEmpty ? "" : ", with \(overlong.count) steps too long for the PRM"))
        }
        guard rewards.allSatisfy((0...1).contains) else {
            throw UnexpectedEvent(description: "rewards are in 0…1; got \(rewards)")
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
