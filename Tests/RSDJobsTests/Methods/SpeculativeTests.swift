@testable import Decoding
import Foundation
@testable import JobSpecs
@testable import Methods
@testable import Support
import Testing

/// Token-level speculative decoding is the target's engine with the draft inside.
@Suite("speculative") struct SpeculativeTests {
    private func fixture(_ methods: String, _ changes: (String, String)...) throws -> SpecFixture {
        let fixture = try SpecFixture()
        try fixture.writeJob(
            [("- target_only", methods), ("kind: pocket", "kind: vllm\n  residency: swap")] + changes)
        return fixture
    }

    @Test("the draft is the target's speculator")
    func speculator() throws {
        let fixture = try fixture("- speculative: { tokens: 3 }")
        let job = try fixture.load()
        let model = try #require(job.spec.models[.speculative])
        #expect(model.model == fixture.path("models/target"))
        let config = try #require(model.args.last)
        #expect(config.name == "speculative-config")
        #expect(
            config.value
                == #"{"method": "draft_model", "model": "\#(fixture.path("models/draft"))", "num_speculative_tokens": 3}"#
        )
        #expect(job.spec.models[.target]?.args == [])
        #expect(job.spec.rolesInWave == [.draft, .prm, .target, .speculative])
    }

    /// YAML has escapes that JSON does not know.
    @Test(
        "the engine reads the draft's path as JSON, whatever is in it",
        arguments: ["é 模型 😀", "a\"b\\c", "bell\u{7}", "\u{85}\u{7f}"])
    func configIsJSON(name: String) throws {
        struct Config: Decodable { var method, model: String, num_speculative_tokens: Int }
        let model = Speculative(tokens: 3).model(target: ModelSpec(model: "/t"), draft: ModelSpec(model: "/m/" + name))
        let value = try #require(model.args.last?.value)
        let config = try JSONDecoder().decode(Config.self, from: Data(value.utf8))
        #expect(config.method == "draft_model" && config.model == "/m/" + name && config.num_speculative_tokens == 3)
    }

    @Test("the engine takes the memory of both models")
    func memory() throws {
        let job = try fixture("- speculative", ("  - { rsd: { threshold: 0.7 } }\n", "")).load()
        #expect(job.spec.rolesInWave == [.speculative])
        #expect(Set(job.models.keys) == [.draft, .target])
        let both = try #require(job.memory[.speculative])
        #expect(both.stored == ["F16": 2 * 2 * 9])
    }

    @Test("a resolved spec loads as the same job")
    func resolved() throws {
        let fixture = try fixture("- speculative: { tokens: 3 }")
        let job = try fixture.load()
        try fixture.write(job.spec.renderYAML(), to: "job.yaml")
        #expect(try fixture.load().spec == job.spec)
    }

    @Test("the method is refused where it is impossible")
    func refusals() throws {
        let cases: [(String, [(String, String)], String)] = [
            (
                "- speculative", [("kind: vllm\n  residency: swap", "kind: pocket")],
                "the pocket engine has no speculative"
            ),
            ("- speculative: { tokens: [3, 4] }", [], "must have the same 'tokens'"),
            ("- speculative: { tokens: 0 }", [], "'tokens' must be at least 1"),
            (
                "- speculative",
                [("  - { rsd: { threshold: 0.7 } }\n", ""), ("  draft: { model: models/draft }\n", "")],
                "the method 'speculative' needs the model 'draft'"
            ),
        ]
        for (methods, changes, message) in cases {
            let fixture = try SpecFixture()
            try fixture.writeJob(
                [("- target_only", methods), ("kind: pocket", "kind: vllm\n  residency: swap")] + changes)
            let error = #expect(throws: SpecErrors.self) { try fixture.load() }
            #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
        }
    }

    @Test("the text is the target's")
    func text() throws {
        var trajectory = Trajectory.singleModel(.speculative)
        try trajectory.apply(.wrote(.speculative, ["one\n\n", "two"], .eos))
        #expect(trajectory.response.steps.map(\.origin) == [.target, .target])
        #expect(trajectory.response.tokens.target.kept == 8)
    }
}
