import RSDJobs
import Support

/// The state of a run in shards, as text.
package struct ShardsView: Sendable {
    package let status: ShardsStatus

    package init(_ status: ShardsStatus) {
        self.status = status
    }

    package func lines(width: Int) -> [Line] {
        let counts = Dictionary(grouping: status.shards, by: \.state).mapValues(\.count)
        let states: [ShardsStatus.Part.State] = [.finished, .running, .silent, .stopped, .notBegun, .unreadable]
        let answers = Line(", \(NumberFormat.counted(status.finished, "answer")) finished")
        let failed = status.failed > 0 ? Line(", \(NumberFormat.grouped(status.failed)) failed", .red) : Line()
        let summary = states.compactMap { state in
            counts[state].map { Line("\($0) \(Self.words(state))", Self.style(state)) }
        }
        var lines =
            (Line(status.directory, .strong) + Line("  \(NumberFormat.counted(status.shards.count, "shard"))", .dim))
            .wrapped(to: width)
        lines += (Self.joined(summary) + answers + failed).wrapped(to: width)
        lines += [Line()] + (table.lines(width: width) ?? stacked(width: width)) + [Line()]
        for part in status.shards where part.fault != nil {
            lines += (Line("\(part.shard.directoryName)  ", .red) + Line(part.fault ?? "")).wrapped(
                to: width, indent: 2)
        }
        return lines + next.flatMap { (Line("next  ", .dim) + Line($0)).wrapped(to: width, indent: 6) }
    }

    private var table: Table {
        var table = Table(columns: [
            .init(title: "shard"), .init(title: "state", alignRight: false), .init(title: "finished"),
            .init(title: "wave"), .init(title: "phase", alignRight: false), .init(title: "process", alignRight: false),
            .init(title: "heartbeat"),
        ])
        if status.queue != nil { table.columns.append(.init(title: "Slurm", alignRight: false)) }
        table.rows = status.shards.map { part in
            var cells = [
                Line("\(part.shard)", .strong), Line(Self.words(part.state), Self.style(part.state)), fraction(part),
                Line(part.wave > 0 ? "\(part.wave)" : "–", part.wave > 0 ? .plain : .dim), Line(part.phase ?? ""),
                Line(part.holder.map { "\($0.pid) on \($0.host)" } ?? ""),
                Line(part.timeSinceHeartbeat.map { "\(NumberFormat.duration($0)) ago" } ?? ""),
            ]
            if status.queue != nil { cells.append(Line(slurm(part.slurm))) }
            return .cells(cells)
        }
        return table
    }

    private func stacked(width: Int) -> [Line] {
        status.shards.flatMap { part -> [Line] in
            var parts = [Line(Self.words(part.state), Self.style(part.state)), fraction(part)]
            if let holder = part.holder { parts.append(Line("\(holder.pid) on \(holder.host)")) }
            if let task = part.slurm { parts.append(Line(slurm(task))) }
            return (Line("\(part.shard)  ", .strong) + Self.joined(parts)).wrapped(to: width, indent: 2)
        }
    }

    private static func joined(_ parts: [Line]) -> Line {
        parts.enumerated().reduce(Line()) { $0 + ($1.offset > 0 ? ", " : "") + $1.element }
    }

    private func fraction(_ part: ShardsStatus.Part) -> Line {
        guard part.total > 0 else { return Line("–", .dim) }
        return Line("\(NumberFormat.grouped(part.finished))/\(NumberFormat.grouped(part.total))")
    }

    private func slurm(_ task: SlurmTask?) -> String {
        guard let task else { return "–" }
        return task.state.lowercased() + (task.waiting == nil ? "" : ", \(task.reason)")
    }

    private static func words(_ state: ShardsStatus.Part.State) -> String {
        switch state {
        case .notBegun: "not started"
        case .running, .silent, .stopped, .finished, .unreadable: state.rawValue
        }
    }

    private static func style(_ state: ShardsStatus.Part.State) -> Style {
        switch state {
        case .finished, .running: .green
        case .silent, .stopped: .yellow
        case .unreadable: .red
        case .notBegun: .dim
        }
    }

    private var next: [String] {
        let run = status.directory.shellWord
        var lines: [String] = []
        for task in status.queue ?? [] {
            guard let waiting = task.waiting, let next = waiting.next else { continue }
            let line = "job \(task.job) \(waiting.words): \(next)"
            if !lines.contains(line) { lines.append(line) }
        }
        if status.isFinished {
            return lines + [
                status.mergeTask == nil
                    ? "rsd-batch merge \(run)" : "wait for job \(status.mergeTask?.job ?? "") to merge"
            ]
        }
        let isQueued = !(status.queue ?? []).isEmpty
        let isAtWork = status.shards.contains { $0.state == .running }
        if !isQueued, !isAtWork {
            let job = "\(status.directory)/job.yaml".shellWord
            lines.append(
                "rsd-batch submit \(job) --run-dir \(run) --shards \(status.shards.count) with the same options as before"
            )
        }
        return lines
    }
}
