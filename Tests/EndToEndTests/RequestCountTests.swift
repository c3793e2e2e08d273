import Foundation
import ModelLifecycle
import RunnerSupport
import TestSupport
import Testing

/// What a run asks of its engines, and how much of it is not the models' own work.
@Suite("Requests of a run", .inSlots) struct RequestCountTests {
    @Test("at most every sixth request is not for a model", arguments: ["all", "1", "3"])
    func known(lookahead: String) async throws {
        let servers = try await DemoServers()
        let job = try TestJob(setup(servers, lookahead, problems: 48))
        let run = try await job.run()
        #expect(run.code == 0, "\(run.messages)")
        let requests = try await servers.requests()
        let ofModels = try job.figures().requests.asked
        #expect(ofModels > 100)
        #expect(Double(requests.total) <= 1.2 * Double(ofModels), "\(requests)")
        // Samples of three engines' tokenizers, the first texts of each, and the PRM's canary.
        #expect(requests["/tokenize", default: 0] < 3 * (3 + 2) + 5, "\(requests)")
        #expect(requests["/detokenize"] == 3)
    }

    /// Its engines are asked, about each text and each token once.
    @Test(
        "a tokenizer that the program cannot read, or reads wrongly, changes no byte", arguments: Change.allCases,
        ["all", "1"])
    func unknown(change: Change, lookahead: String) async throws {
        let scratch = try Scratch()
        let models = scratch.url.appending(path: "models")
        try FileManager.default.copyItem(at: JobSetup().models, to: models)
        let servers = try await DemoServers(models: models)
        for role in ["draft", "target", "prm"] { try change.apply(to: models.appending(path: role)) }
        let job = try TestJob(setup(servers, lookahead))
        let run = try await job.run()
        #expect(run.code == 0, "\(run.messages)")
        #expect(run.messages.contains("tokenizes differently") == (change == .otherMerges), "\(run.messages)")
        #expect(try await job.results() == job.reference())
        let requests = try await servers.requests()
        #expect(requests["/tokenize", default: 0] > 60)
        // The demo's vocabulary has 448 tokens.
        #expect(requests["/detokenize", default: 0] < 448)
    }

    /// What is done to the files of servers that have read them.
    enum Change: CaseIterable {
        case otherKind, otherMerges

        func apply(to model: URL) throws {
            let file = model.appending(path: "tokenizer.json")
            var fields = try #require(JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any])
            switch self {
            case .otherKind: fields["decoder"] = NSNull()
            case .otherMerges:
                var bpe = try #require(fields["model"] as? [String: Any])
                bpe["merges"] = try #require(bpe["merges"] as? [Any]).dropFirst(5).map { $0 }
                fields["model"] = bpe
            }
            try JSONSerialization.data(withJSONObject: fields).write(to: file)
        }
    }

    private func setup(_ servers: DemoServers, _ lookahead: String, problems: Int = 12) -> JobSetup {
        var setup = servers.setup
        setup.problems = 0..<problems
        setup.lookahead = lookahead
        return setup
    }
}

extension [String: Int] {
    /// Health is asked for as long as an engine takes to start, and metrics every few seconds.
    fileprivate var total: Int { filter { !["/health", "/metrics"].contains($0.key) }.values.reduce(0, +) }
}
