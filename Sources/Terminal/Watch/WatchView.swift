import Decoding
import Reporting
import Support

/// A run that is watched, as a block for a terminal.
package struct WatchView: Sendable {
    package let run: LiveRun
    /// As the user would type it.
    package let directory: String

    package init(_ run: LiveRun, directory: String) {
        (self.run, self.directory) = (run, directory)
    }

    /// No line is wider than `width`, and there are no more lines than fit into `height`: tables give way first.
    package func lines(width: Int, height: Int = .max) -> [Line] {
        let width = min(width, Self.widest)
        let head =
            (Line(run.job, .strong) + Line("  \(directory)", .dim)).wrapped(to: width) + [state(width), bar(width)]
        let parts = [methods(width), shards(width), engines(width), note(width)].filter { !$0.isEmpty }
        var lines = head
        for part in parts where lines.count + part.count + 1 < height { lines += [Line()] + part }
        return lines.count < height ? lines : Array(head.suffix(max(1, height - 1)))
    }

    private static let widest = 120

    // MARK: The run

    private func state(_ width: Int) -> Line {
        var line = FittedLine()
        line.add(word, rank: 0)
        if !run.shards.isEmpty { line.add(Line(NumberFormat.counted(run.shards.count, "shard")), rank: 1) }
        if let holder = run.holder, run.state != .done { line.add(Line("\(holder)", .dim), rank: 3) }
        if run.wave > 0 { line.add(Line("wave \(run.wave)" + (run.phase.map { " \($0)" } ?? "")), rank: 1) }
        if run.failed > 0 { line.add(Line("\(NumberFormat.grouped(run.failed)) failed", .red), rank: 1) }
        return line.line(width: width)
    }

    private var word: Line {
        switch run.state {
        case .running: Line("running", .green)
        case .silent: Line("no sign of life", .yellow)
        case .stopped: Line("stopped", .yellow)
        case .done: Line("done", .green)
        }
    }

    private func bar(_ width: Int) -> Line {
        var line = FittedLine(separator: Line("  "))
        line.add(Line("\(NumberFormat.grouped(run.finished))/\(NumberFormat.grouped(run.total)) finished"), rank: 0)
        line.add(Line(NumberFormat.percent(Proportion(run.finished, of: run.total).value, places: 0)), rank: 1)
        line.add(timeLeft.map { Line($0, .dim) }, rank: 0)
        let least = 8
        let figures = line.line(width: max(0, width - least - 2))
        let bar = Bar.line(done: run.finished, of: run.total, width: min(40, width - figures.width - 2))
        return (bar + "  " + figures).truncated(to: width)
    }

    /// nil if the run is not at work.
    private var timeLeft: String? {
        guard run.state == .running, run.finished < run.total else { return nil }
        return run.secondsLeft.map { "~\(NumberFormat.clock($0)) left" } ?? "time left unknown"
    }

    // MARK: Methods

    private func methods(_ width: Int) -> [Line] {
        let phases = [Role.draft, .prm, .target, .speculative].map(\.phase).filter { phase in
            run.methods.contains { ($0.waiting[phase] ?? 0) > 0 }
        }
        var table = Table(columns: [.init(title: "method", alignRight: false), .init(title: "finished")])
        table.columns += phases.map { .init(group: "waiting for", title: $0) }
        table.columns += [
            .init(title: "failed"), .init(title: "accepted"), .init(title: "accuracy", alignRight: false),
        ]
        table.rows = run.methods.map { method in
            var cells = [Line(method.method, .strong), Line(Self.fraction(method.finished, method.total))]
            cells += phases.map { Self.number(method.waiting[$0] ?? 0) }
            cells += [Self.number(method.failed, .red), Line(NumberFormat.percent(method.acceptance))]
            return .cells(cells + [accuracy(of: method)])
        }
        return table.lines(width: width) ?? run.methods.flatMap { stacked($0, width) }
    }

    private func stacked(_ method: LiveRun.Method, _ width: Int) -> [Line] {
        var parts = [Line("\(Self.fraction(method.finished, method.total)) finished")]
        if method.failed > 0 { parts.append(Line("\(NumberFormat.grouped(method.failed)) failed", .red)) }
        if method.acceptance != nil { parts.append(Line("\(NumberFormat.percent(method.acceptance)) accepted")) }
        if method.graded > 0 { parts.append(accuracy(of: method) + " right") }
        let line = parts.enumerated().reduce(Line()) { $0 + ($1.offset > 0 ? ", " : "") + $1.element }
        return (Line(method.method, .strong) + "  " + line).wrapped(to: width, indent: 2)
    }

    private func accuracy(of method: LiveRun.Method) -> Line {
        guard method.graded > 0 else { return Line(run.grader == nil ? "not graded yet" : "–", .dim) }
        let all = method.graded == method.total
        return Line(NumberFormat.percent(method.accuracy), .green)
            + Line(all ? "" : " of \(NumberFormat.grouped(method.graded))", .dim)
    }

    private static func fraction(_ part: Int, _ whole: Int) -> String {
        "\(NumberFormat.grouped(part))/\(NumberFormat.grouped(whole))"
    }

    private static func number(_ count: Int, _ style: Style = .plain) -> Line {
        count == 0 ? Line("–", .dim) : Line(NumberFormat.grouped(count), style)
    }

    // MARK: Shards and engines

    private static let mostShards = 16

    private func shards(_ width: Int) -> [Line] {
        guard !run.shards.isEmpty else { return [] }
        var lines = run.shards.prefix(Self.mostShards).map { part in
            var line = FittedLine()
            line.add(Line("shard \(part.shard)", .strong), rank: 0)
            line.add(Line(Self.words(part)), rank: 0)
            if let shard = part.run {
                line.add(Line("\(Self.fraction(shard.finished, shard.total)) finished"), rank: 0)
                if let phase = shard.phase { line.add(Line("wave \(shard.wave) \(phase)"), rank: 1) }
                if let left = shard.secondsLeft { line.add(Line("~\(NumberFormat.clock(left)) left", .dim), rank: 2) }
                if shard.state != .done, let holder = shard.holder { line.add(Line("\(holder)", .dim), rank: 3) }
            }
            return line.line(width: width)
        }
        let rest = run.shards.count - lines.count
        if rest > 0 { lines.append(Line("and \(NumberFormat.counted(rest, "other"))", .dim)) }
        return lines
    }

    private static func words(_ part: LiveRun.Part) -> String {
        if let fault = part.fault { return fault }
        guard let state = part.run?.state else { return "not started" }
        return state == .silent ? "no sign of life" : state.rawValue
    }

    private func engines(_ width: Int) -> [Line] {
        guard run.engines.contains(where: { $0.requests > 0 }) else { return [] }
        var table = Table(columns: [
            .init(title: "engine", alignRight: false), .init(title: "tokens/s"), .init(title: "tokens"),
            .init(title: "requests"), .init(title: "at work"),
        ])
        table.rows = run.engines.map { engine in
            .cells([
                Line(engine.engine, .strong), Line(engine.tokensPerSecond.map { NumberFormat.si($0) } ?? "–"),
                Self.number(engine.tokens), Self.number(engine.requests), Line(NumberFormat.duration(engine.seconds)),
            ])
        }
        return table.lines(width: width)
            ?? run.engines.flatMap { engine in
                let rate = engine.tokensPerSecond.map { NumberFormat.si($0) } ?? "–"
                return (Line(engine.engine, .strong) + "  \(rate) tokens/s").wrapped(to: width, indent: 2)
            }
    }

    private func note(_ width: Int) -> [Line] {
        var parts = [NumberFormat.counted(run.swaps, "swap"), NumberFormat.counted(run.starts, "engine start")]
        if let joules = run.joules { parts.insert("energy \(NumberFormat.energy(joules: joules))", at: 0) }
        return Line(parts.joined(separator: " · "), .dim).wrapped(to: width)
    }
}
