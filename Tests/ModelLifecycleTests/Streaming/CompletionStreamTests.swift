import Foundation
import Support
import TestSupport
import Testing

@testable import ModelLifecycle

@Suite("A streamed completion") struct CompletionStreamTests {
    private let request = StreamText.request

    private func completion(_ pieces: [Data], _ log: PartLog = PartLog()) throws -> Completion {
        let stream = CompletionStream(request) {
            log.add($0)
            return .goOn
        }
        for piece in pieces where stream.take(piece) == .enough { break }
        return try stream.completion(url: "u")
    }

    private func whole(_ text: StreamText) throws -> Completion {
        let answer = try JSONDecoder().decode(CompletionAnswer.self, from: Data(text.whole.utf8))
        #expect(answer.contradiction(to: request) == nil)
        return answer.choices[0].completion(usage: answer.usage, prompt: request.promptTokens)
    }

    @Test("it is the response in one piece, wherever it is cut")
    func cuts() throws {
        let text = StreamText()
        let bytes = Data(text.text.utf8)
        let expected = try whole(text)
        for cut in 0...bytes.count {
            let log = PartLog()
            #expect(try completion([bytes.prefix(cut), bytes.dropFirst(cut)], log) == expected)
            #expect(log.joined == (expected.text, expected.tokenIDs))
            #expect(log.parts.map(\.isFirst) == [true] + Array(repeating: false, count: log.parts.count - 1))
        }
        let log = PartLog()
        #expect(try completion(bytes.map { Data([$0]) }, log) == expected)
        #expect(log.parts.map(\.text) == text.pieces.map(\.text))
        #expect(log.parts.map(\.tokenIDs) == text.pieces.map(\.ids))
    }

    @Test(
        "it ends as the response in one piece does",
        arguments: [("stop", "null"), ("stop", "198"), ("length", "null"), ("abort", "null")])
    func finishes(_ finish: String, _ stop: String) throws {
        let text = StreamText(finish: finish, stop: stop)
        #expect(try completion([Data(text.text.utf8)]) == whole(text))
    }

