import Decoding

extension Sampling: Codable {
    private enum CodingKeys: String, CodingKey {
        case temperature
        case topP = "top_p"
    }

    package init(from decoder: any Decoder) throws {
        let object = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            temperature: try object.decode(Double.self, forKey: .temperature),
            topP: try object.decode(Double.self, forKey: .topP))
    }

    package func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: CodingKeys.self)
        try object.encode(temperature, forKey: .temperature)
        try object.encode(topP, forKey: .topP)
    }

    /// `with temperature 0.7, top_p 0.9`, to be said of methods.
    var words: String {
        isGreedy ? "greedy" : "with temperature \(temperature)" + (topP == 1 ? "" : ", top_p \(topP)")
    }
}
