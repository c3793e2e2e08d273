@testable import Datasets
@testable import Decoding
import Foundation
import TestSupport
@testable import JobSpecs
@testable import Methods
@testable import SpecYAML
@testable import Support
import Testing

@Suite("The resolved spec")
struct SpecRenderingTests {
    @Test("the resolved spec has its golden text")
    func text() throws {
        let fixture = try SpecFixture()
        try fixture.writeJob(
            ("concurrency: 8", "args: { threads: 2, on: true, list: [a, b] }\n  env: { B: x, A: \"1\" }"),
            ("problems.jsonl }", "problems.jsonl, id: uid, limit: 2 }"))
        let yaml = try fixture.load().spec.renderYAML().replacing(fixture.directory.path, with: "/jobs")
        #expect(
            yaml == #"""
                name: demo
                seed: 7
                models:
                  draft: { model: /jobs/models/draft }
                  target: { model: /jobs/models/target }
                  prm: { model: /jobs/models/prm, profile: token-classification, overlong: fail }
                engine:
                  kind: pocket
                  residency: swap
                  tail: auto
                  args: { threads: "2", on: true, list: ["a", "b"] }
                  env: { A: "1", B: "x" }
                  concurrency: auto
                  start_timeout: 600
                  stall_timeout: 600
                  stop_grace: 10
                datasets:
                  - { name: heldout, path: /jobs/problems.jsonl, question: question, answer: answer, id: uid, limit: 2 }
                prompt: "{question}\n\n"
                decoding:
                  delimiter: "\n\n"
                  max_tokens: 64
                  max_steps: 100
                  temperature: 0
                  top_p: 1
                  lookahead: auto
                methods:
                  - { rsd: { name: rsd, weighting: binary_step, threshold: 0.7 } }
                  - { target_only: { name: target_only } }
                grading: { with: exact }

                """#)
    }

    @Test("a resolved spec loads from another directory as an equal job")
    func loadsAgain() throws {
        let fixture = try SpecFixture()
        try fixture.write("Q: {question}\nA:", to: "cot.txt")
        try fixture.writeJob((#""{question}\n\n""#, "{ file: cot.txt }"))
        let job = try fixture.load()
        let run = fixture.directory.appending(path: "runs/demo")
        try FileManager.default.createDirectory(at: run, withIntermediateDirectories: true)
        try fixture.write(job.spec.renderYAML(), to: "runs/demo/job.yaml")
        let again = try JobLoader.load(run.appending(path: "job.yaml"))
        #expect(again.spec == job.spec)
        #expect(SpecIdentity(again) == SpecIdentity(job))
    }

    @Test("a chat is written out")
    func chat() throws {
        let fixture = try SpecFixture()
        for role in ["draft", "target"] {
            try fixture.write("{{ messages }}", to: "models/\(role)/chat_template.jinja")
        }
        try fixture.writeJob(("kind: pocket", "kind: vllm"), (#""{question}\n\n""#, "chat"))
        let spec = try fixture.load().spec
        #expect(spec.renderYAML().contains("\nprompt: { chat: { user: \"{question}\" } }\n"))
        try fixture.write(spec.renderYAML(), to: "job.yaml")
        #expect(try fixture.load().spec == spec)
    }

    @Test("any spec reads back as an equal spec")
    func roundTrip() throws {
        for seed in 0..<300 {
            var random = SpecGenerator(seed: UInt64(seed))
            let spec = random.spec()
            let yaml = spec.renderYAML()
            let source = SourceText(file: "job.yaml", text: yaml)
            let (job, diagnostics) = JobLoader.decode(source, directory: "/")
            #expect(diagnostics.filter { $0.severity == .error }.map(\.rendered) == [], "\(yaml)")
            let prompt: PromptSpec? =
                switch job?.prompt.value {
                case .template(let template): .template(template)
                case .chat(let chat): .chat(chat)
                case .file, nil: nil
                }
            let read = prompt.flatMap { prompt in
                job?.spec(
                    prompt: prompt,
                    thinking: job?.thinking == nil
                        ? nil
                        : job.flatMap {
                            ThinkingCheck($0, prompt: prompt, files: [:], log: DiagnosticLog(source: source)).run()
                        })
            }
            #expect(read == spec, "\(yaml)")
        }
    }
}

/// Draws valid specs.
private struct SpecGenerator {
    private var random: SeededRandom

    init(seed: UInt64) { random = SeededRandom(seed: seed) }

    mutating func spec() -> JobSpec {
        let seeds = (0..<draw(1...3)).map { UInt64($0) &+ random.next() << 2 }
        let most = seeds.count == 1 ? 9 : seeds.count
        let methods = (0..<draw(1...4)).map { number in
            var method = MethodSpec(name: "m\(number).\(word())", kind: method(), samples: maybe { $0.draw(1...most) })
            if method.kind.settings.sampling == nil {
                (method.temperature, method.topP) = (maybe { $0.number() }, maybe { $0.unit() })
            }
            return method
        }
        let samples = seeds.count == 1 ? maybe { $0.draw(1...9) } : maybe { _ in seeds.count }
        let (profile, prompt) = (profile(), prompt())
        return JobSpec(
            name: word(), seeds: seeds, samples: samples,
            models: [
                .draft: ModelSpec(
                    model: "/" + text(nul: false).replacing("/", with: "_") + "x", profile: nil),
                .target: ModelSpec(model: "/models/target", profile: nil),
                .prm: ModelSpec(
                    model: "/models/prm", profile: profile, overlong: draw(0...1) == 0 ? .fail : .window),
            ],
            engine: EngineSpec(
                kind: .vllm, residency: [.swap, .share, .auto][draw(0...2)], args: arguments(),
                env: Dictionary(uniqueKeysWithValues: (0..<draw(0...3)).map { ("E\($0)", text(nul: false)) }),
                concurrency: draw(0...3) == 0 ? nil : draw(1...500), startTimeout: seconds(), stallTimeout: seconds(),
                stopGrace: seconds()),
            datasets: (0..<draw(1...3)).map { dataset($0) },
            prompt: prompt, thinking: thinking(prompt),
            decoding: DecodingSpec(
                delimiter: text() + "\n", tokens: .response(draw(1...9999)), maxSteps: draw(1...999),
                temperature: number(), topP: unit(), lookahead: draw(0...1) == 0 ? .all : .steps(draw(1...9))),
            methods: methods, grading: GradingSpec(grader: grader()))
    }

    private mutating func grader() -> GraderKind {
        switch draw(0...2) {
        case 0: .exact
        case 1: .mathVerify(python: draw(0...1) == 0 ? nil : "/envs/\(word())", timeout: seconds())
        default:
            .command(
                GraderCommand(
                    words: (0..<draw(1...3)).map { _ in "w" + text(nul: false) }, directory: "/jobs/\(word())",
                    timeout: seconds()))
        }
    }

    private mutating func dataset(_ index: Int) -> DatasetSpec {
        let readers = RecordReader.named.map(\.name)
        let reader = maybe { $0.draw(0...(readers.count - 1)) }.map { readers[$0] }
        let isRemote = draw(0...1) == 0
        if draw(0...3) == 0 {
            return DatasetSpec(
                name: "d\(index)", path: "hf://datasets/org/\(word())", config: maybe { "c" + $0.text(nul: false) },
                split: maybe { $0.word() }, revision: maybe { $0.word() }, question: "q", answer: "a")
        }
        return DatasetSpec(
            name: "d\(index)", path: isRemote ? "https://host/\(word())?a=b#c" : "/data/\(word())",
            sha256: isRemote ? sum() : maybe { $0.sum() }, records: maybe { $0.draw(1...900) },
            format: DatasetFormat.allCases[draw(0...3)], reader: reader,
            question: reader == nil ? "q" + text() : maybe { "q" + $0.text() },
            answer: reader == nil ? "a" + text() : maybe { "a" + $0.text() },
            choices: maybe {
                $0.draw(0...1) == 0 ? .field("c" + $0.text()) : .fields(["x" + $0.text(), "y", $0.word()])
            },
            id: maybe { "i" + $0.text() },
            meta: maybe { random in (0..<random.draw(0...2)).map { _ in "m" + random.text() } },
            shuffle: maybe { $0.random.next() }, start: maybe { $0.draw(1...9) } ?? 0,
            limit: maybe { $0.draw(1...900) })
    }

    private mutating func sum() -> String {
        draw(0...3) == 0 ? String(repeating: "1", count: 64) : SHA256.hex(text())
    }

    private mutating func maybe<Value>(_ make: (inout Self) -> Value) -> Value? {
        draw(0...1) == 0 ? nil : make(&self)
    }

    private mutating func prompt() -> PromptSpec {
        let text = text() + "{question}" + text()
        if draw(0...2) == 0 { return .chat(ChatPrompt(system: draw(0...1) == 0 ? nil : "s" + self.text(), user: text)) }
        return .template(PromptTemplate(name: draw(0...1) == 0 ? "inline" : "n" + self.text(), text: text))
    }

    /// The text of a prompt opens no thoughts.
    private mutating func thinking(_ prompt: PromptSpec) -> ThinkingSpec? {
        switch draw(0...2) {
        case 0: return nil
        case 1: return .off
        default:
            var open: Set<Role> = []
            if case .chat = prompt { open = Set([Role.draft, .target].filter { _ in draw(0...1) == 0 }) }
            return .marked(
                MarkedThinking(
                    begin: "<b\(text(nul: false))>", end: "<e\(text(nul: false))>", open: open,
                    prm: draw(0...1) == 0 ? .shown : .hidden))
        }
    }

    private mutating func profile() -> PRMProfile {
        let profiles: [PRMProfile] = [
            .tokenClassification, .sequenceClassification, .skywork(stepToken: text(nul: false) + "\n"),
            .skywork(stepToken: "\n\n"), .qwenPRM,
            .mathShepherd, .rlhflow, .judge,
        ]
        return profiles[draw(0...(profiles.count - 1))]
    }

    private mutating func method() -> MethodKind {
        switch draw(0...11) {
        case 7: MethodKind(Majority(samples: samples(), writer: draw(0...1) == 0 ? .draft : .target))
        case 8: MethodKind(ProcessBestOfN(samples: samples()))
        case 9:
            MethodKind(
                BeamSearch(
                    beams: beams(), finished: draw(0...1) == 0 ? .stay : .leave, isDistinct: draw(0...1) == 0))
        case 10: MethodKind(DiverseTreeSearch(trees: beams(), end: draw(0...1) == 0 ? .answer : .eos))
        case 11:
            MethodKind(
                BestOfN(
                    score: word(), choice: word(), samples: samples(), writer: draw(0...1) == 0 ? .draft : .target))
        case 0: .draftOnly
        case 1: .targetOnly
        case 2: .rsd(.constant(p: unit()))
        case 3: .rsd(.clipping)
        case 4: .rsd(.sigmoidal)
        case 5: .rsd(.logistic(alpha: number(), threshold: unit()))
        default: .rsd(.binaryStep(threshold: unit()))
        }
    }

    private mutating func beams() -> BeamSettings {
        let count = draw(1...4)
        var samples = samples()
        samples.n = count * draw(2...4)
        return BeamSettings(count: count, score: word(), choice: word(), samples: samples)
    }

    private mutating func word<Word: CaseIterable>() -> Word {
        let words = Array(Word.allCases)
        return words[draw(0...(words.count - 1))]
    }

    private mutating func samples() -> SampleSettings {
        SampleSettings(n: draw(2...64), sampling: Sampling(temperature: 0.1 + unit(), topP: 0.5 + unit() / 2))
    }

    private mutating func arguments() -> [EngineArgument] {
        (0..<draw(0...4)).flatMap { index -> [EngineArgument] in
            let name = "flag-\(index)"
            if draw(0...2) == 0 { return [EngineArgument(name: name, value: nil)] }
            return (0..<draw(1...3)).map { _ in EngineArgument(name: name, value: text(nul: false)) }
        }
    }

    private mutating func text(nul: Bool = true) -> String {
        let pieces = [
            "a", "é", "true", "1", " ", "\n", "\\n", "\"", "'", ": ", " #", "\t", "{", "]", "𝄞", "-",
            "\u{2028}", "$", "${A}",
        ]
        var text = ""
        for _ in 0..<draw(0...6) { text += pieces[draw(0...(pieces.count - 1))] }
        return nul && draw(0...9) == 0 ? text + "\u{0}" : text
    }

    private mutating func word() -> String { ["demo", "true", "7", "1e3", "null", "a-b_c.d"][draw(0...5)] }
    private mutating func unit() -> Double { Double(draw(1...1_000_000)) / 1_000_000 }
    private mutating func seconds() -> Double { min(number(), 1e9) }
    private mutating func number() -> Double { [0.1, 1, 1e-7, 1e21, 1234.5678, 1 / 3][draw(0...5)] }
    private mutating func draw(_ range: ClosedRange<Int>) -> Int {
        range.lowerBound + Int(random.next() % UInt64(range.count))
    }
}
