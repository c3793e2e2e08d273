import Foundation
import Synchronization

@testable import ModelLifecycle

/// A streamed completion as vLLM 0.32 sends it.
struct StreamText {
    var prompt = [1, 2]
    var pieces: [(text: String, ids: [Int])] = [
        (" Pa", [7042]), ("", [30]), ("ris é\u{1F642}.", [5]), ("\n\n", [198, 198]),
    ]
    var finish = "stop"
    /// As JSON.
    var stop = #""\n\n""#

    static let request = CompletionRequest(promptTokens: [1, 2], maxTokens: 8, seed: 7, stop: ["\n\n"])

    var events: [String] {
        var events = pieces.enumerated().map { place, piece in
            let isLast = place == pieces.count - 1
            return event(
                #""index":0,"text":\#(quoted(piece.text)),"logprobs":null,"finish_reason":\#(isLast ? quoted(finish) : "null"),"#
                    + #""stop_reason":\#(isLast ? stop : "null"),"prompt_token_ids":\#(place == 0 ? "\(prompt)" : "null"),"#
                    + #""token_ids":\#(piece.ids)"#)
        }
        events.append(
            #"data: {"id":"cmpl-1","object":"text_completion","created":1,"model":"draft","choices":[],"usage":\#(usage)}"#
                + "\n\n")
        return events + ["data: [DONE]\n\n"]
    }

    var text: String { events.joined() }

    /// The response in one piece.
    var whole: String {
        #"{"choices":[{"index":0,"text":\#(quoted(pieces.map(\.text).joined())),"finish_reason":\#(quoted(finish)),"#
            + #""stop_reason":\#(stop),"token_ids":\#(pieces.flatMap(\.ids)),"prompt_token_ids":\#(prompt)}],"usage":\#(usage)}"#
    }

    private var usage: String {
        let count = pieces.reduce(0) { $0 + $1.ids.count }
        return
            #"{"prompt_tokens":\#(prompt.count),"total_tokens":\#(prompt.count + count),"completion_tokens":\#(count)}"#
    }

    private func event(_ choice: String) -> String {
        #"data: {"id":"cmpl-1","object":"text_completion","created":1,"model":"draft","choices":[{\#(choice)}]}"#
            + "\n\n"
    }

    private func quoted(_ text: String) -> String {
        String(decoding: (try? JSONEncoder().encode(text)) ?? Data(), as: UTF8.self)
    }
}

/// Takes the parts of a stream.
final class PartLog: Sendable {
    private let log = Mutex<[CompletionPart]>([])

    func add(_ part: CompletionPart) { log.withLock { $0.append(part) } }

    var parts: [CompletionPart] { log.withLock { $0 } }

    /// The text and tokens of all parts, from the last that begins.
    var joined: (text: String, ids: [Int]) {
        parts.reduce(into: ("", [])) { joined, part in
            if part.isFirst { joined = ("", []) }
            joined.0 += part.text
            joined.1 += part.tokenIDs
        }
    }
}
