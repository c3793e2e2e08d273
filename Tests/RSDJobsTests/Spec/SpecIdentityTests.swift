import Foundation
@testable import JobSpecs
@testable import Support
import Testing

@Suite("A job's identity")
struct SpecIdentityTests {
    /// What the identity says has changed after the job, or a file, was changed.
    private func changes(
        _ edits: (String, String)..., touching: (borrowing SpecFixture) throws -> Void = { _ in }
    ) throws -> [String] {
        let fixture = try SpecFixture()
        let before = SpecIdentity(try fixture.load())
        var job = SpecFixture.job
        for (old, new) in edits { job.replaceSubrange(try #require(job.range(of: old)), with: new) }
        try fixture.write(job, to: "job.yaml")
        try touching(fixture)
        let after = SpecIdentity(try fixture.load())
        let difference = after.difference(from: before)
        #expect(difference.isEmpty == (after.hash == before.hash))
        #expect(difference.isEmpty == (after == before))
        return difference.map { change in
            change.description.replacing(fixture.directory.path, with: "/jobs")
                .replacing(/sha256:[0-9a-f]{64}/, with: "sha256")
        }
    }

    @Test("decoding and methods may not change")
    func settings() throws {
        #expect(try changes(("0.7", "0.8")) == ["methods.rsd.threshold: 0.7 → 0.8"])
        #expect(try changes(("seed: 7", "seed: 8")) == ["seed: 7 → 8"])
        #expect(try changes(("max_tokens: 64", "max_tokens: 65")) == ["decoding.max_tokens: 64 → 65"])
        #expect(try changes(("temperature: 0", "lookahead: 2")) == ["decoding.lookahead: all → 2"])
        #expect(
            try changes(("{question}\\n\\n", "{question}\\n"))
                == [#"prompt: "{question}\n\n" → "{question}\n""#])
        #expect(
            try changes(("threshold: 0.7", "weighting: constant, p: 0.5")) == [
                "methods.rsd.weighting: binary_step → constant", "methods.rsd.p: (none) → 0.5",
                "methods.rsd.threshold: 0.7 → (none)",
            ])
        #expect(
            try changes(("- target_only", "- draft_only")) == [
                "methods: rsd, target_only → rsd, draft_only", "methods.draft_only.kind: (none) → draft_only",
                "methods.target_only.kind: target_only → (none)",
            ])
    }

    @Test("samples and sampling are part of it only where they differ")
    func samples() throws {
        let (seed, rsd) = ("seed: 7", "threshold: 0.7")
        #expect(try changes((seed, "seed: 7\nsamples: 4")) == ["samples: (none) → 4"])
        #expect(try changes((rsd, "samples: 4")) == ["methods.rsd.samples: (none) → 4"])
        #expect(
            try changes((seed, "seed: 7\nsamples: 4"), (rsd, "samples: 1")).last == "methods.rsd.samples: (none) → 1")
        #expect(
            try changes((rsd, "temperature: 0.7, top_p: 0.9")) == [
                "methods.rsd.temperature: (none) → 0.7", "methods.rsd.top_p: (none) → 0.9",
            ])
        // What says nothing new.
        #expect(try changes((seed, "seed: 7\nsamples: 1")) == [])
        #expect(try changes((rsd, "samples: 1, temperature: 0, top_p: 1")) == [])
        #expect(try changes(("- target_only", "- target_only: { samples: 1 }")) == [])
        // Methods that draw have a temperature of their own all along.
        let majority = "{ rsd: { threshold: 0.7 } }"
        #expect(
            try changes((majority, "{ majority: { n: 2, name: rsd } }")).contains(
                "methods.rsd.temperature: (none) → 0.7"))
    }

    /// Written by an earlier version.
    @Test("jobs without samples have the hash that they always had")
    func hash() throws {
        let fixture = try SpecFixture()
        let one = SpecIdentity(try fixture.load()).hash
        #expect(one == "19fcaf126c40e0a521558b13ace6d53207a574e7c7089bbfec4cf19ec29b6553")
        try fixture.writeJob(("seed: 7", "seed: [5, 6]"), ("- target_only", "- majority: { n: 4, temperature: 0.5 }"))
        let two = SpecIdentity(try fixture.load()).hash
        #expect(two == "7b5bad3d24c191d2eaef5501d536099465360a4c315d72fd4abd40efb1887d9e")
    }

    @Test("the way in which the PRM is asked may not change")
    func profiles() throws {
        let old = "token-classification"
        #expect(
            try changes(("profile: token-classification", "profile: token-classification, overlong: window")) == [
                "models.prm.overlong: fail → window"
            ])
        #expect(
            try changes((old, "skywork"), ("kind: pocket", "kind: vllm")) == [
                "models.prm.profile: token-classification → skywork",
                #"models.prm.profile.step_token: (none) → "\n\n""#, "engine.kind: pocket → vllm",
            ])
    }

    @Test("models count by their files, wherever these lie")
    func models() throws {
        // The fixture's models hold the same files.
        #expect(try changes(("models/target", "models/draft")) == [])
        let replaced = ["models.draft.files: sha256 → sha256"]
        #expect(
            try changes {
                try $0.write(
                    #"{"architectures": ["Qwen2ForCausalLM"], "hidden_size": 5}"#, to: "models/draft/config.json")
            } == replaced)
        #expect(
            try changes { try $0.write(#"{"model": {"vocab": {"a": 0}}}"#, to: "models/draft/tokenizer.json") }
                == replaced)
        let weights = "models/draft/model.safetensors"
        #expect(try changes { try $0.write(safetensors(["w": [9]]), to: weights) } == replaced)
        // Other weights of the same names and shapes.
        #expect(
            try changes { try $0.write(safetensors(["w": [2, 3], "b": [3]], fill: 1), to: weights) }
                == replaced)
        #expect(try changes { try $0.write("x", to: "models/draft/README.md") } == [])
    }

    @Test("the records that are used may not change")
    func data() throws {
        let lines = SpecFixture.problems
        #expect(
            try changes { try $0.write(lines.replacing("1+1", with: "1 + 1"), to: "problems.jsonl") } == [
                "datasets.heldout.questions: sha256 → sha256"
            ])
        #expect(
            try changes { try $0.write(lines.replacing("4", with: "5"), to: "problems.jsonl") } == [
                "datasets.heldout.answers: sha256 → sha256"
            ])
        #expect(
            try changes(("problems.jsonl }", "problems.jsonl, limit: 2 }")) == [
                "datasets.heldout.count: 3 → 2", "datasets.heldout.questions: sha256 → sha256",
                "datasets.heldout.answers: sha256 → sha256",
            ])
        // The same problems in another file, with other fields beside them.
        #expect(
            try changes(("problems.jsonl", "moved.jsonl")) {
                try $0.write(
                    lines.replacing("uid", with: "note").replacing("\n", with: "\r\n"), to: "moved.jsonl")
            } == [])
    }

    @Test("where data lies and how it is written may change, its order and its choices may not")
    func dataSettings() throws {
        let csv = "question,answer,uid\n1+1?,2,a\n2+2?,4,b\n3+3?,6,c\n"
        #expect(try changes(("problems.jsonl }", "problems.csv }")) { try $0.write(csv, to: "problems.csv") } == [])
        let sum = SHA256.hex(SpecFixture.problems)
        #expect(try changes(("problems.jsonl }", "problems.jsonl, sha256: \(sum) }")) == [])
        #expect(try changes(("problems.jsonl }", "problems.jsonl, reader: aime24 }")) == [])
        let both = ["datasets.heldout.questions: sha256 → sha256", "datasets.heldout.answers: sha256 → sha256"]
        #expect(try changes(("problems.jsonl }", "problems.jsonl, shuffle: 3 }")) == both)
        #expect(
            try changes(("problems.jsonl }", "problems.jsonl, start: 1 }")) == ["datasets.heldout.count: 3 → 2"] + both)
        #expect(
            try changes(("problems.jsonl }", "problems.csv, choices: [answer, uid], answer: answer }")) {
                try $0.write(csv, to: "problems.csv")
            } == both)
    }

    @Test("grading and the engine's settings may change, and so may what no method needs")
    func whatMayChange() throws {
        let engine = "concurrency: 9\n  args: { threads: 1 }\n  env: { A: b }\n  stall_timeout: 5"
        #expect(try changes(("concurrency: 8", engine)) == [])
        #expect(try changes(("name: demo", "name: other")) == [])
        for grading in ["{ with: math-verify, timeout: 3 }", "{ with: command, command: [./grade] }"] {
            #expect(try changes(("{ with: exact }", grading)) == [])
        }
    }

    @Test("an identity survives JSON, and its hash is the same on every machine")
    func stability() throws {
        let fixture = try SpecFixture()
        let identity = SpecIdentity(try fixture.load())
        let copy = try JSONDecoder().decode(SpecIdentity.self, from: JSONEncoder().encode(identity))
        #expect(copy == identity)
        #expect(copy.hash == identity.hash)
        let portable = identity.entries.map { "\($0.key)=\($0.value)" }.joined(separator: "\n")
            .replacing(fixture.directory.path, with: "")
        // As it was before there were other rules than the first, and those it goes by now.
        let rules = "rules=2\n"
        #expect(portable.hasPrefix(rules))
        #expect(
            SHA256.hex(String(portable.dropFirst(rules.count)))
                == "76ae1186c4a0331c73a5b220d1cd3348bdf17811732895957355174a6756cdcf")
    }
}
