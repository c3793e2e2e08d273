import RunnerSupport
import Testing

extension BeforeRelease {
    @Suite struct LongLanguageModelTests {
        @Test("20 problems with all engines up at once")
        func share() async throws { try await LanguageModelTests.share(problems: 0..<20) }

        @Test("one model at a time gives what all at once give")
        func swap() async throws {
            let setup = LanguageModelSetup(problems: 0..<2, maxTokens: 48, engine: ["residency: share"])
            let shared = try RunnerJob(setup)
            #expect(try await shared.run().code == 0)
            var other = setup
            other.engine = ["residency: swap", "groups: [[draft, prm], [target]]"]
            let swapped = try RunnerJob(other)
            let run = try await swapped.run()
            #expect(run.code == 0, "\(run.messages)")
            #expect(try swapped.resultLines().map(\.text) == shared.resultLines().map(\.text))
        }
    }
}
