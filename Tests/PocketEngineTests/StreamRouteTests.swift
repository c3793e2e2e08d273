import Foundation
import TestSupport
import Testing

@testable import PocketEngine

@Suite("/v1/completions with stream", .timeLimit(.minutes(1))) struct StreamRouteTests {
    /// The events of a stream, put together.
    private struct Streamed {
        var events: [JSON] = []
        var isDone = false
        var text = ""
        var tokens: [Int] = []

        init(_ answer: Answer) {
            for line in answer.text.components(separatedBy: "\n\n") where line.hasPrefix("data: ") {
                let data = line.dropFirst("data: ".count)
                isDone = isDone || data == "[DONE]"
                guard data != "[DONE]" else { continue }
                let event = JSON(try? JSONSerialization.jsonObject(with: Data(data.utf8)))
                events.append(event)
                text += event["choices"][0]["text"].string ?? ""
                tokens += event["choices"][0]["token_ids"].ints ?? []
            }
        }

        /// The choices of the events that have one.
        var choices: [JSON] { events.map { $0["choices"][0] }.filter { $0["text"].string != nil } }
    }

    private let prompt: [Int]

    init() throws { prompt = try Golden.shared.get().tied[0].prompt }

    private func body(_ more: [String: any Sendable] = [:]) -> [String: any Sendable] {
        [
            "prompt": prompt, "max_tokens": 12, "temperature": 0, "ignore_eos": true, "return_token_ids": true,
            "stream": true, "stream_options": ["include_usage": true],
        ].merging(more) { $1 }
    }

    @Test("events have the shape of vLLM's")
    func shape() async throws {
        try await withServer { client in
            let answer = try await client.post("/v1/completions", body())
            #expect(answer.status == 200 && !answer.cut)
            let streamed = Streamed(answer)
            #expect(streamed.isDone)
            let (first, last) = (try #require(streamed.choices.first), try #require(streamed.choices.last))
            #expect(
                first.keys == [
                    "index", "text", "logprobs", "finish_reason", "stop_reason", "prompt_token_ids", "token_ids",
                ])
            #expect(first["prompt_token_ids"].ints == prompt)
            #expect(streamed.choices.dropFirst().allSatisfy { $0["prompt_token_ids"].isNull })
            #expect(streamed.choices.dropLast().allSatisfy { $0["finish_reason"].isNull })
            #expect(last["finish_reason"].string == "length" && last["stop_reason"].isNull)
            #expect(streamed.events.dropLast().allSatisfy { $0["usage"].value == nil })
            let usage = try #require(streamed.events.last)
            #expect(usage["choices"].count == 0 && usage["choices"].value != nil)
            #expect(usage["usage"]["completion_tokens"].int == 12)
            #expect(usage["usage"]["prompt_tokens"].int == prompt.count)
        }
    }

    @Test("token ids and usage come if they are requested")
    func options() async throws {
        try await withServer { client in
            let plain = Streamed(
                try await client.post(
                    "/v1/completions", body(["return_token_ids": false, "stream_options": NSNull()])))
            #expect(plain.isDone && !plain.text.isEmpty && plain.tokens.isEmpty)
            #expect(plain.events.allSatisfy { $0["usage"].value == nil })
            #expect(plain.choices.allSatisfy { $0["prompt_token_ids"].isNull })
            let counted = Streamed(
                try await client.post(
                    "/v1/completions",
                    body(["stream_options": ["include_usage": true, "continuous_usage_stats": true]])))
            var written = 0
            for event in counted.events {
                written += event["choices"][0]["token_ids"].ints?.count ?? 0
                #expect(event["usage"]["completion_tokens"].int == written)
            }
        }
    }

    @Test("a stream is the response in one piece, cut into events")
    func equality() async throws {
        try await withServer { client in
            var random = SeededRandom(seed: 4)
            var finishes: Set<String> = []
            for seed in 0..<60 {
                var request = body([
                    "temperature": Double.random(in: 0...2, using: &random), "seed": seed,
                    "max_tokens": Int.random(in: 1...60, using: &random), "ignore_eos": Bool.random(using: &random),
                    "include_stop_str_in_output": Bool.random(using: &random),
                    "skip_special_tokens": Bool.random(using: &random),
                    "stop": (0..<Int.random(in: 0...2, using: &random)).map { _ in
                        ["e", "th", " t", "\n\n", "é", "ab", "1"].randomElement(using: &random) ?? "e"
                    },
                ])
                let streamed = Streamed(try await client.post("/v1/completions", request))
                request["stream"] = false
                request["stream_options"] = NSNull()
                let whole = try await client.post("/v1/completions", request).json
                let choice = whole["choices"][0]
                #expect(streamed.text == choice["text"].string && streamed.tokens == choice["token_ids"].ints)
                let last = try #require(streamed.choices.last)
                #expect(last["finish_reason"].string == choice["finish_reason"].string)
                #expect(last["stop_reason"].string == choice["stop_reason"].string)
                #expect(
                    streamed.events.last?["usage"]["completion_tokens"].int == whole["usage"]["completion_tokens"].int)
                finishes.insert((last["finish_reason"].string ?? "") + (last["stop_reason"].string ?? ""))
            }
            #expect(finishes.count > 2)
        }
    }

    @Test("a client that leaves before its stream has begun is forgotten")
    func clientLeavesAsleep() async throws {
        try await withServer { client in
            _ = try await client.post("/sleep")
            let connection = try Connection(port: client.port)
            try connection.send("POST", "/v1/completions", try JSONSerialization.data(withJSONObject: body()))
            try await client.wait(until: "num_requests_waiting", is: 1)
            connection.close()
            try await client.wait(until: "num_requests_waiting", is: 0)
        }
    }

    @Test("a stream goes on after a sleep")
    func sleeps() async throws {
        try await withServer { client in
            _ = try await client.post("/sleep")
            async let answer = client.post("/v1/completions", body())
            try await client.wait(until: "num_requests_waiting", is: 1)
            _ = try await client.post("/wake_up")
            #expect(Streamed(try await answer).tokens.count == 12)
        }
    }

    @Test("a connection serves streams and other requests in turn")
    func sameConnection() async throws {
        try await withServer { client in
            let connection = try Connection(port: client.port)
            defer { connection.close() }
            for isStreamed in [true, false, true, true, false] {
                var request = body()
                if !isStreamed {
                    request["stream"] = false
                    request["stream_options"] = NSNull()
                }
                try connection.send("POST", "/v1/completions", try JSONSerialization.data(withJSONObject: request))
                let answer = try await connection.receive()
                #expect(answer.status == 200 && answer.text.hasPrefix("data: ") == isStreamed)
            }
        }
    }

    @Test("faults act on streams")
    func faults() async throws {
        try await withServer(faults: ["cut-body-after=0:1", "error-500-after=1:1", "garbage-after=2:1"]) { client in
            let broken = try await client.post("/v1/completions", body(["max_tokens": 100]))
            #expect(broken.status == 200 && broken.cut)
            let streamed = Streamed(broken)
            #expect(!streamed.isDone && streamed.choices.allSatisfy { $0["finish_reason"].isNull })
            #expect(try await client.post("/v1/completions", body()).status == 500)
            #expect(try await client.post("/v1/completions", body()).json.value == nil)
            #expect(Streamed(try await client.post("/v1/completions", body())).isDone)
        }
    }

    @Test("the request log marks streams")
    func log() async throws {
        let scratch = try Scratch()
        let file = scratch.path("requests.jsonl")
        try await withServer(.tied, { $0.requestLog = file }) { client in
            _ = try await client.post("/v1/completions", body())
            _ = try await client.post("/v1/completions", ["prompt": "a"])
        }
        let lines = scratch.text("requests.jsonl").split(separator: "\n")
        let logged = try lines.map { JSON(try JSONSerialization.jsonObject(with: Data($0.utf8))) }
        #expect(logged.map { $0["stream"].bool } == [true, nil])
    }
}

