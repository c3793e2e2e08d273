import Testing

extension BeforeRelease {
    @Suite(.timeLimit(.minutes(60))) struct LongSeamTests {
        @Test("40 solutions written step by step are those written in one go")
        func leaveNoTrace() async throws { try await SeamTests.expectSameTexts(of: 40) }
    }
}
