/// One of the whole solutions between which a method chooses.
package struct Candidate: Sendable, Equatable {
    package var text: String
    package var finish: Finish
    /// The PRM's reward of each step, or nil for a step without one; empty where nothing was scored.
    package var rewards: [Double?]
    /// What it was chosen by, where that is a number.
    package var score: Double?
    package var chosen: Bool

    package init(text: String, finish: Finish, rewards: [Double?], score: Double? = nil, chosen: Bool) {
        self.text = text
        self.finish = finish
        self.rewards = rewards
        self.score = score
        self.chosen = chosen
    }
}
