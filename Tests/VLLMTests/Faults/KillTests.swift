import Testing

@Suite(.onRealVLLM) struct KillTests {
    @Test(
        "3 kills at random moments: of the runner, the process that engines are forked from, an engine, its core, or two"
    )
    func anyone() async throws {
        var kills = try await RandomKills(residency: "share")
        try await kills.strike(times: 3)
    }
}
