import Foundation
import TestSupport
import Testing

@testable import PocketEngine
import Tokenizers

@Suite("/v1/completions", .timeLimit(.minutes(1))) struct CompletionRouteTests {
    private let golden: [Golden.Causal]

    init() throws { golden = try Golden.shared.get().tied }

    @Test("a response has the shape of vLLM's")
    func shape() async throws {
        try await withServer { client in
            let answer = try await client.post(
                "/v1/completions",
                [
                    "model": "m", "prompt": [golden[0].prompt, golden[1].prompt], "max_tokens": 4,
                    "temperature": 0,
                    "ignore_eos": true, "return_token_ids": true, "unknown_field": ["x"],
                ])
            #expect(answer.status == 200)
            let json = answer.json
            #expect(json.keys == ["id", "object", "created", "model", "choices", "usage"])
            #expect(json["id"].string?.hasPrefix("cmpl-") == true)
            #expect(json["object"].string == "text_completion" && json["model"].string == "m")
            #expect(json["created"].int ?? 0 > 1_700_000_000)
            #expect(json["choices"].count == 2)
            for (index, golden) in golden.prefix(2).enumerated() {
                let choice = json["choices"][index]
                #expect(
                    choice.keys == [
                        "index", "text", "logprobs", "finish_reason", "stop_reason", "token_ids",
                        "prompt_logprobs",
                        "prompt_token_ids",
                    ])
                #expect(choice["index"].int == index && choice["finish_reason"].string == "length")
                #expect(
                    choice["logprobs"].isNull && choice["stop_reason"].isNull
                        && choice["prompt_logprobs"].isNull)
                #expect(choice["token_ids"].ints == Array(golden.greedy.prefix(4)))
                #expect(choice["prompt_token_ids"].ints == golden.prompt)
            }
            let read = golden[0].prompt.count + golden[1].prompt.count
            #expect(json["usage"]["prompt_tokens"].int == read)
            #expect(json["usage"]["completion_tokens"].int == 8)
            #expect(json["usage"]["total_tokens"].int == read + 8)
        }
    }

    @Test("token ids are returned on request only")
    func tokenIDs() async throws {
        try await withServer { client in
            let choice = try await client.post("/v1/completions", ["prompt": "a", "seed": 1]).json["choices"][
                0]
            #expect(choice["token_ids"].isNull && choice["prompt_token_ids"].isNull)
            // Sixteen is the default, unless the text ends by itself.
            #expect(choice["finish_reason"].string == "length")
        }
    }

    @Test("prompts may be texts or ids")
    func prompts() async throws {
        try await withServer { client in
            let tokenizer = try Tokenizer(folder: Fixture.tied.folder)
            func text(_ prompt: any Sendable, choice: Int = 0) async throws -> String? {
                let answer = try await client.post(
                    "/v1/completions", ["prompt": prompt, "temperature": 0, "max_tokens": 3])
                return answer.json["choices"][choice]["text"].string
            }
            let ids = tokenizer.encode("Tom has")
            let expected = try await text("Tom has")
            #expect(expected != nil)
            #expect(try await text(ids) == expected)
            #expect(try await text(["a", "Tom has"], choice: 1) == expected)
            #expect(try await text([tokenizer.encode("a"), ids], choice: 1) == expected)
        }
    }

    @Test("the kinds of stops are told apart")
    func stops() async throws {
        let ids = golden[0].greedy
        let tokenizer = try Tokenizer(folder: Fixture.tied.folder)
        try await withServer { client in
            func choice(_ more: [String: any Sendable]) async throws -> JSON {
                var body: [String: any Sendable] = [
                    "prompt": golden[0].prompt, "max_tokens": 40, "temperature": 0, "return_token_ids": true,
                ]
                body.merge(more) { $1 }
                return try await client.post("/v1/completions", body).json["choices"][0]
            }
            let word = tokenizer.decode([ids[0]], skipSpecial: true)
            for stop in [word, [word]] as [any Sendable] {
                let stopped = try await choice(["stop": stop])
                #expect(stopped["finish_reason"].string == "stop" && stopped["stop_reason"].string == word)
                #expect(stopped["text"].string == "" && stopped["token_ids"].ints == [ids[0]])
            }
            let included = try await choice(["stop": word, "include_stop_str_in_output": true])
            #expect(included["text"].string == word)
            let token = try await choice(["stop_token_ids": [ids[2]]])
            #expect(token["finish_reason"].string == "stop" && token["stop_reason"].int == ids[2])
            #expect(token["token_ids"].ints == Array(ids.prefix(3)))
        }
        let scratch = try Scratch()
        let folder = try Fixture.tied.copy(
            to: scratch, changing: "generation_config.json", ["eos_token_id": ids[2]])
        try await withServer(engine: try Engine(folder: folder, threads: 1)) { client in
            let answer = try await client.post(
                "/v1/completions", ["prompt": golden[0].prompt, "temperature": 0, "return_token_ids": true])
            let ended = answer.json["choices"][0]
            #expect(ended["finish_reason"].string == "stop" && ended["stop_reason"].isNull)
            #expect(ended["token_ids"].ints == Array(ids.prefix(3)))
            #expect(answer.json["usage"]["completion_tokens"].int == 3)
        }
    }

    @Test("sampling is repeatable by seed")
    func seed() async throws {
        try await withServer { client in
            func texts(_ seed: Int, n: Int = 3, prompts: Int = 1) async throws -> [[Int]] {
                let answer = try await client.post(
                    "/v1/completions",
                    [
                        "prompt": Array(repeating: golden[0].prompt, count: prompts), "n": n, "seed": seed,
                        "max_tokens": 10, "temperature": 1.0, "return_token_ids": true, "ignore_eos": true,
                    ])
                #expect(answer.json["choices"].count == n * prompts)
                return (0..<n * prompts).map { answer.json["choices"][$0]["token_ids"].ints ?? [] }
            }
            let first = try await texts(1)
            #expect(Set(first).count == 3)
            #expect(try await texts(1) == first)
            #expect(try await texts(2) != first)
            // Index = prompt * n + k; the same prompt with the same seed gives the same texts.
            #expect(try await texts(1, n: 2, prompts: 2) == [first[0], first[1], first[0], first[1]])
        }
    }

    @Test("a response is bounded by the context")
    func contextLimit() async throws {
        try await withServer(engine: try Fixture.tied.engine(maxModelLength: 20)) { client in
            func ask(_ length: Int, _ limit: any Sendable) async throws -> Answer {
                try await client.post(
                    "/v1/completions",
                    [
                        "prompt": Array(repeating: 5, count: length), "max_tokens": limit, "temperature": 0,
                        "ignore_eos": true,
                    ])
            }
            for limit in [100, NSNull()] as [any Sendable] {
                let answer = try await ask(12, limit)
                #expect(answer.json["usage"]["completion_tokens"].int == 8)
                #expect(answer.json["choices"][0]["finish_reason"].string == "length")
            }
            #expect(try await ask(19, 5).json["usage"]["completion_tokens"].int == 1)
            let full = try await ask(20, 5)
            #expect(full.status == 400)
            #expect(full.json["error"]["message"].string == "max_tokens must be at least 1, got 0.")
            let long = try await ask(21, 5)
            #expect(long.status == 400)
            #expect(
                long.json["error"]["message"].string
                    == "This model's maximum context length is 20 tokens. However, your prompt contains 21 input tokens, "
                    + "which exceeds this limit even without any output tokens. Please reduce the length of the input "
                    + "prompt. (parameter=input_tokens, value=21)")
            #expect(long.json["error"]["param"].string == "input_tokens")
            #expect(
                long.json["error"]["type"].string == "BadRequestError"
                    && long.json["error"]["code"].int == 400)

            let text = try await client.post("/v1/completions", ["prompt": String(repeating: "1", count: 30)])
            #expect(
                text.json["error"]["message"].string?.contains("contains at least 21 input tokens") == true)
            let book = try await client.post(
                "/v1/completions", ["prompt": String(repeating: "1", count: 9000)])
            #expect(book.json["error"]["param"].string == "input_text")
            #expect(
                book.json["error"]["message"].string?.contains("contains 9000 characters (more than ") == true
            )
        }
    }

    @Test("bad requests are explained")
    func badRequests() async throws {
        let cases: [(body: [String: any Sendable], message: String)] = [
            (["prompt": "a", "n": 2, "temperature": 0], "n must be 1 when using greedy sampling, got 2."),
            (["prompt": "a", "n": 0], "n must be at least 1, got 0."),
            (["prompt": "a", "temperature": -1], "temperature must be non-negative, got -1.0."),
            (["prompt": "a", "top_p": 0], "top_p must be in (0, 1], got 0.0."),
            (["prompt": "a", "top_k": -2], "top_k must be 0 (disable), or at least 1, got -2."),
            (["prompt": "a", "max_tokens": 0], "max_tokens must be at least 1, got 0."),
            (["prompt": "a", "stop": ["x", ""]], "stop cannot contain an empty string."),
            (["prompt": "a", "echo": true], "echo is not supported by the pocket engine"),
            (
                ["prompt": ["a", "b"], "stream": true],
                "stream is supported by the pocket engine for one prompt and one choice"
            ),
            (
                ["prompt": "a", "n": 2, "stream": true],
                "stream is supported by the pocket engine for one prompt and one choice"
            ),
            (
                ["prompt": "a", "stream_options": ["include_usage": true]],
                "Stream options can only be defined when `stream=True`."
            ),
            (["prompt": "a", "stream": "yes"], "1 validation error:"),
            (["prompt": "a", "logprobs": 21], "logprobs must be from 0 to 20, got 21."),
            (["prompt": "a", "prompt_logprobs": -1], "prompt_logprobs must be from 0 to 20, got -1."),
            (
                ["prompt": "a", "logprobs": 1, "stream": true],
                "logprobs is not supported by the pocket engine with stream"
            ),
            (
                ["prompt": "a", "repetition_penalty": 1.1],
                "repetition_penalty is not supported by the pocket engine"
            ),
            (["prompt": [999_999_999]], "Token id 999999999 is out of vocabulary"),
            (["prompt": [-1]], "Token id -1 is out of vocabulary"),
            (["prompt": [String]()], "You must pass at least one prompt"),
            (["prompt": ""], "The decoder prompt cannot be empty"),
            (["prompt": ["a", ""]], "The decoder prompt cannot be empty"),
            ([String: any Sendable](), "1 validation error:"),
            (["prompt": "a", "max_tokens": "many"], "1 validation error:"),
            (["prompt": ["a", 1] as [any Sendable]], "1 validation error:"),
        ]
        try await withServer { client in
            for (body, message) in cases {
                let answer = try await client.post("/v1/completions", body)
                #expect(answer.status == 400, "\(body)")
                let error = answer.json["error"]
                #expect(error.keys == ["message", "type", "param", "code"])
                #expect(error["message"].string?.hasPrefix(message) == true, "\(body): \(answer.text)")
                #expect(error["type"].string == "BadRequestError" && error["code"].int == 400)
            }
            let garbage = try await client.ask("POST", "/v1/completions", Data("{".utf8))
            #expect(garbage.status == 400 && garbage.text.contains("json_invalid"))
            // Neutral values of what is not supported are fine.
            let neutral = try await client.post(
                "/v1/completions",
                [
                    "prompt": "a", "repetition_penalty": 1.0, "presence_penalty": 0, "min_p": 0.0,
                    "top_k": -1,
                    "logprobs": NSNull(), "stream": false, "echo": false, "stop": NSNull(),
                ])
            #expect(neutral.status == 200)
        }
    }

    @Test("an unknown model is not found")
    func unknownModel() async throws {
        try await withServer { client in
            for path in ["/v1/completions", "/tokenize"] {
                let answer = try await client.post(path, ["model": "nope", "prompt": "a"])
                #expect(answer.status == 404)
                let error = answer.json["error"]
                #expect(error["message"].string == "The model `nope` does not exist. Valid aliases: m.")
                #expect(error["type"].string == "NotFoundError" && error["param"].string == "model")
            }
        }
    }

    @Test("many requests at once get the responses that each gets alone")
    func manyAtOnce() async throws {
        try await withServer(engine: try Fixture.tied.engine(threads: 4)) { client in
            let answers = try await withThrowingTaskGroup(of: (Int, [Int]?).self) { group in
                for index in 0..<60 {
                    let prompt = golden[index % golden.count].prompt
                    group.addTask {
                        let answer = try await client.post(
                            "/v1/completions",
                            [
                                "prompt": prompt, "max_tokens": 40, "temperature": 0, "ignore_eos": true,
                                "return_token_ids": true,
                            ])
                        return (index, answer.json["choices"][0]["token_ids"].ints)
                    }
                }
                return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
            }
            for index in 0..<60 { #expect(answers[index] == golden[index % golden.count].greedy) }
            #expect(try await client.metric("request_success_total", "length") == 60)
        }
    }
}
