import Foundation
import Synchronization
import TestServers
import TestSupport
import Testing

@testable import ModelLifecycle
@testable import Support

@Suite("The engine's HTTP API", .timeLimit(.minutes(1)))
struct EngineClientTests {
    private let clock = RecordingClock()

    private func client(_ server: TestServer, attempts: Int = 3) -> EngineClient {
        EngineClient(
            endpoint: HTTPEndpoint(base: server.base, key: Secret("k-e-y")), model: "draft",
            http: HTTPClient(),
            retry: RetryPolicy(attempts: attempts), clock: clock)
    }

    private func answering(_ text: String, status: Int = 200) async throws -> TestServer {
        try await TestServer { _ in .json(text, status: status) }
    }

    private let question = CompletionRequest(promptTokens: [1, 2], maxTokens: 8, seed: 7, stop: ["\n\n"])

    // Answers as vLLM 0.32.0 gave them, shortened.
    private func completion(_ reason: String, _ stop: String) -> String {
        #"""
        {"id":"cmpl-1","object":"text_completion","created":1,"model":"draft","choices":[{"index":0,"text":" Paris.\n\n","logprobs":null,
        "finish_reason":\#(reason),"stop_reason":\#(stop),"token_ids":[7042,30,198,198],"prompt_logprobs":null,"prompt_token_ids":[1,2],
        "routed_experts":null}],"usage":{"prompt_tokens":2,"total_tokens":6,"completion_tokens":4}}
        """#
    }

    @Test(
        "a completion is read",
        arguments: [
            (#""stop""#, "null", Completion.Finish.eos), (#""stop""#, #""\n\n""#, .stop("\n\n")),
            (#""length""#, "null", .length), (#""abort""#, "null", .other("abort")),
            // A second end-of-sequence token, as models with several have it told; no stop tokens are sent.
            (#""stop""#, "198", .endToken),
        ])
    func readsCompletion(_ reason: String, _ stop: String, _ finish: Completion.Finish) async throws {
        let server = try await answering(completion(reason, stop))
        let answer = try await client(server).complete(question)
        #expect(
            answer
                == Completion(
                    text: " Paris.\n\n", tokenIDs: [7042, 30, 198, 198], finish: finish, promptTokens: 2,
                    completionTokens: 4))
    }

    /// Each is the answer above with one thing changed, so that it contradicts itself or the question.
    @Test(
        "a response that contradicts the request is refused",
        arguments: [
            (#""stop_reason":null"#, #""stop_reason":30"#), (#""stop_reason":null"#, #""stop_reason":"Paris""#),
            (#""stop_reason":null"#, #""stop_reason":-1"#),
            (#""finish_reason":"stop","stop_reason":null"#, #""finish_reason":"length","stop_reason":"\n\n""#),
            (#""finish_reason":"stop","stop_reason":null"#, #""finish_reason":"length","stop_reason":198"#),
            (
                #" Paris.\n\n","logprobs":null,"finish_reason":"stop","stop_reason":null"#,
                #" Paris.","logprobs":null,"finish_reason":"stop","stop_reason":"\n\n""#
            ),
            (#""completion_tokens":4"#, #""completion_tokens":3"#),
            (#""completion_tokens":4"#, #""completion_tokens":-4"#),
            (#""prompt_tokens":2"#, #""prompt_tokens":3"#), (#""prompt_tokens":2"#, #""prompt_tokens":-2"#),
            (#""total_tokens":6"#, #""total_tokens":7"#), (#""prompt_token_ids":[1,2]"#, #""prompt_token_ids":[1,3]"#),
            (#""index":0"#, #""index":1"#), (#""token_ids":[7042"#, #""token_ids":[-7042"#),
            (#""token_ids":[7042"#, #""token_ids":[4294967296"#),
            (#""token_ids":[7042"#, #""token_ids":[99999999999999999999"#),
            (#""token_ids":[7042,30"#, #""token_ids":[30"#), (#""token_ids":[7042"#, #""token_ids":[7042,7042"#),
            (#"[7042,30,198,198]"#, "[]"), (#""finish_reason":"stop""#, #""finish_reason":null"#),
            (#""text":" Paris.\n\n""#, #""text":null"#),
        ])
    func contradiction(_ truth: String, _ lie: String) async throws {
        let honest = completion(#""stop""#, "null").replacing("\n", with: "")
        #expect(honest.contains(truth))
        let server = try await answering(honest.replacing(truth, with: lie))
        let error = await #expect(throws: EngineAnswerError.self) { try await client(server).complete(question) }
        guard case .malformed("/v1/completions", _, _) = error else {
            Issue.record("got \(String(describing: error))")
            return
        }
    }

    @Test("more tokens than were asked for are refused")
    func tooManyTokens() async throws {
        let server = try await answering(completion(#""length""#, "null"))
        var question = question
        question.maxTokens = 3
        await #expect(throws: EngineAnswerError.self) { try await client(server).complete(question) }
    }

    @Test("every sampling field is sent")
    func samplingFields() async throws {
        let server = try await answering(completion(#""stop""#, "null"))
        _ = try await client(server).complete(question)
        let request = try #require(server.requests.first)
        #expect(request.path == "/v1/completions")
        #expect(request.headers["authorization"] == "Bearer k-e-y")
        let sent = try #require(try JSONSerialization.jsonObject(with: request.body) as? [String: Any])
        #expect(
            sent.keys.sorted() == [
                "frequency_penalty", "include_stop_str_in_output", "max_tokens", "min_p", "model", "n",
                "presence_penalty", "prompt", "repetition_penalty", "return_token_ids", "seed",
                "skip_special_tokens",
                "stop", "stream", "temperature", "top_k", "top_p",
            ])
        #expect(sent["prompt"] as? [Int] == [1, 2])
        #expect(sent["temperature"] as? Double == 0)
        #expect(sent["return_token_ids"] as? Bool == true)
        #expect(sent["stop"] as? [String] == ["\n\n"])
    }

    @Test(
        "an error says what is wrong with a completion",
        arguments: [
            ("nothing of the kind", "it is not JSON"), (#"{"choices":[]}"#, "the field usage is missing"),
            (
                #"{"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":1}}"#,
                "0 choices instead of one"
            ),
            (
                #"{"choices":[{"text":"a","finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":1}}"#,
                "the field choices[0].token_ids is missing"
            ),
            (
                #"{"choices":[{"text":"a","token_ids":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":1}}"#,
                "choices[0].token_ids is null, not a list"
            ),
            (
                #"{"choices":[{"text":3,"token_ids":[],"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":1}}"#,
                "choices[0].text is not a string"
            ),
        ])
    func malformedCompletion(_ answer: String, _ what: String) async throws {
        let server = try await answering(answer)
        await #expect(
            throws: EngineAnswerError.malformed(
                endpoint: "/v1/completions", what: what, excerpt: String(answer))
        ) { try await client(server).complete(question) }
        #expect(clock.sleeps.isEmpty)
    }

    @Test("the rows of a pooling response are read")
    func poolingRows() async throws {
        let server = try await answering(
            #"{"data":[{"index":0,"object":"pooling","data":[[8.7e-05,0.99991],[1,0]]}],"usage":{"prompt_tokens":2}}"#
        )
        #expect(try await client(server).pool([5, 6]) == [[8.7e-05, 0.99991], [1, 0]])
        let sent =
            try JSONSerialization.jsonObject(with: try #require(server.requests.first).body) as? [String: Any]
        #expect(sent?["input"] as? [Int] == [5, 6])
    }

    @Test("a pooling response may have no rows")
    func noRows() async throws {
        let server = try await answering(#"{"data":[{"data":[]}]}"#)
        #expect(try await client(server).pool([5]).isEmpty)
    }

    @Test(
        "a reward that is not a number is malformed",
        arguments: [
            #"{"data":[{"data":[[0.5],[null]]}]}"#, #"{"data":[{"data":[[NaN]]}]}"#,
            #"{"data":[{"data":[0.5]}]}"#,
            #"{"data":[{"data":[["0.5"]]}]}"#, #"{"data":[]}"#, #"{"data":[{"data":[[1]]},{"data":[[1]]}]}"#,
            #"{"data":[{"data":null}]}"#, #"{"data":[{"data":[[1e999]]}]}"#,
            #"{"data":[{"data":[[0.5],[0.5,0.5]]}]}"#, #"{"data":[{"index":1,"data":[[0.5]]}]}"#,
            #"{"data":[{"data":[[0.5]]}],"usage":{"prompt_tokens":2}}"#,
        ])
    func notANumber(_ answer: String) async throws {
        let server = try await answering(answer)
        let error = await #expect(throws: EngineAnswerError.self) { try await client(server).pool([5]) }
        guard case .malformed("/pooling", _, answer) = error else {
            Issue.record("got \(String(describing: error))")
            return
        }
    }

    @Test("text is tokenized and tokens are detokenized")
    func tokenizes() async throws {
        let server = try await TestServer { request in
            request.path == "/tokenize"
                ? .json(#"{"count":2,"max_model_len":512,"tokens":[504,198],"token_strs":["The","Ċ"]}"#)
                : .json(#"{"prompt":"The\n"}"#)
        }
        #expect(
            try await client(server).tokenize("The\n", addSpecialTokens: false)
                == Tokenization(tokens: [504, 198], strings: ["The", "Ċ"]))
        #expect(try await client(server).detokenize([504, 198]) == "The\n")
        let sent = try JSONSerialization.jsonObject(with: server.requests[0].body) as? [String: Any]
        #expect(sent?["add_special_tokens"] as? Bool == false)
        #expect(sent?["return_token_strs"] as? Bool == true)
    }

    @Test("a chat is rendered by the server")
    func chat() async throws {
        // As vLLM 0.32.0 answers, which names tokens only when asked to.
        let server = try await answering(#"{"count":3,"max_model_len":512,"tokens":[1,9690,198],"token_strs":null}"#)
        let messages = [ChatMessage(role: "system", content: "Think."), ChatMessage(role: "user", content: "1+1?")]
        #expect(
            try await client(server).tokenize(
                messages: messages, addGenerationPrompt: true, continueFinalMessage: false) == [1, 9690, 198])
        let request = try #require(server.requests.first)
        #expect(request.path == "/tokenize")
        let sent = try #require(try JSONSerialization.jsonObject(with: request.body) as? [String: Any])
        #expect(sent["messages"] as? [[String: String]] == messages.map { ["role": $0.role, "content": $0.content] })
        #expect(sent["add_generation_prompt"] as? Bool == true)
        #expect(sent["continue_final_message"] as? Bool == false)
        #expect(sent["add_special_tokens"] as? Bool == false)
    }

    @Test(
        "impossible token ids are malformed",
        arguments: [
            #"{"tokens":[1,2],"token_strs":["a"]}"#, #"{"count":3,"tokens":[1,2],"token_strs":["a","b"]}"#,
            #"{"tokens":[1,-2],"token_strs":["a","b"]}"#, #"{"tokens":[1,4294967296],"token_strs":["a","b"]}"#,
        ])
    func impossibleTokens(_ answer: String) async throws {
        let server = try await answering(answer)
        await #expect(throws: EngineAnswerError.self) {
            try await client(server).tokenize("a", addSpecialTokens: true)
        }
    }

    @Test("the list of models is read")
    func models() async throws {
        let server = try await answering(
            #"{"object":"list","data":[{"id":"draft","max_model_len":512},{"id":"other"}]}"#)
        #expect(
            try await client(server).models()
                == [
                    ServedModel(id: "draft", maxModelLength: 512),
                    ServedModel(id: "other", maxModelLength: nil),
                ])
    }

    @Test(
        "an impossible context length is refused",
        arguments: [
            #"{"data":[]}"#, #"{"data":[{"id":"other","max_model_len":512}]}"#,
            #"{"data":[{"id":"draft","max_model_len":0}]}"#, #"{"data":[{"id":"draft","max_model_len":-1}]}"#,
            #"{"data":[{"id":"draft","max_model_len":2147483648}]}"#,
            #"{"data":[{"id":"draft","max_model_len":1e30}]}"#,
            #"{"data":[{"id":"draft","max_model_len":1.5}]}"#,
        ])
    func impossibleContext(_ answer: String) async throws {
        let server = try await answering(answer)
        await #expect(throws: EngineAnswerError.self) { try await client(server).contextLength() }
    }

    @Test("a context length is read")
    func context() async throws {
        let told = try await answering(#"{"data":[{"id":"x","max_model_len":0},{"id":"draft","max_model_len":512}]}"#)
        #expect(try await client(told).contextLength() == 512)
        let untold = try await answering(#"{"data":[{"id":"draft"}]}"#)
        #expect(try await client(untold).contextLength() == nil)
    }

    @Test("a chat may end with the beginning of the answer")
    func openConversation() async throws {
        let server = try await answering(#"{"count":3,"max_model_len":512,"tokens":[5,6,7],"token_strs":null}"#)
        let tokens = try await client(server).tokenize(
            messages: [ChatMessage(role: "user", content: "Why?"), ChatMessage(role: "assistant", content: "Be")],
            addGenerationPrompt: false, continueFinalMessage: true)
        #expect(tokens == [5, 6, 7])
        let request = try #require(server.requests.first)
        #expect(request.path == "/tokenize")
        let sent = try #require(try JSONSerialization.jsonObject(with: request.body) as? [String: Any])
        #expect(
            sent["messages"] as? [[String: String]] == [
                ["role": "user", "content": "Why?"], ["role": "assistant", "content": "Be"],
            ])
        #expect(sent["add_generation_prompt"] as? Bool == false)
        #expect(sent["continue_final_message"] as? Bool == true)
        #expect(sent["add_special_tokens"] as? Bool == false)
    }

    @Test("the likeliest tokens are read")
    func topTokens() async throws {
        let server = try await answering(
            #"""
            {"choices":[{"text":"7","token_ids":[22],"finish_reason":"length","stop_reason":null,
            "logprobs":{"text_offset":[0],"token_logprobs":[-0.5],"tokens":["7"],"top_logprobs":[{"7":-0.5,"8":-1.25}]}}],
            "usage":{"prompt_tokens":2,"completion_tokens":1}}
            """#)
        var question = question
        question.logprobs = 20
        #expect(try await client(server).complete(question).topLogprobs == [["7": -0.5, "8": -1.25]])
        #expect(try await client(server).complete(question).logprobs == [-0.5])
        let sent = try JSONSerialization.jsonObject(with: try #require(server.requests.first).body) as? [String: Any]
        #expect(sent?["logprobs"] as? Int == 20)
    }

    @Test("metrics are summed over labels")
    func metrics() {
        let metrics = EngineMetrics(
            prometheus: """
                # HELP vllm:prompt_tokens_total Number of prefill tokens.
                vllm:prompt_tokens_total{engine="0",model_name="a } b"} 12.0
                vllm:prompt_tokens_total{engine="1",model_name="a"} 1e2 1700000000
                vllm:prompt_tokens_created{engine="0"} 1.7e9
                vllm:generation_tokens_total 5
                vllm:num_requests_running{engine="0"} 3.0
                vllm:num_requests_waiting{engine="0"} 4.0
                """)
        #expect(
            metrics
                == EngineMetrics(
                    promptTokens: 112, generationTokens: 5, requestsRunning: 3, requestsWaiting: 4))
    }

    /// NaN would differ from itself at every look, and so be progress for ever.
    @Test("a metric that is not a count is ignored")
    func notACount() {
        let metrics = EngineMetrics(
            prometheus: """
                vllm:prompt_tokens_total{engine="0"} NaN
                vllm:prompt_tokens_total{engine="1"} 2
                vllm:generation_tokens_total +Inf
                vllm:spec_decode_num_draft_tokens_total -1
                vllm:spec_decode_num_accepted_tokens_total 1e300
                """)
        #expect(metrics == EngineMetrics(promptTokens: 2, generationTokens: 0, requestsRunning: 0, requestsWaiting: 0))
    }

    @Test("a prompt that is too long is recognised", arguments: ["input_tokens", "input_text"])
    func tooLongPrompt(_ parameter: String) async throws {
        let server = try await answering(
            #"{"error":{"message":"This model's maximum context length is 512 tokens.","type":"BadRequestError","param":"\#(parameter)","code":400}}"#,
            status: 400)
        let error = await #expect(throws: EngineAnswerError.self) {
            try await client(server).complete(question)
        }
        #expect(error?.promptTooLong == true)
        #expect(error?.description.contains("maximum context length is 512") == true)
        #expect(server.requests.count == 1)
    }

    @Test(
        "a lasting error is not retried",
        arguments: [
            (401, #"{"error":"Unauthorized"}"#, "Unauthorized"), (404, #"{"detail":"Not Found"}"#, "Not Found"),
            (400, "plain words", "plain words"), (422, "", "(nothing)"),
        ])
    func noRetry(_ status: Int, _ body: String, _ message: String) async throws {
        let server = try await answering(body, status: status)
        await #expect(
            throws: EngineAnswerError.status(
                status, message: message, kind: nil, parameter: nil, endpoint: "/pooling")
        ) { try await client(server).pool([1]) }
        #expect(server.requests.count == 1)
        #expect(clock.sleeps.isEmpty)
    }

    @Test("an error that may pass is retried", arguments: [429, 500, 502, 503, 504])
    func retries(_ status: Int) async throws {
        let count = Mutex(0)
        let server = try await TestServer { _ in
            let number = count.withLock { count in
                count += 1
                return count
            }
            return number < 3
                ? .json(#"{"error":{"message":"busy"}}"#, status: status) : .json(#"{"prompt":"ok"}"#)
        }
        #expect(try await client(server).detokenize([1]) == "ok")
        #expect(clock.sleeps.count == 2)
    }

    @Test("a response that is cut off is retried")
    func cutResponse() async throws {
        let count = Mutex(0)
        let server = try RawServer { connection in
            _ = connection.readHead()
            let number = count.withLock { count in
                count += 1
                return count
            }
            if number == 1 {
                connection.write("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{\"pro")
            } else {
                connection.write("HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n{\"prompt\":\"ok\"}")
                connection.waitForClose()
            }
        }
        let client = EngineClient(
            endpoint: server.endpoint, model: "draft", http: HTTPClient(), retry: RetryPolicy(attempts: 2),
            clock: clock)
        #expect(try await client.detokenize([1]) == "ok")
        #expect(clock.sleeps.count == 1)
    }

    @Test("a dead engine gets no second request")
    func deadEngine() async throws {
        let death = EngineError(.died, engine: "draft", "gone")
        let client = EngineClient(
            endpoint: HTTPEndpoint(base: "http://127.0.0.1:\(try FreePort.find())"), model: "draft",
            http: HTTPClient(),
            deadline: .seconds(5), retry: RetryPolicy(), clock: clock, ended: { death })
        await #expect(throws: EngineAnswerError.engine(death)) { try await client.detokenize([1]) }
        #expect(clock.sleeps.isEmpty)
    }

    @Test("a cancelled task gets a cancellation error")
    func cancelled() async throws {
        let arrived = Latch<Bool>()
        let server = try RawServer { connection in
            _ = connection.readHead()
            arrived.set(true)
            connection.waitForClose()
        }
        let client = EngineClient(endpoint: server.endpoint, model: "draft", http: HTTPClient())
        let task = Task { try await client.pool([1]) }
        _ = try await arrived.wait()
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }
}