@Suite("The end of a stream", .timeLimit(.minutes(1))) struct StreamEndTests {
    @Test("a stream that nobody waits for ends at its next token")
    func abandoned() async throws {
        let engine = try Fixture.tied.engine()
        defer { engine.stop() }
        let (cancellation, written) = (Cancellation(), Counter())
        await #expect(throws: Cancellation.Abandoned.self) {
            try await engine.stream(
                [1, 2, 3], SamplingParameters(maxTokens: 200, seed: 1, ignoreEndOfText: true),
                cancellation: cancellation
            ) { _, _ in
                if written.next() == 3 { cancellation.abandon() }
            }
        }
        #expect(written.value == 3)
        await engine.workers.waitUntilIdle()
    }

    @Test("whoever cannot send an event any more ends the stream")
    func dropped() async throws {
        let gone = Counter()
        let events = CompletionEvents(
            .init(id: "a", created: 1, model: "m", prompt: [1], returnTokens: true, options: .init()),
            gone: { gone.next() })
        var iterator: CompletionEventIterator? = events.makeAsyncIterator()
        events.add("a", 1)
        events.add("b", 2)
        let event = try #require(try await iterator?.nextBuffer(suggested: 1))
        #expect(String(decoding: event, as: UTF8.self).contains(#""text":"ab","token_ids":[1,2]"#))
        #expect(gone.value == 0)
        iterator = nil
        #expect(gone.value == 1)
    }
}

@Suite("Text in pieces") struct TextPieceTests {
    @Test("pieces add up to the text, whatever bytes it has", arguments: 0..<20)
    func addUp(_ seed: UInt64) {
        var random = SeededRandom(seed: seed)
        for _ in 0..<200 {
            let stops = (0..<Int.random(in: 0...2, using: &random)).map { _ in
                ["é\n", "a", "\u{1F642}b", "ab"].randomElement(using: &random) ?? "a"
            }
            var text = StoppableText(stops: stops, includeStop: Bool.random(using: &random))
            var joined = ""
            for _ in 0..<30 {
                let some: [[UInt8]] = [
                    [0x61], [0x62], [0xC3], [0xA9], [0xF0, 0x9F], [0x99, 0x82], [0x0A], [0x80], [0xFF], [0xE2, 0x82],
                ]
                let isEnd = text.append(some.randomElement(using: &random) ?? []) != nil
                joined += text.next(isEnd: isEnd)
                if isEnd { break }
            }
            joined += text.next(isEnd: true)
            #expect(Array(joined.utf8) == Array(text.text.utf8))
        }
    }
}
