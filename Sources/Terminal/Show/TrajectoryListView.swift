import Decoding
import Support

/// A list of trajectories, and how to open one, as text.
package struct TrajectoryListView: Sendable {
    package let list: TrajectoryList
    /// The run directory as the user typed it.
    package let run: String

    package init(_ list: TrajectoryList, run: String) {
        self.list = list
        self.run = run
    }

    package func lines(width: Int) -> [Line] {
        let counts = NumberFormat.counted(list.total, "trajectory", "trajectories")
        let size = Line(", \(NumberFormat.grouped(list.finished)) finished; some of them:", .dim)
        var lines = (Line(counts, .strong) + size).wrapped(to: width) + [Line()]
        let longest = list.trajectories.map { Line($0.name).width }.max() ?? 0
        lines += table.lines(width: width, leastFirst: longest) ?? stacked(width: width)
        guard let example = list.trajectories.last else { return lines }
        let command = Line("rsd-batch show \(run.shellWord) \(example.name.shellWord)")
        return lines + [Line()] + (Line("open one ", .dim) + command).wrapped(to: width, indent: 9)
    }

    private var sections: [(heading: Line, entries: [TrajectoryList.Entry])] {
        TrajectoryList.Reason.allCases.compactMap { reason in
            let entries = list.trajectories.filter { $0.reason == reason }
            return entries.isEmpty ? nil : (Line(Self.words(reason), .yellow), entries)
        }
    }

    private static func words(_ reason: TrajectoryList.Reason) -> String {
        switch reason {
        case .first: "first of each method"
        case .wrong: "not right"
        case .rewritten: "with steps that the target rewrote"
        }
    }

    private var table: Table {
        var table = Table(columns: [
            .init(title: "trajectory", alignRight: false), .init(title: "state", alignRight: false),
            .init(title: "steps"), .init(title: "rewritten"),
        ])
        for (heading, entries) in sections {
            table.rows.append(.heading(heading))
            table.rows += entries.map { entry in
                .cells([
                    Line(entry.name, .strong), state(entry), Line(NumberFormat.grouped(entry.steps)),
                    entry.rewritten == 0 ? Line("–", .dim) : Line(NumberFormat.grouped(entry.rewritten), .yellow),
                ])
            }
        }
        return table
    }

    private func stacked(width: Int) -> [Line] {
        sections.flatMap { heading, entries in
            [heading.truncated(to: width)]
                + entries.flatMap { entry in
                    let steps = ", \(NumberFormat.counted(entry.steps, "step"))"
                    let rewritten = entry.rewritten > 0 ? ", \(NumberFormat.grouped(entry.rewritten)) rewritten" : ""
                    return Line(entry.name, .strong).wrapped(to: width, indent: 2)
                        + (Line("  ") + state(entry) + Line(steps + rewritten, .dim)).wrapped(to: width, indent: 2)
                }
        }
    }

    private func state(_ entry: TrajectoryList.Entry) -> Line {
        guard let finish = entry.finish else { return Line("waits for \(entry.waitsFor ?? "nothing")", .yellow) }
        let verdict: Line =
            switch entry.verdict {
            case .right: Line("✓ right", .green)
            case .wrong: Line("✗ wrong", .red)
            case .empty: Line("✗ no answer", .red)
            case .timeout, .error: Line("✗ not graded", .yellow)
            case nil: Line("not graded", .dim)
            }
        switch finish {
        case .eos: return verdict
        case .failed: return Line("failed", .red)
        default: return verdict + Line(", \(finish.rawValue)", .yellow)
        }
    }
}
