import Foundation

/// What an engine will write in response to a prompt.
package struct PlannedText: Sendable {
    package let prompt: [Int]
    /// Those of a stop string and the end token included, as vLLM counts them.
    package private(set) var tokens: [Int]
    /// vLLM's `finish_reason`.
    package private(set) var finish: String
    /// The stop string that ended it; nil if none did.
    package private(set) var stop: String?

    /// - Parameters:
    ///   - tokens: what the model writes to the end of the solution, or as much as is allowed.
    ///   - end: the token that ends a sequence.
    ///   - piece: the text of a token; empty for the end token.
    package init(prompt: [Int], tokens: [Int], end: Int, stops: [String], piece: (Int) -> String) {
        self.prompt = prompt
        self.tokens = tokens
        finish = tokens.last == end ? "stop" : "length"
        let stops = stops.filter { !$0.isEmpty }.map { Array($0.utf8) }
        guard let longest = stops.map(\.count).max() else { return }
        var written: [UInt8] = []
        for (place, token) in tokens.enumerated() {
            // A stop string may begin in earlier tokens, and end before this one does.
            let from = max(0, written.count - longest + 1)
            written += piece(token).utf8
            guard let found = stops.first(where: { written[from...].firstRange(of: $0) != nil }) else { continue }
            self.tokens = Array(tokens[...place])
            (finish, stop) = ("stop", String(decoding: found, as: UTF8.self))
            return
        }
    }

    /// The text that vLLM shows for the text of its tokens.
    package func shown(_ text: String, includesStop: Bool) -> String {
        guard let stop, let found = text.range(of: stop) else { return text }
        return String(text[..<(includesStop ? found.upperBound : found.lowerBound)])
    }
}
