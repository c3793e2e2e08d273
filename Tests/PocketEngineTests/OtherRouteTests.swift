import Foundation
import TestSupport
import Testing

@testable import PocketEngine
import Tokenizers

@Suite("The other endpoints", .timeLimit(.minutes(1))) struct OtherRouteTests {
    @Test("/pooling scores every token")
    func pooling() async throws {
        let golden = try Golden.shared.get().prm
        try await withServer(.prm) { client in
            let answer = try await client.post(
                "/pooling", ["model": "m", "input": golden.map(\.prompt), "task": "token_classify"])
            #expect(answer.status == 200)
            let json = answer.json
            #expect(json.keys == ["id", "object", "created", "model", "data", "usage"])
            #expect(json["id"].string?.hasPrefix("pooling-") == true && json["object"].string == "list")
            for (index, golden) in golden.enumerated() {
                let item = json["data"][index]
                #expect(item["index"].int == index && item["object"].string == "pooling")
                #expect(item["data"].count == golden.prompt.count)
                for (position, score) in golden.scores.enumerated() {
                    #expect(item["data"][position].count == 1)
                    #expect(abs((item["data"][position][0].double ?? 9) - Double(score)) < 1e-5)
                }
            }
            let read = golden.reduce(0) { $0 + $1.prompt.count }
            #expect(json["usage"]["prompt_tokens"].int == read && json["usage"]["completion_tokens"].int == 0)

            let raw = try await client.post("/pooling", ["input": golden[0].prompt, "use_activation": false])
            #expect(abs((raw.json["data"][0]["data"][2][0].double ?? 99) - Double(golden[0].raw[2])) < 1e-4)
            let text = try await client.post("/pooling", ["input": "Tom has 37 apples"])
            #expect(text.json["data"][0]["data"].count == golden[0].prompt.count)
        }
    }

    @Test("errors of /pooling are explained")
    func poolingErrors() async throws {
        try await withServer(.prm) { client in
            let long = try await client.post("/pooling", ["input": Array(repeating: 1, count: 257)])
            #expect(long.status == 400 && long.json["error"]["param"].string == "input_tokens")
            // The whole context is fine where nothing is written.
            #expect(
                try await client.post("/pooling", ["input": Array(repeating: 1, count: 256)]).status == 200)
            let task = try await client.post("/pooling", ["input": "a", "task": "classify"])
            #expect(
                task.json["error"]["message"].string
                    == "Unsupported task: 'classify' Supported tasks: ['token_classify'] (parameter=task)")
            for field in ["encoding_format": "base64", "truncate_prompt_tokens": 3] as [String: any Sendable] {
                let answer = try await client.post("/pooling", ["input": "a", field.key: field.value])
                #expect(answer.status == 400 && answer.text.contains("not supported by the pocket engine"))
            }
            #expect(try await client.post("/pooling", ["messages": [String]()]).status == 400)
            #expect(try await client.post("/pooling", ["model": "x", "input": "a"]).status == 404)
        }
    }

    @Test("the wrong kind of model does not have the endpoint")
    func wrongModel() async throws {
        func expectNotFound(_ answer: Answer) {
            #expect(answer.status == 404)
            #expect(answer.json.keys == ["detail"] && answer.json["detail"].string == "Not Found")
        }
        try await withServer(.prm) { client in
            expectNotFound(try await client.post("/v1/completions", ["prompt": "a"]))
        }
        try await withServer { client in
            expectNotFound(try await client.post("/pooling", ["input": "a"]))
            expectNotFound(try await client.get("/no/such/path"))
            #expect(try await client.get("/v1/completions").status == 405)
        }
    }

    @Test("/tokenize and /detokenize are inverse")
    func tokenize() async throws {
        try await withServer { client in
            let ids = try Tokenizer(folder: Fixture.tied.folder).encode("a b\n\n")
            let answer = try await client.post(
                "/tokenize",
                ["model": "m", "prompt": "a b\n\n", "add_special_tokens": false, "return_token_strs": true])
            #expect(answer.json["count"].int == ids.count && answer.json["tokens"].ints == ids)
            #expect(answer.json["max_model_len"].int == 256)
            #expect(answer.json["token_strs"].strings == ["a", "Ġ", "b", "ĊĊ"])
            #expect(try await client.post("/tokenize", ["prompt": "a"]).json["token_strs"].isNull)
            #expect(try await client.post("/detokenize", ["tokens": ids]).json["prompt"].string == "a b\n\n")
            #expect(try await client.post("/tokenize", ["messages": [String]()]).status == 400)
        }
    }

    @Test("the server describes itself")
    func describes() async throws {
        try await withServer { client in
            for path in ["/health", "/ping"] {
                let answer = try await client.get(path)
                #expect(answer.status == 200 && answer.body.isEmpty)
            }
            #expect(try await client.get("/version").json["version"].string == PocketServer.version)
            let list = try await client.get("/v1/models").json
            #expect(list["object"].string == "list" && list["data"].count == 1)
            #expect(list["data"][0]["id"].string == "m" && list["data"][0]["object"].string == "model")
            #expect(list["data"][0]["max_model_len"].int == 256)
        }
    }

    @Test("metrics count what was done")
    func metrics() async throws {
        try await withServer { client in
            let body: [String: any Sendable] = [
                "prompt": [1, 2, 3], "max_tokens": 4, "temperature": 0, "ignore_eos": true,
            ]
            _ = try await client.post("/v1/completions", body)
            _ = try await client.post("/v1/completions", body)
            #expect(try await client.metric("prompt_tokens_total") == 6)
            #expect(try await client.metric("generation_tokens_total") == 8)
            #expect(try await client.metric("request_success_total", "finished_reason=\"length\"") == 2)
            #expect(try await client.metric("request_success_total", "finished_reason=\"stop\"") == 0)
            #expect(try await client.metric("num_requests_running", "engine=\"0\",model_name=\"m\"") == 0)
        }
    }

    @Test("the key guards the paths under /v1 only")
    func key() async throws {
        try await withServer(.tied, { $0.apiKey = "sesame" }) { client in
            let body: [String: any Sendable] = ["prompt": "a", "max_tokens": 1]
            for headers in [[:], ["Authorization": "Bearer wrong"], ["Authorization": "sesame"]] {
                let answer = try await client.post("/v1/completions", body, headers: headers)
                #expect(answer.status == 401 && answer.text == #"{"error":"Unauthorized"}"#)
                #expect(try await client.get("/v1/models", headers: headers).status == 401)
            }
            let key = ["Authorization": "Bearer sesame"]
            #expect(try await client.post("/v1/completions", body, headers: key).status == 200)
            for path in ["/health", "/metrics", "/is_sleeping"] {
                #expect(try await client.get(path).status == 200)
            }
            #expect(try await client.post("/tokenize", ["prompt": "a"]).status == 200)
        }
    }

    @Test("requests are logged as they arrive")
    func log() async throws {
        let scratch = try Scratch()
        let path = scratch.path("requests.jsonl")
        try await withServer(.tied, { $0.requestLog = path }) { client in
            _ = try await client.post(
                "/v1/completions",
                [
                    "model": "m", "prompt": [1, 2], "max_tokens": 3, "seed": 9, "temperature": 0.5,
                    "stop": ["\n\n"],
                ])
            _ = try await client.post("/v1/completions", ["prompt": [[1], [2, 3]], "max_tokens": 1])
        }
        try await withServer(.prm, { $0.requestLog = path }) { client in
            _ = try await client.post("/pooling", ["input": [4, 5]])
        }
        let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map {
            JSON(try JSONSerialization.jsonObject(with: Data($0.utf8)))
        }
        #expect(lines.count == 3)
        #expect(
            lines[0].keys == ["path", "model", "prompt", "max_tokens", "seed", "temperature", "stop", "pid", "open"])
        #expect(lines[0]["path"].string == "/v1/completions" && lines[0]["prompt"].ints == [1, 2])
        #expect(lines[0]["seed"].int == 9 && lines[0]["temperature"].double == 0.5)
        #expect(lines[0]["stop"].strings == ["\n\n"] && lines[0]["pid"].int == Int(getpid()))
        #expect(lines[1]["prompt"][1].ints == [2, 3] && lines[1]["seed"].isNull)
        #expect(lines[2]["path"].string == "/pooling" && lines[2]["max_tokens"].isNull)
    }
}

