import Foundation
import TestSupport
import Testing

@testable import PocketEngine
import Tokenizers

@Suite("Fault specifications") struct FaultPlanTests {
    @Test("fault specifications are read")
    func reads() throws {
        let plan = try FaultPlan(specs: [
            "slow-start=1.5", "die-on-start", "ignore-sigterm", "grandchild", "die-after=3",
            "error-500-after=2:1",
            "poison=a:b:500", "poison=x:wrong-scores", "at=/detokenize:dribble",
        ])
        #expect(plan.slowStart == .milliseconds(1500))
        #expect(plan.dieOnStart && plan.ignoreTermination && plan.grandchild)
        #expect(
            plan.requests == [
                .init(kind: .die, trigger: .after(count: 3, times: .max)),
                .init(kind: .error500, trigger: .after(count: 2, times: 1)),
                .init(kind: .error500, trigger: .poison("a:b")),
                .init(kind: .wrongScores, trigger: .poison("x")),
                .init(kind: .dribble, trigger: .at("/detokenize")),
            ])
        for kind in FaultPlan.Kind.allCases { _ = try FaultPlan(specs: ["\(kind.rawValue)-after=0"]) }
    }

    @Test(
        "malformed fault specifications are refused",
        arguments: [
            "", "die", "die-after", "die-after=", "die-after=x", "die-after=-1", "die-after=1:2:3", "slow-start",
            "slow-start=-1", "poison=x", "poison=:die", "poison=x:nothing", "explode-after=1", "grandchild=1",
            "at=/health",
            "at=:hang",
        ])
    func refuses(_ spec: String) {
        #expect {
            try FaultPlan(specs: [spec])
        } throws: {
            "\($0)" == "unknown fault \(spec)"
        }
    }
}

@Suite("Faults of requests", .timeLimit(.minutes(1))) struct RequestFaultTests {
    private static let body: [String: any Sendable] = ["prompt": "a", "max_tokens": 3, "temperature": 0]

    private func completions(_ client: Client, _ count: Int) async throws -> [Answer] {
        var answers: [Answer] = []
        for _ in 0..<count { answers.append(try await client.post("/v1/completions", Self.body)) }
        return answers
    }

    private func expectStatuses(_ statuses: [Int], _ client: Client) async throws {
        #expect(try await completions(client, statuses.count).map(\.status) == statuses)
    }

    @Test("errors act from their request on")
    func from() async throws {
        try await withServer(faults: ["error-500-after=2"]) { client in
            let answers = try await completions(client, 4)
            #expect(answers.map(\.status) == [200, 200, 500, 500])
            #expect(answers[3].json["error"]["type"].string == "InternalServerError")
            #expect(answers[3].json["error"]["code"].int == 500)
            #expect(try await client.get("/health").status == 200)
        }
    }

    @Test("a count limits how often they act")
    func count() async throws {
        try await withServer(faults: ["error-500-after=1:2"]) { client in
            try await expectStatuses([200, 500, 500, 200, 200], client)
        }
    }

    @Test("only requests to the model count")
    func modelRequests() async throws {
        try await withServer(faults: ["error-500-after=1"]) { client in
            _ = try await client.post("/tokenize", ["prompt": "a"])
            _ = try await client.post("/v1/completions", ["prompt": ""])
            try await expectStatuses([200, 500], client)
        }
    }

    @Test("bodies are cut or garbage")
    func bodies() async throws {
        try await withServer(faults: ["cut-body-after=0:1", "garbage-after=0:1"]) { client in
            let answers = try await completions(client, 3)
            #expect(answers.map(\.status) == [200, 200, 200])
            #expect(answers.map(\.cut) == [true, false, false])
            #expect(answers[0].body.first == UInt8(ascii: "{"))
            #expect(answers.map { $0.json.value == nil } == [true, true, false])
        }
    }

    @Test("scores are spoilt")
    func scores() async throws {
        try await withServer(.prm, faults: ["wrong-scores-after=1:1", "nan-scores-after=2:1"]) { client in
            var answers: [Answer] = []
            for _ in 0..<4 {
                answers.append(try await client.post("/pooling", ["input": [[1, 2, 3], [4]]]))
            }
            #expect(answers.map(\.status) == [200, 200, 200, 200])
            #expect(answers.map { $0.json["data"][0]["data"].count } == [3, 2, 0, 3])
            #expect(answers[1].json["data"][1]["data"].count == 1)
            #expect(answers[2].text.contains("[[NaN],["))
        }
    }

    @Test("hanging requests never get a response")
    func hangs() async throws {
        try await withServer(faults: ["hang-after=1"]) { client in
            _ = try await completions(client, 1)
            let connection = try Connection(port: client.port)
            try connection.send(
                "POST", "/v1/completions", try JSONSerialization.data(withJSONObject: Self.body))
            #expect(try await client.get("/health").status == 200)
            // It ends when the client gives up, and only then.
            connection.close()
        }
    }

    @Test("poison hits its request every time")
    func poison() async throws {
        try await withServer(.prm, faults: ["poison=37 apples:500"]) { client in
            func ask(_ input: any Sendable) async throws -> Int {
                try await client.post("/pooling", ["input": input]).status
            }
            for _ in 0..<3 {
                #expect(try await ask("Tom has 37 apples.") == 500)
                #expect(try await ask("Tom has 38 apples.") == 200)
            }
            // By ids, and among others.
            let ids = try Tokenizer(folder: Fixture.prm.folder).encode("37 apples")
            #expect(try await ask([[1], ids]) == 500)
        }
    }

    @Test("with --fault-once, faults act in one process")
    func once() async throws {
        let scratch = try Scratch()
        let file = scratch.path("once")
        try await withServer(faults: ["error-500-after=1"], faultOnce: file) { client in
            try await expectStatuses([200], client)
            #expect(!FileManager.default.fileExists(atPath: file))
            try await expectStatuses([500, 500], client)
            #expect(FileManager.default.fileExists(atPath: file))
        }
        try await withServer(faults: ["error-500-after=1"], faultOnce: file) { client in
            try await expectStatuses([200, 200, 200], client)
        }
    }
}
