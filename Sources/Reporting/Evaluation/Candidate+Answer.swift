import Decoding
import Methods

extension Candidate: Codable {
    private enum CodingKeys: String, CodingKey { case text, finish, rewards, score, chosen }
    private enum DerivedKeys: String, CodingKey { case answer }

    package init(from decoder: any Decoder) throws {
        let object = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            text: try object.decode(String.self, forKey: .text),
            finish: try object.decode(Finish.self, forKey: .finish),
            rewards: try object.decode([Double?].self, forKey: .rewards),
            score: try object.decodeIfPresent(Double.self, forKey: .score),
            chosen: try object.decode(Bool.self, forKey: .chosen))
    }

    /// Encodes the answer too, as null if there is none; decoding extracts it from the text.
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
