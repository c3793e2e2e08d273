import RunnerSupport
import Testing

@Suite(.onRealVLLM) struct SpeculativeTests {
    @Test("the draft as the target's speculator changes no text, and what it wrote is counted")
    func lossless() async throws {
        let job = try VLLMJob(
            VLLMSetup(
                problems: 0..<12, methods: "[target_only, { speculative: { tokens: 3 } }]", engine: ["residency: swap"])
        )
        let run = try await job.run()
        #expect(run.code == 0, "\(run.messages)")
        let lines = try job.resultLines()
        try #require(lines.count == 24)
        #expect(lines.prefix(12).map(\.text) == lines.suffix(12).map(\.text))
        #expect(lines.allSatisfy { $0.finish == .eos })
        let speculation = try #require(try job.summary().run.speculation)
        #expect(speculation.accepted > 0)
        #expect(speculation.accepted <= speculation.proposed)
        try job.expectNoEngine()
    }
}
