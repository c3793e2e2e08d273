import Foundation
import TestSupport
import Testing

@testable import ModelLifecycle

@Suite("Answers of spawned engines") struct ColdAnswersTests {
    private let scratch: Scratch
    private let answers: ColdAnswers
    private let model: String
    private let launch = WarmLaunch(arguments: ["serve"], early: ["OMP_NUM_THREADS": "2"], late: ["TMPDIR": "/tmp/a"])
    private var configuration: EngineConfiguration

    init() throws {
        scratch = try Scratch()
        answers = ColdAnswers(folder: scratch.path("answers"))
        model = scratch.path("model")
        try FileManager.default.createDirectory(atPath: model, withIntermediateDirectories: true)
        try Data("weights".utf8).write(to: URL(filePath: model + "/model.safetensors"))
        configuration = EngineConfiguration(name: "draft", model: model, arguments: [.init("dtype", "float32")])
    }

    private func known(
        _ configuration: EngineConfiguration? = nil, _ launch: WarmLaunch? = nil, build: String = "vllm 1"
    )
        -> Canary.Answer?
    {
        answers.answer(of: configuration ?? self.configuration, launch ?? self.launch, build: build)
    }

    @Test("an answer is kept", arguments: [Canary.Answer.tokens([3, 4]), .scores([[0.25, -1], [1e-9, 7]])])
    func keeps(_ answer: Canary.Answer) {
        #expect(known() == nil)
        #expect(answers.note(answer, of: configuration, launch, build: "vllm 1"))
        #expect(known() == answer)
        let later = ColdAnswers(folder: answers.folder)
        #expect(later.answer(of: configuration, launch, build: "vllm 1") == answer)
    }

    @Test("what an answer does not depend on makes no difference")
    func same() {
        answers.note(.tokens([3]), of: configuration, launch, build: "vllm 1")
        var other = (configuration, launch)
        other.0.name = "target"
        other.0.gpuShare = 0.4
        other.0.arguments.append(.init("kv-cache-memory-bytes", "256M"))
        other.1.late["TMPDIR"] = "/tmp/b"
        #expect(known(other.0, other.1) == .tokens([3]))
    }

    @Test("another build, device, task, flag, environment, context or checkpoint has answers of its own")
    func different() throws {
        answers.note(.tokens([3]), of: configuration, launch, build: "vllm 1")
        #expect(known(build: "vllm 1 on H100") == nil)
        var other = configuration
        other.task = .score(ScoringSetup())
        #expect(known(other) == nil)
        other = configuration
        other.arguments = [.init("dtype", "bfloat16")]
        #expect(known(other) == nil)
        other = configuration
        other.contextLength = 64
        #expect(known(other) == nil)
        var early = launch
        early.early["OMP_NUM_THREADS"] = "1"
        #expect(known(nil, early) == nil)
        try Data("other weights".utf8).write(to: URL(filePath: model + "/model.safetensors"))
        #expect(known() == nil)
    }

    @Test("a damaged file is no answer, and where none can be written this run alone knows it")
    func damaged() throws {
        answers.note(.tokens([3]), of: configuration, launch, build: "vllm 1")
        let file = try #require(FileManager.default.contentsOfDirectory(atPath: answers.folder).first)
        try Data("{".utf8).write(to: URL(filePath: "\(answers.folder)/\(file)"))
        let later = ColdAnswers(folder: answers.folder)
        #expect(later.answer(of: configuration, launch, build: "vllm 1") == nil)
        let blocked = ColdAnswers(folder: model + "/model.safetensors")
        #expect(blocked.note(.tokens([3]), of: configuration, launch, build: "vllm 1") == false)
        #expect(blocked.answer(of: configuration, launch, build: "vllm 1") == .tokens([3]))
    }
}
