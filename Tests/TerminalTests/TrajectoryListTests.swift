@testable import Decoding
@testable import Reporting
@testable import Terminal
import Testing

@Suite("The list of trajectories") struct TrajectoryListTests {
    /// Eight finished problems of rsd, all rewritten, of which the second and the eighth are wrong, and two of target_only that wait.
    private static func list() throws -> TrajectoryList {
        let finished = try (1...8).map { try Fixture.finished("p\($0)") }
        let results = finished.map { Fixture.result($0, ["p2", "p8"].contains($0.id.problem) ? .wrong : .right) }
        return TrajectoryList(finished + [Fixture.targetOnly("p1"), Fixture.targetOnly("p2")], results: results)
    }

    @Test("the first of each method, the wrong ones and the rewritten ones, each once")
    func table() throws {
        let text = screen(TrajectoryListView(try Self.list(), run: "runs/my run").lines(width: 80))
        #expect(
            text == """
                10 trajectories, 8 finished; some of them:

                trajectory      state             steps  rewritten
                first of each method
                rsd/p1          ✓ right               4          1
                target_only/p1  waits for target      0          –
                not right
                rsd/p2          ✗ wrong               4          1
                rsd/p8          ✗ wrong               4          1
                with steps that the target rewrote
                rsd/p3          ✓ right               4          1
                rsd/p4          ✓ right               4          1
                rsd/p5          ✓ right               4          1
                rsd/p6          ✓ right               4          1
                rsd/p7          ✓ right               4          1

                open one rsd-batch show 'runs/my run' rsd/p7
                """)
    }

    @Test("no line is wider than the terminal, and every name is whole", arguments: [30, 40, 50, 80, 140])
    func fits(width: Int) throws {
        let list = try Self.list()
        let lines = TrajectoryListView(list, run: "runs/r").lines(width: width)
        #expect(lines.allSatisfy { $0.width <= width })
        #expect(list.trajectories.allSatisfy { entry in lines.contains { $0.text.hasPrefix(entry.name) } })
    }

    @Test("methods take turns, and a list of nothing has no example")
    func turns() throws {
        let methods = (1...3).map { "m\($0)" }
        var all: [Trajectory] = []
        for method in methods {
            for problem in 1...4 {
                var trajectory = Fixture.rsd("p\(problem)", method: method)
                try trajectory.apply(.failed(reason: "too long"))
                all.append(trajectory)
            }
        }
        let list = TrajectoryList(all, results: all.map { Fixture.result($0, .wrong) })
        let wrong = list.trajectories.filter { $0.reason == .wrong }.map(\.name)
        #expect(wrong == ["m1/p2", "m1/p3", "m2/p2", "m2/p3", "m3/p2"])
        #expect(screen(TrajectoryListView(list, run: "r").lines(width: 80)).contains("failed"))
        #expect(TrajectoryListView(TrajectoryList([], results: []), run: "r").lines(width: 80).count == 3)
    }
}