@Suite("The server's life", .timeLimit(.minutes(1))) struct LifeTests {
    private static let body: [String: any Sendable] = ["prompt": "a", "max_tokens": 2, "temperature": 0]

    @Test("requests wait while the engine sleeps")
    func sleep() async throws {
        try await withServer { client in
            let asleep = try await client.post("/sleep?level=1")
            #expect(asleep.text == #"{"level":1,"status":"sleeping"}"#)
            #expect(try await client.get("/is_sleeping").json["is_sleeping"].bool == true)
            #expect(try await client.get("/health").status == 200)
            async let answer = client.post("/v1/completions", Self.body)
            try await client.wait(until: "num_requests_waiting", is: 1)
            let half = try await client.post("/wake_up?tags=weights")
            #expect(half.json["status"].string == "sleeping" && half.json["tags"].strings == ["weights"])
            #expect(try await client.metric("num_requests_waiting") == 1)
            let awake = try await client.post("/wake_up?tags=kv_cache")
            #expect(awake.json["status"].string == "awake")
            #expect(try await answer.status == 200)
            #expect(try await client.get("/is_sleeping").json["is_sleeping"].bool == false)
            #expect(try await client.post("/wake_up").text == #"{"status":"awake","tags":null}"#)
            for path in ["/sleep?level=7", "/sleep?mode=keep", "/wake_up?tags=x"] {
                #expect(try await client.post(path).status == 400)
            }
        }
    }

    @Test("sleep cuts running requests short")
    func sleepAborts() async throws {
        try await withServer(engine: try Fixture.tied.engine(threads: 1)) { client in
            async let answer = client.post(
                "/v1/completions",
                ["prompt": "a", "max_tokens": 250, "n": 400, "seed": 1, "ignore_eos": true])
            try await client.wait(until: "num_requests_running", is: 1)
            #expect(try await client.post("/sleep").status == 200)
            #expect(try await client.metric("num_requests_running") == 0)
            #expect(try await client.post("/wake_up").status == 200)
            let choices = try await answer.json["choices"]
            #expect(choices.count == 400)
            #expect((0..<400).contains { choices[$0]["finish_reason"].string == "abort" })
        }
    }

    /// The kernel gives one client port to connections with several servers, and several may live in one process.
    @Test("a client of another server is not taken for this one's")
    func otherServer() async throws {
        try await withServer { other in
            try await withServer(engine: try Fixture.tied.engine(threads: 1)) { client in
                let leaving = try Connection(port: other.port, from: 0)
                try leaving.send("GET", "/health", nil)
                _ = try await leaving.receive()
                let staying = try Connection(port: client.port, from: leaving.ownPort)
                defer { staying.close() }
                // Asleep, it keeps the request for as long as it takes to look.
                _ = try await client.post("/sleep")
                try staying.send("POST", "/v1/completions", try JSONSerialization.data(withJSONObject: Self.body))
                try await client.wait(until: "num_requests_waiting", is: 1)
                leaving.close()
                for _ in 0..<20 { #expect(try await client.metric("num_requests_waiting") == 1) }
                _ = try await client.post("/wake_up")
                #expect(try await staying.receive().status == 200)
            }
        }
    }

    @Test("a client that leaves takes its requests along")
    func clientLeaves() async throws {
        try await withServer(engine: try Fixture.tied.engine(threads: 1)) { client in
            let connection = try Connection(port: client.port)
            let body: [String: any Sendable] = [
                "prompt": "a", "max_tokens": 250, "n": 5000, "seed": 1, "ignore_eos": true,
            ]
            try connection.send("POST", "/v1/completions", try JSONSerialization.data(withJSONObject: body))
            try await client.wait(until: "num_requests_running", is: 1)
            connection.close()
            try await client.wait(until: "num_requests_running", is: 0)
            #expect(try await client.metric("num_requests_waiting") == 0)
            #expect(try await client.post("/v1/completions", Self.body).status == 200)
        }
    }

    @Test("a client that leaves a sleeping engine is forgotten")
    func clientLeavesAsleep() async throws {
        try await withServer { client in
            _ = try await client.post("/sleep")
            let connection = try Connection(port: client.port)
            try connection.send(
                "POST", "/v1/completions", try JSONSerialization.data(withJSONObject: Self.body))
            try await client.wait(until: "num_requests_waiting", is: 1)
            connection.close()
            try await client.wait(until: "num_requests_waiting", is: 0)
        }
    }

    @Test("a connection serves many requests")
    func manyRequests() async throws {
        try await withServer { client in
            let connection = try Connection(port: client.port)
            defer { connection.close() }
            for _ in 0..<20 {
                try connection.send(
                    "POST", "/v1/completions", try JSONSerialization.data(withJSONObject: Self.body))
                #expect(try await connection.receive().status == 200)
            }
        }
    }
}
