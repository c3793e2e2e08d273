import Decoding
import Support

/// The state of a run, as text.
package struct StatusView: Sendable {
    package let status: RunStatus

    package init(_ status: RunStatus) {
        self.status = status
    }

    package func lines(width: Int) -> [Line] {
        var lines = (Line(status.job, .strong) + Line("  \(status.directory)", .dim)).wrapped(to: width)
        lines += (state + Line(" · wave \(status.wave)", .dim)).wrapped(to: width)
        if let bar = bar(width: width) { lines.append(bar) }
        lines += [Line()] + (table.lines(width: width) ?? stacked(width: width)) + [Line()]
        lines += Line(engines, .dim).wrapped(to: width)
        return lines + next.flatMap { (Line("next  ", .dim) + $0).wrapped(to: width, indent: 6) }
    }

    private var isFinished: Bool { status.finished == status.total }

    private var state: Line {
        let count = "\(NumberFormat.grouped(status.finished))/\(NumberFormat.grouped(status.total)) finished"
        let failed =
            status.failed > 0 ? Line(", \(NumberFormat.grouped(status.failed)) failed", .red) : Line()
        if let holder = status.holder {
            return Line("running", .green) + " in \(holder) · \(count)" + failed
        }
        if isFinished, status.hasResults { return Line("done", .green) + " · \(count)" + failed }
        return Line("stopped", .yellow) + " · \(count)" + failed
    }

    private func bar(width: Int) -> Line? {
        guard let phase = status.phase else { return nil }
        let (done, total) = status.methods.reduce((0, 0)) { ($0.0 + $1.phaseDone, $0.1 + $1.phaseTotal) }
        let figures = Line(
            "\(NumberFormat.grouped(done))/\(NumberFormat.grouped(total))  "
                + NumberFormat.percent(Proportion(done, of: total).value, places: 0))
        let name = Line(phase.padded(to: 6), .strong)
        let width = min(60, width - name.width - figures.width - 4)
        return name + "  " + Bar.line(done: done, of: total, width: width) + "  " + figures
    }

    // MARK: Methods

    private var table: Table {
        var table = Table(columns: [.init(title: "method", alignRight: false), .init(title: "finished")])
        if status.phase != nil { table.columns.append(.init(title: "this phase")) }
        let phases = isFinished ? [] : Self.phases
        table.columns += phases.map { .init(group: "waiting for", title: $0) }
        table.columns += [.init(title: "failed"), .init(title: "accepted")]
        table.rows = status.methods.map { method in
            var cells = [Line(method.method, .strong), Line(fraction(method.finished, method.total))]
            if status.phase != nil { cells.append(Line(fraction(method.phaseDone, method.phaseTotal))) }
            cells += phases.map { number(method.waiting[$0] ?? 0) }
            cells += [
                number(method.failed, .red), Line(NumberFormat.percent(method.verdicts.acceptance)),
            ]
            return .cells(cells)
        }
        return table
    }

    private func stacked(width: Int) -> [Line] {
        status.methods.flatMap { method -> [Line] in
            var parts = ["\(fraction(method.finished, method.total)) finished"]
            if let phase = status.phase {
                parts.append("\(phase) \(fraction(method.phaseDone, method.phaseTotal))")
            }
            if method.failed > 0 { parts.append("\(NumberFormat.grouped(method.failed)) failed") }
            if let share = method.verdicts.acceptance {
                parts.append("\(NumberFormat.percent(share)) accepted")
            }
            return (Line(method.method, .strong) + "  " + Line(parts.joined(separator: ", ")))
                .wrapped(to: width, indent: 2)
        }
    }

    private static let phases = [Role.draft, .prm, .target].map(\.phase)

    private func fraction(_ part: Int, _ whole: Int) -> String {
        "\(NumberFormat.grouped(part))/\(NumberFormat.grouped(whole))"
    }

    private func number(_ count: Int, _ style: Style = .plain) -> Line {
        count == 0 ? Line("–", .dim) : Line(NumberFormat.grouped(count), style)
    }

    // MARK: Engines, and what to do

    private var engines: String {
        let (loading, working) = (
            status.figures.seconds.loading.values, status.figures.seconds.working.values
        )
        let spent = [
            "\(NumberFormat.duration(loading.reduce(0, +))) loading",
            "\(NumberFormat.duration(working.reduce(0, +))) working",
        ]
        let swaps = NumberFormat.counted(status.figures.swaps, "swap")
        return ([swaps] + status.figures.startWords + spent).joined(separator: " · ")
    }

    /// The directory above a shard's.
    private var parent: String {
        let parts = status.directory.split(separator: "/", omittingEmptySubsequences: false).filter { $0 != "" }
        let above = parts.dropLast().joined(separator: "/")
        return status.directory.hasPrefix("/") ? "/" + above : above.isEmpty ? "." : above
    }

    private var next: [Line] {
        let directory = status.directory.shellWord
        let job = "\(status.directory)/job.yaml".shellWord
        let again =
            status.shard.map { "rsd-batch run \(job) --run-dir \(parent.shellWord) --shard \($0)" }
            ?? "rsd-batch run \(job) --run-dir \(directory)"
        if let holder = status.holder {
            return [Line("wait for it, or stop it for now: kill -TERM \(holder.pid) (on \(holder.host))")]
        }
        guard isFinished, status.hasResults else { return [Line("resume: \(again)")] }
        let retry = status.failed > 0 ? [Line("retry the failed: \(again) --retry-failed")] : []
        let show = status.example.map { Line("inspect one: rsd-batch show \(directory) \($0.shellWord)") }
        return retry + (show.map { [$0] } ?? [])
    }
}
