import Testing

@testable import Decoding
@testable import JobSpecs
@testable import RunStore
@testable import Runner

/// Which group of engines is readied while another works.
@Suite("The next group of engines") struct NextGroupTests {
    private static let each: [[Role]] = [[.draft], [.prm], [.target]]

    private func job(_ methods: String) throws -> LoadedJob {
        let fixture = try SpecFixture()
        try fixture.writeJob(("  - { rsd: { threshold: 0.7 } }\n  - target_only\n", methods))
        return try fixture.load()
    }

    @Test("the next group is the next in the wave's order that somebody will need, round and round")
    func rewardGuided() throws {
        let trajectories = TrajectorySet(try job("  - { rsd: { threshold: 0.7 } }\n"))
        #expect(trajectories.group(after: [.draft], of: Self.each) == [.prm])
        #expect(trajectories.group(after: [.prm], of: Self.each) == [.draft])
        #expect(trajectories.group(after: [.draft, .prm], of: [[.draft, .prm], [.target]]) == [.target])
    }

    @Test("a group that trajectories wait for already is next, and one that nobody needs is not")
    func others() throws {
        let job = try job("  - draft_only\n  - target_only\n")
        var trajectories = TrajectorySet(job)
        func answer(_ role: Role) throws {
            for var trajectory in trajectories.needing([role]) {
                try trajectory.apply(
                    FakeEngines.event(
                        for: InferenceRequest(trajectory.needs[0], of: trajectory.id, in: RequestScope(job))))
                trajectories.update([trajectory])
            }
        }
        #expect(trajectories.group(after: [.draft], of: Self.each) == [.target])
        try answer(.draft)
        #expect(trajectories.group(after: [.target], of: Self.each) == [])
        try answer(.target)
        #expect(trajectories.group(after: [.draft], of: Self.each) == [])
    }

    @Test("of one group there is no next")
    func together() throws {
        let trajectories = TrajectorySet(try job("  - { rsd: { threshold: 0.7 } }\n"))
        #expect(trajectories.group(after: [.draft, .prm, .target], of: [[.draft, .prm, .target]]) == [])
    }
}
