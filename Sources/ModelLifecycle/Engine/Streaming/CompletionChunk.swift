import Foundation
import Support

/// One event of a streamed completion.
struct CompletionChunk: Decodable {
    struct Choice: Decodable {
        var index: Int?
        var text: String
        var token_ids: [Int]
        /// With the first chunk only.
        var prompt_token_ids: [Int]?
        var finish_reason: String?
        var stop_reason: CompletionAnswer.StopReason?
        var logprobs: CompletionAnswer.Logprobs?
    }

    var choices: [Choice]
    /// With the last chunk, which has no choices, and from some servers with every chunk.
    var usage: CompletionAnswer.Usage?

    /// Reads an event: quickly if it has just text and tokens, as nearly all have, and otherwise with its whole meaning.
    ///
    /// - Throws: `DecodingError`
    init(_ event: Data) throws {
        if let (text, ids) = Self.plain(event) {
            choices = [Choice(text: text, token_ids: ids)]
        } else {
            self = try JSONDecoder().decode(CompletionChunk.self, from: event)
        }
    }

    /// The text and the tokens of a chunk that has nothing else. A third of a decoder's time.
    ///
    /// - Returns: nil for everything that is not plainly that.
    private static func plain(_ event: Data) -> (text: String, ids: [Int])? {
        var choices: JSONValue?
        var isPlain = true
        let isRead = event.withUnsafeBytes { bytes in
            var reader = JSONReader(bytes: bytes.bindMemory(to: UInt8.self), whole: "event")
            guard reader.peek == UInt8(ascii: "{") else { return false }
            do throws(JSONReader.Fault) {
                try reader.object { (reader, name, _) throws(JSONReader.Fault) in
                    reader.isKeeping = name == "choices"
                    let value = try reader.value()
                    switch name {
                    case "choices" where choices == nil: choices = value
                    case "id", "object", "created", "model": break
                    default: isPlain = isPlain && value == .null
                    }
                }
                try reader.end()
                return true
            } catch {
                return false
            }
        }
        guard isRead, isPlain, case .list(let list)? = choices, list.count == 1, case .object(let choice) = list[0]
        else { return nil }
        var text: String?
        var ids: [Int]?
        for (name, value) in choice {
            switch (name, value) {
            case ("text", .string(let string)): text = string
            case ("token_ids", .list(let list)):
                let numbers = list.compactMap { if case .number(let digits) = $0 { Int(digits) } else { nil } }
                guard numbers.count == list.count else { return nil }
                ids = numbers
            case ("index", .number("0")), (_, .null): break
            default: return nil
            }
        }
        guard let text, let ids else { return nil }
        return (text, ids)
    }
}
