import Decoding
import PacedEngine
import Support

/// A request that engines work on.
final class PaceRequest {
    enum Kind {
        case completion(PacedCompletion, [PlannedText])
        case pooling([[Int]], rewards: [[Int: Double]])
    }

    let number: Int
    let role: Role
    let connection: PaceConnection
    let kind: Kind
    /// The problem that each prompt asks.
    let problems: [Int]
    /// Prompts that are not done.
    var left: Int

    init(number: Int, role: Role, connection: PaceConnection, kind: Kind, problems: [Int]) {
        self.number = number
        self.role = role
        self.connection = connection
        self.kind = kind
        self.problems = problems
        left = problems.count
    }

    /// The engine's number for a prompt.
    func identifier(ofPrompt index: Int) -> Int { number << 20 + index }

    static func place(of identifier: Int) -> (number: Int, prompt: Int) {
        (identifier >> 20, identifier & (1 << 20 - 1))
    }

    var isStream: Bool { if case .completion(let body, _) = kind { body.stream == true } else { false } }

    // MARK: Responses

    /// A token of a stream.
    func sendToken(_ place: Int, ofPrompt index: Int, _ tokenizer: PacedTokenizer) {
        guard case .completion(let body, let texts) = kind else { return }
        let text = texts[index]
        let token = text.tokens[place]
        let isLast = place == text.tokens.count - 1
        var piece =
            body.skip_special_tokens == false ? JSONText.string(tokenizer.decode([token])) : tokenizer.pieces[token]
        if isLast, body.include_stop_str_in_output != true {
            piece = JSONText.string(text.shown(tokenizer.decode([token], skipSpecial: true), includesStop: false))
        }
        var event = head + #""choices":[{"index":\#(index),"text":\#(piece),"logprobs":null"#
        event += #","finish_reason":\#(isLast ? "\"\(text.finish)\"" : "null")"#
        event += #","stop_reason":\#(isLast ? stopReason(text) : "null")"#
        if body.return_token_ids == true {
            if place == 0 { event += #","prompt_token_ids":\#(text.prompt.json)"# }
            event += #","token_ids":[\#(token)]"#
        }
        connection.sendEvent(event + "}]}")
    }

    /// The response, or the end of a stream.
    func finish(_ tokenizer: PacedTokenizer) {
        switch kind {
        case .completion(let body, let texts) where body.stream == true:
            if body.stream_options?.include_usage == true {
                connection.sendEvent(head + #""choices":[],"usage":\#(usage(texts))}"#)
            }
            connection.sendEvent("[DONE]")
            connection.endStream()
        case .completion(let body, let texts):
            let choices = texts.enumerated().map { index, text in
                #"{"index":\#(index),"text":\#(JSONText.string(self.text(text, body, tokenizer))),"logprobs":null,"#
                    + #""finish_reason":"\#(text.finish)","stop_reason":\#(stopReason(text)),"#
                    + (body.return_token_ids == true
                        ? #""token_ids":\#(text.tokens.json),"prompt_token_ids":\#(text.prompt.json),"# : "")
                    + #""prompt_logprobs":null}"#
            }
            connection.respond(head + #""choices":[\#(choices.joined(separator: ","))],"usage":\#(usage(texts))}"#)
        case .pooling(let prompts, let rewards): connection.respond(pooled(prompts, rewards))
        }
    }

    private func text(_ text: PlannedText, _ body: PacedCompletion, _ tokenizer: PacedTokenizer) -> String {
        text.shown(
            tokenizer.decode(text.tokens, skipSpecial: body.skip_special_tokens ?? true),
            includesStop: body.include_stop_str_in_output == true)
    }

    private func pooled(_ prompts: [[Int]], _ rewards: [[Int: Double]]) -> String {
        var body = #"{"id":"pool-\#(number)","object":"list","created":0,"model":"\#(role.rawValue)","data":["#
        for (index, prompt) in prompts.enumerated() {
            body += (index > 0 ? "," : "") + #"{"index":\#(index),"object":"pooling","data":["#
            for place in prompt.indices {
                body += (place > 0 ? "," : "") + "[\(rewards[index][place] ?? 0.5)]"
            }
            body += "]}"
        }
        let tokens = prompts.reduce(0) { $0 + $1.count }
        return body + #"],"usage":{"prompt_tokens":\#(tokens),"total_tokens":\#(tokens),"completion_tokens":0}}"#
    }

    private var head: String {
        #"{"id":"cmpl-\#(number)","object":"text_completion","created":0,"model":"\#(role.rawValue)","#
    }

    private func stopReason(_ text: PlannedText) -> String { text.stop.map(JSONText.string) ?? "null" }

    private func usage(_ texts: [PlannedText]) -> String {
        let (prompt, written) = texts.reduce((0, 0)) { ($0.0 + $1.prompt.count, $0.1 + $1.tokens.count) }
        return
            #"{"prompt_tokens":\#(prompt),"completion_tokens":\#(written),"total_tokens":\#(prompt + written)}"#
    }
}
