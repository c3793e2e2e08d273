import Foundation
import RunnerSupport
import Testing

/// What does not fit into the model's context ends as such, costs the others nothing, and is never clamped silently.
@Suite(.onRealVLLM) struct ContextLimitTests {
    @Test("prompts longer than the context, and answers that reach its end")
    func contexts() async throws {
        // Far too long, so that vLLM looks at the number of letters alone; somewhat too long; and with room for a few tokens.
        let questions = [200_000, 300, 100].map { String(repeating: "9", count: $0) }
        let records = questions.enumerated().map { #"{"id": "long-\#($0)", "question": "\#($1)", "answer": "1"}"# }
        let job = try VLLMJob(
            VLLMSetup(problems: 0..<2, moreRecords: records, arguments: ["max-model-len: 128"]))
        let run = try await job.run()
        let lines = try job.resultLines()
        #expect(run.code == 0, "\(run.messages)")
        try #require(lines.count == 5)
        for line in lines[..<3] { #expect(line.finish == .context, "\(line.id): \(line.failure ?? "")") }
        #expect(lines[0].text.isEmpty && lines[1].text.isEmpty)
        for line in lines[3...] { #expect(line.finish != .failed, "\(line.id): \(line.failure ?? "")") }
        #expect(try job.engineStarts().count == 1)
        try job.expectNoEngine()
    }
}
