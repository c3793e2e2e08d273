import ModelLifecycle
import Testing

@Suite(.onRealVLLM) struct EndOfSequenceTests {
    /// vLLM then names the token as the reason of the stop, as if the request had asked for it.
    @Test(
        "a model that ends on another of its end-of-sequence tokens than its tokenizer's: the same texts, and they end")
    func secondToken() async throws {
        let model = TestModels.path("two-ends")
        try await ServedModel.with("draft", model) { draft in
            let job = try await VLLMJob.run(VLLMSetup(problems: 0..<8, draft: model, engine: []), on: [draft])
            try await job.expectWhatPocketGives(draft: VLLMSetup().draft)
            #expect(try job.resultLines().contains { $0.finish == .eos })
        }
    }
}
