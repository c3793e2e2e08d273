import CKernels
import Foundation
import Testing

@testable import PocketEngine
import Tokenizers

/// The demo's own models, held against what transformers says of them (`demo/golden.json`, `demo/golden-tokens.jsonl`).
@Suite("The demo's models") struct DemoModelTests {
    private static let demo = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "demo")

    private struct Golden: Decodable {
        struct Completion: Decodable {
            var text: String
            var ids: [Int]
        }
        struct Rewards: Decodable {
            var ids: [Int]
            var rewards: [Float]
        }
        var id: String
        var prompt: String
        var prompt_ids: [Int]
        var draft: Completion
        var target: Completion
        var prm: Rewards
    }

    private func goldens() throws -> [Golden] {
        try JSONDecoder().decode([Golden].self, from: Data(contentsOf: Self.demo.appending(path: "golden.json")))
    }

    private func folder(_ model: String) -> URL { Self.demo.appending(path: "models/\(model)") }

    private func model(_ name: String) throws -> Qwen2 {
        let config = try ModelConfig(folder: folder(name))
        return try Qwen2(folder: folder(name), config: config, positions: config.maxPositions)
    }

    private func lines<Line: Decodable>(_ name: String, as: Line.Type) throws -> [Line] {
        try Data(contentsOf: Self.demo.appending(path: name)).split(separator: UInt8(ascii: "\n"))
            .map { try JSONDecoder().decode(Line.self, from: $0) }
    }

    @Test("every problem has the tokens that transformers gives it", arguments: ["draft", "target", "prm"])
    func tokens(model: String) throws {
        struct Problem: Decodable { var id, question: String }
        struct Tokens: Decodable {
            var id: String
            var ids: [Int]
        }
        let tokenizer = try Tokenizer(folder: folder(model))
        let problems = try lines("problems.jsonl", as: Problem.self)
        let golden = try lines("golden-tokens.jsonl", as: Tokens.self)
        #expect(problems.count == 200)
        #expect(problems.map(\.id) == golden.map(\.id))
        for (problem, tokens) in zip(problems, golden) {
            #expect(tokenizer.encode(problem.question + "\n\n") == tokens.ids, "\(problem.id)")
        }
    }

    @Test("greedy text is that of transformers", arguments: ["draft", "target"])
    func greedy(name: String) throws {
        let tokenizer = try Tokenizer(folder: folder(name))
        let generator = Generator(model: try model(name), tokenizer: tokenizer)
        let goldens = try goldens()
        #expect(goldens.count >= 8)
        for golden in goldens {
            let completion = try generator.complete(
                tokenizer.encode(golden.prompt), SamplingParameters(maxTokens: 200, temperature: 0), choice: 0,
                cancellation: Cancellation()
            ) { _, _ in }
            let wanted = name == "draft" ? golden.draft : golden.target
            #expect(completion.tokens == wanted.ids, "\(golden.id)")
            #expect(completion.text == wanted.text, "\(golden.id)")
        }
    }

    @Test("rewards are those of transformers")
    func rewards() throws {
        let model = try model("prm")
        for golden in try goldens() {
            let session = Session(model: model, capacity: golden.prm.ids.count)
            var rewards: [Float] = []
            session.append(golden.prm.ids[...]) { count in
                for index in 0..<count { rewards.append(rsd_sigmoid_of(session.head(at: index)[0])) }
            }
            #expect(rewards.count == golden.prm.rewards.count)
            for (found, wanted) in zip(rewards, golden.prm.rewards) { #expect(abs(found - wanted) < 1e-4) }
        }
    }
}
