import Synchronization
import TestSupport
import Testing

@testable import ModelLifecycle
@testable import Support

/// Streams of a language model on real vLLM: the same as responses in one piece, and gone at once when they are ended early.
struct StreamCheck {
    let client: EngineClient

    func run() async throws {
        let prompt = try await client.tokenize("Question: what is 6 times 7?\nAnswer:", addSpecialTokens: false).tokens
        try await equality(prompt)
        try await endedEarly(prompt)
    }

    private func equality(_ prompt: [Int]) async throws {
        for request in [
            CompletionRequest(promptTokens: prompt, maxTokens: 40, seed: 1),
            CompletionRequest(promptTokens: prompt, maxTokens: 40, temperature: 0.8, seed: 2, logprobs: 2),
            CompletionRequest(promptTokens: prompt, maxTokens: 40, seed: 3, stop: ["."]),
            CompletionRequest(promptTokens: prompt, maxTokens: 40, seed: 3, stop: [" the", "."], includeStop: false),
            CompletionRequest(promptTokens: prompt, maxTokens: 20, temperature: 1.5, seed: 4, keepsSpecialTokens: true),
        ] {
            let parts = Mutex<[CompletionPart]>([])
            let streamed = try await client.stream(request) { part in
                parts.withLock { $0.append(part) }
                return .goOn
            }
            #expect(try await client.complete(request) == streamed)
            let all = parts.withLock { $0 }
            #expect(all.map(\.text).joined() == streamed.text && all.flatMap(\.tokenIDs) == streamed.tokenIDs)
            #expect(all.map(\.isFirst) == [true] + all.dropFirst().map { _ in false })
            #expect(all.count > 2)
        }
    }

    private func endedEarly(_ prompt: [Int]) async throws {
        let limit = 1800
        let request = CompletionRequest(promptTokens: prompt, maxTokens: limit, temperature: 2, seed: 5)
        let before = try await client.metrics().generationTokens
        let enough = try await client.stream(request) { _ in .enough }
        #expect(enough.finish == .stopped && !enough.tokenIDs.isEmpty && enough.tokenIDs.count < limit / 2)
        try await until { try await client.metrics().requestsRunning == 0 }

        let (stop, begun) = (StreamStop(), Latch<Void>())
        let task = Task {
            try await client.stream(request, stop: stop) { _ in
                begun.set(())
                return .goOn
            }
        }
        try await begun.wait()
        stop.stop()
        #expect(try await task.value.finish == .stopped)
        try await until { try await client.metrics().requestsRunning == 0 }
        #expect(try await client.metrics().generationTokens - before < Double(limit))
    }
}
