import Testing

@Suite(.onRealVLLM) struct EndOfSequenceTests {
    /// vLLM then names the token as the reason of the stop, as if the request had asked for it.
    @Test(
        "a model that ends on another of its end-of-sequence tokens than its tokenizer's: the same texts, and they end")
    func secondToken() async throws {
        var setup = VLLMSetup()
        setup.draft = TestModels.path("two-ends")
        let job = try VLLMJob(setup)
        let run = try await job.run()
        #expect(run.code == 0, "\(run.messages)")
        var pocket = VLLMSetup()
        (pocket.kind, pocket.engine) = ("pocket", [])
        let reference = try await VLLMJob.lines(of: VLLMJob(pocket).reference())
        let lines = try job.resultLines()
        try #require(lines.count == 8 && lines.count == reference.count)
        #expect(lines.map(\.text) == reference.map(\.text))
        #expect(lines.map(\.finish) == reference.map(\.finish))
        #expect(lines.contains { $0.finish == .eos })
        try job.expectNoEngine()
    }
}
