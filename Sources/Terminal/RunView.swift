import Runner
import Support

/// A run on a terminal: lasting lines, and below them a block that is redrawn in place.
package struct RunView: Sendable {
    package private(set) var progress: RunProgress
    private var lasting: [Note] = []

    package init(job: String, begin: Double) {
        progress = RunProgress(job: job, begin: begin)
    }

    package mutating func take(_ event: RunEvent, at seconds: Double) {
        lasting += progress.take(event, at: seconds)
    }

    /// Adds a message to the lasting lines.
    package mutating func say(_ message: String, _ style: Style = .plain) {
        lasting.append(.message(message, style))
    }

    /// Returns the lasting lines that have not been taken yet.
    package mutating func takeLasting(width: Int) -> [Line] {
        defer { lasting = [] }
        return lasting.flatMap { Self.lines(for: $0, width: width) }
    }

    /// The block at a moment: no line wider than `width`, and no more lines than fit into `height`.
    package func block(width: Int, height: Int = 24, at seconds: Double) -> [Line] {
        let width = min(width, Self.widest)
        let activity = activity(width: width, at: seconds)
        return height < 5 ? [activity] : [head(width: width), activity, foot(width: width, at: seconds)]
    }

    // MARK: The block

    private func head(width: Int) -> Line {
        var line = FittedLine()
        line.add(Line(progress.job, .strong), rank: 0)
        if progress.wave > 0 { line.add(Line("wave \(progress.wave)"), rank: 1) }
        if progress.isStopping { line.add(Line("stopping", .yellow), rank: 0) }
        if let total = progress.total {
            let count = "\(NumberFormat.grouped(progress.finished))/\(NumberFormat.grouped(total)) finished"
            line.addRight(Line(count), rank: 2)
        }
        if progress.failed > 0 {
            line.addRight(Line("\(NumberFormat.grouped(progress.failed)) failed", .red), rank: 3)
        }
        return line.line(width: width)
    }

    private func activity(width: Int, at seconds: Double) -> Line {
        if let loading = progress.loading {
            let waited = NumberFormat.clock(seconds - loading.since)
            var line = FittedLine(separator: Line("  "))
            line.add(Line("starting \(loading.engine)… ", .yellow) + Line(waited, .dim), rank: 0)
            if let phase = progress.phase {
                line.add(Line("\(phase.name) at \(phase.fraction)", .dim), rank: 1)
            }
            return line.line(width: width)
        }
        guard let phase = progress.phase else {
            return Line(betweenPhases, .dim).truncated(to: width)
        }
        return bar(phase, width: width, at: seconds)
    }

    private var betweenPhases: String {
        guard let total = progress.total else { return "reading the journal…" }
        if progress.finished < total { return "swapping engines…" }
        return progress.isGrading ? "grading the answers…" : "all finished, writing the results…"
    }

    private func bar(_ phase: PhaseProgress, width: Int, at seconds: Double) -> Line {
        let total = NumberFormat.grouped(phase.total)
        let done = Line(phase.fraction).padded(to: total.count * 2 + 1, alignRight: true)
        let share = Line(NumberFormat.percent(Proportion(phase.done, of: phase.total).value, places: 0))
        var line = FittedLine(separator: Line("  "))
        line.add(done, rank: 0)
        line.add(share.padded(to: 4, alignRight: true), rank: 1)
        line.add(
            phase.rate(at: seconds).map {
                Line("\(NumberFormat.si($0)) tok/s").padded(to: 12, alignRight: true)
            }, rank: 3)
        if progress.secondsLeft == nil {
            line.add(phase.remaining(at: seconds).map { Line("~\(NumberFormat.clock($0)) left", .dim) }, rank: 2)
        }
        let name = Line(phase.name.padded(to: 6), .strong)
        let figures = line.line(width: max(0, width - name.width - 2 - Self.leastBar))
        let barWidth = min(width - name.width - figures.width - 4, Self.mostBar)
        let bar = Bar.line(done: phase.done, of: phase.total, width: barWidth)
        return (name + "  " + bar + "  " + figures).truncated(to: width)
    }

    /// Wider lines are hard to read.
    private static let widest = 120
    private static let leastBar = 10
    private static let mostBar = 60

    private func foot(width: Int, at seconds: Double) -> Line {
        var line = FittedLine()
        line.add(
            progress.verdicts.acceptance.map {
                Line("accepted ", .dim) + Line(NumberFormat.percent($0), .green)
                    + Line(" of draft steps", .dim)
            }, rank: 1)
        if progress.swaps > 0 { line.add(Line(NumberFormat.counted(progress.swaps, "swap"), .dim), rank: 2) }
        if progress.retries > 0 {
            line.add(Line(NumberFormat.counted(progress.retries, "retry", "retries"), .yellow), rank: 3)
        }
        line.addRight(Line(NumberFormat.clock(seconds - progress.begin) + " elapsed", .dim), rank: 0)
        line.addRight(progress.secondsLeft.map { Line("~\(NumberFormat.clock($0)) left of the run") }, rank: 1)
        return line.line(width: width)
    }
}

extension String {
    func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - displayWidth))
    }
}
