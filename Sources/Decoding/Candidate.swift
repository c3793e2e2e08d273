/// A whole solution that a method can choose.
package struct Candidate: Sendable, Equatable {
    package var text: String
    package var finish: Finish
    /// The PRM's reward of each step, nil for a step without one; empty if nothing was scored.
    package var rewards: [Double?]
    /// The score by which it was compared, if there is one.
    package var score: Double?
    package var chosen: Bool
    /// See ``Limits/thoughts``.
    package var thoughts: Thoughts?

    package init(
        text: String, finish: Finish, rewards: [Double?], score: Double? = nil, chosen: Bool,
        thoughts: Thoughts? = nil
    ) {
        self.thoughts = thoughts
        self.text = text
        self.finish = finish
        self.rewards = rewards
        self.score = score
        self.chosen = chosen
    }
}
