@testable import Datasets
import Foundation
@testable import JobSpecs
@testable import Methods
@testable import Support
import Testing

@Suite("Good jobs")
struct SpecLoadingTests {
    @Test("every default is filled in, every path absolute")
    func defaults() throws {
        let fixture = try SpecFixture()
        try fixture.write(
            """
            name: demo
            models:
              target: { model: ./models/../models/target/ }
            engine: { kind: pocket }
            datasets: [{ name: heldout, path: problems.jsonl }]
            methods: [target_only]
            """, to: "job.yaml")
        let job = try fixture.load()
        let expected = JobSpec(
            name: "demo", seeds: [0],
            models: [.target: ModelSpec(model: fixture.path("models/target"), profile: nil)],
            engine: EngineSpec(
                kind: .pocket, residency: .swap, args: [], env: [:], concurrency: nil, startTimeout: 600,
                stallTimeout: 600, stopGrace: 10),
            datasets: [
                DatasetSpec(
                    name: "heldout", path: fixture.path("problems.jsonl"), question: "question",
                    answer: "answer",
                    id: nil, limit: nil)
            ],
            prompt: .template(PromptTemplate(name: "inline", text: "{question}\n\n")),
            decoding: DecodingSpec(
                delimiter: "\n\n", tokens: .response(2048), maxSteps: 100, temperature: 0, topP: 1, lookahead: .auto),
            methods: [MethodSpec(name: "target_only", kind: .targetOnly)],
            grading: GradingSpec(grader: .exact))
        #expect(job.spec == expected)
        #expect(job.warnings.isEmpty)
        #expect(job.models.keys.sorted { $0.rawValue < $1.rawValue } == [.target])
        #expect(job.models[.target]?.size.parameters == 9)
        #expect(
            job.problems["heldout"] == [
                Problem(dataset: "heldout", id: "0", question: "1+1?", answer: "2", meta: ["uid": .string("a")]),
                Problem(dataset: "heldout", id: "1", question: "2+2?", answer: "4", meta: ["uid": .string("b")]),
                Problem(dataset: "heldout", id: "2", question: "3+3?", answer: "6", meta: ["uid": .string("c")]),
            ])
    }

    @Test("vLLM's residency is left to the machine, the pocket engine's is not")
    func residency() throws {
        let fixture = try SpecFixture()
        #expect(try fixture.load().spec.engine.residency == .swap)
        try fixture.writeJob(("kind: pocket", "kind: vllm"))
        let spec = try fixture.load().spec
        #expect(spec.engine.residency == .auto)
        #expect(spec.renderYAML().contains("  residency: auto\n  tail: auto\n  args"))
        try fixture.writeJob(("kind: pocket", "kind: vllm\n  residency: share"))
        #expect(try fixture.load().spec.engine.residency == .share)
    }

    @Test("every setting is taken")
    func everySetting() throws {
        let fixture = try SpecFixture()
        try fixture.writeJob(
            (
                "concurrency: 8",
                """
                residency: swap
                  args: { threads: 2, on: true, off: false, text: "true", list: [a, 1.50], no: no }
                  env: { OMP_NUM_THREADS: 2, A: "x y", B: yes }
                  concurrency: 0x10
                  start_timeout: 1.5
                  stall_timeout: 1e2
                  stop_grace: 5
                """
            ),
            ("problems.jsonl }", "problems.jsonl, id: uid, limit: 2 }"),
            ("temperature: 0", "temperature: .5, top_p: 0.95, max_steps: 9, lookahead: 3"),
            (
                "- { rsd: { threshold: 0.7 } }",
                """
                - rsd
                  - { rsd: { weighting: constant, p: 0.5, name: c } }
                  - { rsd: { weighting: clipping, name: k } }
                  - { rsd: { weighting: sigmoidal, name: s } }
                  - { rsd: { weighting: logistic, alpha: 10, name: l } }
                  - draft_only:
                  - { draft_only: { name: again } }
                """
            ))
        let job = try fixture.load()
        #expect(
            job.spec.engine.args == [
                EngineArgument(name: "threads", value: "2"), EngineArgument(name: "on", value: nil),
                EngineArgument(name: "text", value: "true"), EngineArgument(name: "list", value: "a"),
                EngineArgument(name: "list", value: "1.50"), EngineArgument(name: "no", value: "no"),
            ])
        #expect(job.spec.engine.env == ["OMP_NUM_THREADS": "2", "A": "x y", "B": "yes"])
        #expect(job.spec.engine.concurrency == 16)
        #expect(job.spec.engine.startTimeout == 1.5)
        #expect(job.spec.engine.stallTimeout == 100)
        #expect(job.spec.engine.stopGrace == 5)
        #expect(
            job.spec.decoding
                == DecodingSpec(
                    delimiter: "\n\n", tokens: .response(64), maxSteps: 9, temperature: 0.5, topP: 0.95,
                    lookahead: .steps(3)))
        #expect(
            job.spec.methods == [
                MethodSpec(name: "rsd", kind: .rsd(.binaryStep(threshold: 0.7))),
                MethodSpec(name: "c", kind: .rsd(.constant(p: 0.5))),
                MethodSpec(name: "k", kind: .rsd(.clipping)),
                MethodSpec(name: "s", kind: .rsd(.sigmoidal)),
                MethodSpec(name: "l", kind: .rsd(.logistic(alpha: 10, threshold: 0.7))),
                MethodSpec(name: "draft_only", kind: .draftOnly), MethodSpec(name: "again", kind: .draftOnly),
                MethodSpec(name: "target_only", kind: .targetOnly),
            ])
        #expect(job.problems["heldout"]?.map(\.id) == ["a", "b"])
    }

    @Test("a prompt can be a file, and then has its name")
    func promptFile() throws {
        let fixture = try SpecFixture()
        try fixture.write("Solve:\n{question}\n", to: "cot.txt")
        try fixture.writeJob((#""{question}\n\n""#, "{ file: cot.txt }"))
        let prompt = try fixture.load().spec.prompt
        #expect(prompt == .template(PromptTemplate(name: "cot.txt", text: "Solve:\n{question}\n")))
    }

    @Test("an alias stands for its anchor's value")
    func aliases() throws {
        let fixture = try SpecFixture()
        try fixture.writeJob(("draft: {", "draft: &m {"), ("{ model: models/target }", "*m"))
        let models = try fixture.load().spec.models
        #expect(models[.target] == models[.draft])
    }

    @Test("line endings, a byte order mark and comments do not matter")
    func encodings() throws {
        let fixture = try SpecFixture()
        let plain = try fixture.load().spec
        let text = "\u{FEFF}# Über\n" + SpecFixture.job
        try fixture.write(text.replacing("\n", with: "\r\n"), to: "job.yaml")
        #expect(try fixture.load().spec == plain)
    }

    @Test("text in another encoding and missing files are refused")
    func unreadable() throws {
        let fixture = try SpecFixture()
        try fixture.write(Data("name: demo\nseed: \u{e9}".utf8) + [0xE9], to: "job.yaml")
        #expect(
            fixture.fault() == """
                job.yaml:2:8: error: the file is not UTF-8; save it as UTF-8
                1 error in job.yaml
                """)
        try fixture.write(Data([0xFF, 0xFE, 0x6E, 0]), to: "job.yaml")
        #expect(
            fixture.fault() == """
                job.yaml: error: the file is UTF-16; save it as UTF-8
                1 error in job.yaml
                """)
        try FileManager.default.removeItem(atPath: fixture.path("job.yaml"))
        #expect(
            fixture.fault() == """
                job.yaml: error: there is no file job.yaml
                1 error in job.yaml
                """)
        try FileManager.default.createDirectory(
            atPath: fixture.path("job.yaml"), withIntermediateDirectories: false)
        #expect(
            fixture.fault() == """
                job.yaml: error: job.yaml is a directory, not a file
                1 error in job.yaml
                """)
    }

    @Test("a prompt file is read as UTF-8, and its backslashes are looked at")
    func oddPromptFiles() throws {
        let fixture = try SpecFixture()
        try fixture.writeJob((#""{question}\n\n""#, "{ file: cot.txt }"))
        try fixture.write(Data("{question}".utf8) + [0xFF], to: "cot.txt")
        #expect(
            fixture.fault() == """
                cot.txt:1:11: error: the file is not UTF-8; save it as UTF-8
                1 error in job.yaml
                """)
        try fixture.write(#"{question}\n\n"#, to: "cot.txt")
        #expect(
            fixture.fault() == #"""
                job.yaml:12:17: warning: cot.txt contains '\n' as two characters, not as a line break
                prompt: { file: cot.txt }
                                ^
                loaded
                """#)
    }

    @Test("a path given from the working directory is shown so, and odd characters in it do no harm")
    func relativePaths() throws {
        let fixture = try SpecFixture()
        let odd = fixture.directory.appending(path: "a b%20é#?", directoryHint: .isDirectory)
        try FileManager.default.createDirectory(at: odd, withIntermediateDirectories: false)
        try fixture.writeJob(("models/draft", "../models/draft"), ("problems.jsonl", "p%41.jsonl"))
        for name in ["job.yaml", "models", "problems.jsonl"] {
            let target = name == "problems.jsonl" ? "p%41.jsonl" : name
            try FileManager.default.copyItem(
                atPath: fixture.path(name), toPath: fixture.path("a b%20é#?/" + target))
        }
        let job = try JobLoader.load(URL(filePath: "job.yaml", relativeTo: odd))
        #expect(job.spec.models[.draft]?.model == fixture.path("models/draft"))
        #expect(job.spec.models[.target]?.model == fixture.path("a b%20é#?/models/target"))
        #expect(job.problems["heldout"]?.count == 3)
        try Data("name: 1\n".utf8).write(to: odd.appending(path: "job.yaml"))
        let errors = #expect(throws: SpecErrors.self) {
            try JobLoader.load(URL(filePath: "job.yaml", relativeTo: odd))
        }
        #expect(errors?.diagnostics.first?.file == "job.yaml")
    }

    @Test("grading needs no models")
    func withoutModels() throws {
        let fixture = try SpecFixture()
        try FileManager.default.removeItem(atPath: fixture.path("models"))
        let job = try JobLoader.load(fixture.directory.appending(path: "job.yaml"), withModels: false)
        #expect(job.models.isEmpty)
        #expect(job.problems["heldout"]?.count == 3)
        #expect(throws: SpecErrors.self) { try fixture.load() }
    }

    @Test("a method needs certain roles")
    func roles() {
        #expect(MethodKind.rsd(.clipping).roles == [.draft, .target, .prm])
        #expect(MethodKind.draftOnly.roles == [.draft])
        #expect(MethodKind.targetOnly.roles == [.target])
    }
}
