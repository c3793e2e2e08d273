@testable import Decoding
@testable import Support
@testable import Terminal
import Testing

@Suite("Names of trajectories") struct TrajectoryNamesTests {
    private static func id(_ method: String, _ dataset: String, _ problem: String, _ sample: Int = 0) -> TrajectoryID {
        TrajectoryID(method: method, dataset: dataset, problem: problem, sample: sample)
    }

    private func find(_ name: String, _ ids: [TrajectoryID]) throws -> String {
        try TrajectoryNames(ids).find(name, in: "runs/r").description
    }

    private static let plain = [
        id("rsd", "heldout", "demo-003"), id("rsd", "heldout", "demo-004"), id("target", "heldout", "demo-003"),
    ]

    @Test(
        "data set, sample and method may be left out where one trajectory has the rest",
        arguments: [
            "rsd/heldout/demo-003/0", "rsd/heldout/demo-003", "rsd/demo-003", "rsd/demo-003/0",
        ])
    func shortened(name: String) throws {
        #expect(try find(name, Self.plain) == "rsd/heldout/demo-003/0")
        #expect(try find("demo-004", Self.plain) == "rsd/heldout/demo-004/0")
    }

    @Test("several trajectories with a name are listed")
    func ambiguous() throws {
        let ids = [Self.id("rsd", "a", "1", 0), Self.id("rsd", "a", "1", 1), Self.id("rsd", "b", "1")]
        let error = #expect(throws: NoTrajectory.self) { try find("rsd/1", ids) }
        #expect(error?.found == ["rsd/a/1/0", "rsd/a/1/1", "rsd/b/1/0"])
        #expect(
            error?.explanation.message.hasPrefix("3 trajectories of runs/r fit rsd/1; give one of:\n  rsd/a/1/0\n")
                == true)
        #expect(throws: NoTrajectory.self) { try find("rsd/a/1", ids) }
        #expect(try find("rsd/b/1", ids) == "rsd/b/1/0")
        #expect(try find("rsd/1/1", ids) == "rsd/a/1/1")
        let many = (0..<30).map { Self.id("rsd", "a", "1", $0) }
        let long = #expect(throws: NoTrajectory.self) { try find("rsd/1", many) }
        #expect(long?.explanation.message.contains("rsd/a/1/9\n  and 20 more\n") == true)
    }

    @Test("an unknown name gets similar ones, of whichever form it has")
    func unknown() {
        let error = #expect(throws: NoTrajectory.self) { try find("rsd/demo-O04", Self.plain) }
        #expect(error?.nearest.first == "rsd/heldout/demo-004/0")
        #expect(error?.explanation.message.contains("similar names:\n  rsd/heldout/demo-004/0") == true)
    }

    @Test("fuller names win where names of problems have slashes")
    func slashes() throws {
        let ids = [Self.id("rsd", "a", "1"), Self.id("rsd", "a", "1/0"), Self.id("rsd", "b", "a/1")]
        #expect(try find("rsd/a/1/0", ids) == "rsd/a/1/0")
        #expect(try find("rsd/a/1/0/0", ids) == "rsd/a/1/0/0")
        #expect(try find("rsd/a/1", ids) == "rsd/a/1/0")
    }

    @Test("the shortest name of every trajectory finds it")
    func shortest() throws {
        let ids = [
            Self.id("rsd", "a", "1"), Self.id("rsd", "a", "1", 1), Self.id("rsd", "b", "1"), Self.id("rsd", "a", "2"),
            Self.id("rsd", "a", "1/0"), Self.id("rsd", "b", "a/1"), Self.id("rsd", "b", "x y"),
        ]
        let names = TrajectoryNames(ids)
        for id in ids { #expect(try names.find(names.shortest(id), in: "r") == id) }
        #expect(names.shortest(Self.plain[0]) == "rsd/heldout/demo-003/0", "it is not among them")
        #expect(TrajectoryNames(Self.plain).shortest(Self.plain[0]) == "rsd/demo-003")
    }
}
