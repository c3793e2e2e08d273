/// One of the whole solutions between which a method chooses.
package struct Candidate: Sendable, Equatable, Codable {
    package var text: String
    package var finish: Finish
    /// The PRM's reward of each step, or nil for a step without one; empty where nothing was scored.
    package var rewards: [Double?]
    /// What it was chosen by, where that is a number.
    package var score: Double?
    package var chosen: Bool

    /// What it comes to, found as that of a response is; nil where there is none.
    package var answer: String? { AnswerExtraction.answer(in: text, isCut: finish.isCut) }

    private enum CodingKeys: String, CodingKey { case text, finish, rewards, score, chosen }
    private enum DerivedKeys: String, CodingKey { case answer }

    /// Writes the answer too, and null where there is none; reading finds it in the text again.
    package func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: CodingKeys.self)
        try object.encode(text, forKey: .text)
        try object.encode(finish, forKey: .finish)
        try object.encode(rewards, forKey: .rewards)
        try object.encodeIfPresent(score, forKey: .score)
        try object.encode(chosen, forKey: .chosen)
        var derived = encoder.container(keyedBy: DerivedKeys.self)
        try derived.encode(answer, forKey: .answer)
    }
}