    @Test("other versions and servers write events in their own way")
    func dialects() throws {
        let text = StreamText()
        let expected = try whole(text)
        for change in [
            // vLLM 0.20 and older, and continuous usage.
            { (event: String) in event.replacing("}]}", with: #"}],"usage":null,"system_fingerprint":null}"#) },
            { $0.replacing("}]}", with: #"}],"usage":{"prompt_tokens":2,"completion_tokens":1}}"#) },
            { $0.replacing(#""prompt_token_ids":null,"#, with: "") },
            { $0.replacing(#""prompt_token_ids":[1, 2],"#, with: "") },
            { $0.replacing("\n\n", with: "\r\n\r\n") }, { ": ping\n\n" + $0 }, { "event: message\n" + $0 },
            { $0.replacing(#""logprobs":null"#, with: #""logprobs":null,"routed_experts":{"a":[1.5]}"#) },
            { $0.replacing(#"","#, with: #"" , "#) },
        ] {
            let changed = text.events.map(change).joined()
            #expect(changed != text.text)
            #expect(try completion([Data(changed.utf8)]) == expected, "\(changed)")
        }
    }

    /// Each is a stream with one thing changed, so that it contradicts itself or the request.
    @Test(
        "a stream that contradicts the request is refused",
        arguments: [
            (#""token_ids":[5]"#, #""token_ids":[-5]"#), (#""token_ids":[5]"#, #""token_ids":[4294967296]"#),
            (#""token_ids":[5]"#, #""token_ids":[5,5,5,5,5,5,5]"#), (#""token_ids":[5]"#, #""token_ids":null"#),
            (#""token_ids":[5]"#, #""token_ids":["5"]"#), (#""token_ids":[5]"#, #""token_ids":[5.5]"#),
            (#""token_ids":[5]"#, #""tokens":[5]"#), (#""text":"","#, #""text":null,"#),
            (#""text":"","#, #""text":7,"#),
            ("[1, 2]", "[1, 3]"), ("[1, 2]", "[1]"), (#""index":0"#, #""index":1"#),
            (#""completion_tokens":5"#, #""completion_tokens":4"#), (#""prompt_tokens":2"#, #""prompt_tokens":3"#),
            (#""finish_reason":"stop""#, #""finish_reason":null"#), (#""stop_reason":"\n\n""#, #""stop_reason":"a""#),
            (#""stop_reason":"\n\n""#, #""stop_reason":5"#), (#""usage":"#, #""use":"#),
            ("[DONE]", "[DONE]\n\ndata: {}"),
            ("[DONE]", "[done]"), (#"{"id""#, #"{{"id""#), ("data: {", #"data: {"choices":[],"#),
            (#""token_ids":[30]}]"#, #""token_ids":[30]},{"index":1,"text":"","token_ids":[]}]"#),
        ])
    func contradictions(_ truth: String, _ lie: String) throws {
        let text = StreamText().text
        #expect(text.contains(truth))
        let error = #expect(throws: EngineAnswerError.self) {
            try completion([Data(text.replacing(truth, with: lie).utf8)])
        }
        guard case .malformed("/v1/completions", _, _) = error else {
            Issue.record("got \(String(describing: error))")
            return
        }
    }

    @Test("a stream that ends early is a lost connection, wherever it ends")
    func brokenOff() throws {
        let bytes = Data(StreamText().text.utf8)
        for end in 0..<(bytes.count - 1) {
            #expect(throws: EngineAnswerError.transport(.connectionLost(url: "u", reason: "the stream ended early"))) {
                try completion([bytes.prefix(end)])
            }
        }
    }

    @Test("an error in a stream is the server's")
    func errors() throws {
        let start = StreamText().events[0]
        for (code, status) in [("500", 500), ("503", 503), ("400", 500), ("null", 500), ("70000", 500)] {
            let event = #"data: {"error":{"message":"EngineCore died","type":"X","param":null,"code":\#(code)}}"#
            let error = EngineAnswerError.status(
                status, message: "EngineCore died", kind: "X", parameter: nil, endpoint: "/v1/completions")
            #expect(throws: error) { try completion([Data((start + event + "\n\ndata: [DONE]\n\n").utf8)]) }
            #expect(error.isTransient)
        }
    }

    @Test("probabilities add up")
    func probabilities() throws {
        var request = request
        request.logprobs = 1
        var place = 0
        let text = StreamText().text.replacing(#""logprobs":null"#, with: #""logprobs":LOG"#).split(
            separator: "LOG", omittingEmptySubsequences: false)
        let counts = [1, 1, 1, 2]
        let joined = text.dropFirst().reduce(String(text[0])) { joined, rest in
            let tops = (0..<counts[place]).map { #"{"a":-\#(place).\#($0)}"# }.joined(separator: ",")
            place += 1
            let own = (0..<counts[place - 1]).map { "-\(place - 1).\($0)" }.joined(separator: ",")
            return joined + #"{"text_offset":[0],"token_logprobs":[\#(own)],"top_logprobs":[\#(tops)]}"# + rest
        }
        let stream = CompletionStream(request) { _ in .goOn }
        _ = stream.take(Data(joined.utf8))
        #expect(try stream.completion(url: "u").logprobs == [0, -1, -2, -3, -3.1])
        #expect(
            try stream.completion(url: "u").topLogprobs == [["a": 0], ["a": -1], ["a": -2], ["a": -3], ["a": -3.1]])
    }

    @Test("whoever has enough gets what has arrived")
    func enough() throws {
        let text = StreamText()
        for count in 1...4 {
            let log = PartLog()
            let stream = CompletionStream(request) {
                log.add($0)
                return log.parts.count == count ? .enough : .goOn
            }
            var taken = 0
            for event in text.events {
                taken += 1
                if stream.take(Data(event.utf8)) == .enough { break }
            }
            #expect(taken == count)
            let completion = try stream.completion(url: "u")
            #expect(completion.finish == .stopped && completion.promptTokens == 2)
            #expect(completion.text == text.pieces.prefix(count).map(\.text).joined())
            #expect(completion.tokenIDs == text.pieces.prefix(count).flatMap(\.ids))
            #expect(completion.completionTokens == completion.tokenIDs.count)
        }
        // The end came with the last part.
        let stream = CompletionStream(request) { _ in .enough }
        #expect(stream.take(Data(text.text.utf8)) == .enough)
        #expect(try stream.completion(url: "u") == whole(text))
    }

    @Test("the quick way to read an event finds what the whole way finds", arguments: 0..<10)
    func quickReading(_ seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        for _ in 0..<100 {
            let text = (0..<Int.random(in: 0...4, using: &random)).map { _ in
                [
                    #"\n"#, #"\u00e9"#, #"\ud83d\ude42"#, "é", #"\""#, #"\\"#, "}", "]", ",", " data: ", #"\u0000"#,
                    "\u{1F642}",
                ]
                .randomElement(using: &random) ?? ""
            }.joined()
            let ids = (0..<Int.random(in: 0...3, using: &random)).map { _ in
                Int.random(in: -1...200_000, using: &random)
            }
            let fields = [
                #""index":0"#, #""text":"\#(text)""#, #""token_ids":\#(ids)"#, #""finish_reason":null"#,
                #""logprobs":null"#,
            ].shuffled(using: &random)
            let event = Data(
                #"{"model":"a","choices":[{\#(fields.joined(separator: ","))}],"created":1}"#.utf8)
            let quick = try JSONText.decode(CompletionChunk.self, from: event).choices[0]
            let whole = try JSONDecoder().decode(CompletionChunk.self, from: event).choices[0]
            #expect(quick.text == whole.text && quick.token_ids == whole.token_ids)
        }
    }
}
