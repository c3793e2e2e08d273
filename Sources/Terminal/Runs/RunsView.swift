import Support

/// A list of runs, as text.
package struct RunsView: Sendable {
    package let runs: [ListedRun]

    package init(_ runs: [ListedRun]) {
        self.runs = runs
    }

    /// A line per run where a table fits, else two; then a footnote, and what is wrong with some.
    package func lines(width: Int) -> [Line] {
        // The end of a directory tells runs apart.
        let longest = runs.map { Line($0.directory).width }.max() ?? 0
        let tables = Detail.allCases.lazy.compactMap { detail in
            table(detail).lines(width: width, leastFirst: longest).map { $0 + footnote(detail) }
        }
        let lines = tables.first ?? stacked(width: width)
        let faults = runs.filter { $0.fault != nil }
        return lines + (faults.isEmpty ? [] : [Line()])
            + faults.flatMap { run in
                (Line(run.directory, .strong) + "  " + Line(run.fault ?? "", run.state == .damaged ? .red : .yellow))
                    .wrapped(to: width, indent: 2)
            }
    }

    /// What is left out where there is no room.
    private enum Detail: Int, CaseIterable {
        case all, noCosts, noJob
    }

    /// On the column of FLOPs, where it is shown and has any.
    private func footnote(_ detail: Detail) -> [Line] {
        guard detail == .all, runs.contains(where: { $0.bestMethod?.flopsSpent != nil }) else { return [] }
        return [Line(), Line("FLOPs: spent per answer.", .dim)]
    }

    private typealias Field = (column: Table.Column, most: Detail, cell: (ListedRun) -> Line)

    private func table(_ detail: Detail) -> Table {
        let fields = fields.filter { detail.rawValue <= $0.most.rawValue }
        return Table(columns: fields.map(\.column), rows: runs.map { run in .cells(fields.map { $0.cell(run) }) })
    }

    private var fields: [Field] {
        var fields: [Field] = [
            (.init(title: "directory", alignRight: false), .noJob, { Line($0.directory, .strong) }),
            (.init(title: "job", alignRight: false), .noCosts, { Line($0.job ?? "–", .dim) }),
            (.init(title: "state", alignRight: false), .noJob, state),
            (.init(title: "finished"), .noJob, { Line(finished($0)) }),
            (.init(group: "best method", title: "", alignRight: false), .noCosts, { Line($0.best ?? "–") }),
            (.init(group: "best method", title: ""), .noJob, { Line(NumberFormat.percent($0.bestMethod?.accuracy)) }),
            (
                .init(group: "best method", title: "FLOPs"), .all,
                { Line($0.bestMethod?.flopsSpent.map(NumberFormat.si) ?? "–") }
            ),
            (.init(title: "time"), .all, { Line($0.seconds.map(NumberFormat.duration) ?? "–") }),
        ]
        if runs.contains(where: { $0.joules != nil }) {
            fields.append((.init(title: "energy"), .all, { Line($0.joules.map(NumberFormat.energy) ?? "–") }))
        }
        return fields + [(.init(title: "begun"), .noJob, { Line(begun($0), .dim) })]
    }

    private func state(_ run: ListedRun) -> Line {
        let line =
            switch run.state {
            case .finished: Line("finished", .green)
            case .running: Line("running", .green) + (run.host.map { " on \($0)" } ?? "")
            case .interrupted: Line("interrupted", .yellow)
            case .failed: Line("\(NumberFormat.grouped(run.failed)) failed", .red)
            case .damaged: Line("damaged", .red)
            }
        guard let shards = run.shards else { return line }
        if shards.merged { return line + Line(", \(NumberFormat.counted(shards.count, "shard"))", .dim) }
        return line + Line(", \(shards.finished)/\(NumberFormat.counted(shards.count, "shard"))", .dim)
    }

    private func finished(_ run: ListedRun) -> String {
        guard run.finished != nil || run.total != nil else { return "–" }
        func count(_ number: Int?) -> String { number.map(NumberFormat.grouped) ?? "?" }
        return "\(count(run.finished))/\(count(run.total))"
    }

    /// `2026-11-28 20:44`
    private func begun(_ run: ListedRun) -> String { String(run.created.prefix(16)).replacing("T", with: " ") }

    private func stacked(width: Int) -> [Line] {
        runs.flatMap { run in
            let best = run.bestMethod.map { ["\($0.method) \(NumberFormat.percent($0.accuracy))"] } ?? []
            let facts = [finished(run)] + best + [begun(run)]
            return Line(run.directory, .strong).wrapped(to: width, indent: 2)
                + (Line("  ") + state(run) + Line(" · " + facts.joined(separator: " · "), .dim))
                .wrapped(to: width, indent: 2)
        }
    }
}
