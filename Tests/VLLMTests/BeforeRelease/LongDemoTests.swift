import Testing

extension BeforeRelease {
    @Suite struct LongDemoTests {
        @Test("all 200 problems with all engines up at once")
        func share() async throws { try await DemoTests.share(problems: 0..<200) }

        @Test("all 200 problems on three servers that run already")
        func attach() async throws { try await DemoTests.attach(problems: 0..<200) }
    }
}
