import Support

extension RunView {
    /// The lines of a note that stay above the block; none if the block itself shows it.
    static func lines(for note: Note, width: Int) -> [Line] {
        switch note {
        case .loading, .loaded, .phaseBegan: []
        case .phaseEnded(let phase, let seconds, let loads):
            [line(for: phase, seconds: seconds, loads: loads, width: width)]
        case .began, .swept: paragraph(note.sentence, .dim, width: width)
        case .failed, .moreFailed: paragraph(note.sentence, mark: Line("✗ ", .red), width: width)
        case .retry, .trouble: paragraph(note.sentence, mark: Line("! ", .yellow), width: width)
        case .message(let text, let style): paragraph(text, style, width: width)
        }
    }

    /// Text with its own line breaks kept, as messages of engines have them.
    private static func paragraph(
        _ text: String, _ style: Style = .plain, mark: Line = Line(), width: Int
    ) -> [Line] {
        text.split(separator: "\n").enumerated().flatMap { index, piece in
            ((index == 0 ? mark : Line("  ")) + Line(String(piece), style)).wrapped(to: width, indent: 2)
        }
    }

    private static func line(
        for phase: PhaseProgress, seconds: Double, loads: [RunProgress.Load], width: Int
    ) -> Line {
        let isWhole = phase.done == phase.total
        let mark = phase.failed > 0 ? Line("✗ ", .red) : isWhole ? Line("✓ ", .green) : Line("– ", .yellow)
        let tokens = "\(NumberFormat.grouped(phase.tokens)) \(phase.roles == [.prm] ? "read" : "tokens")"
        let start = loads.reduce(0) { $0 + $1.seconds }
        var line = FittedLine(separator: Line("  "))
        line.add(mark + "wave \(phase.wave)".padded(to: 7) + " " + phase.name.padded(to: 6), rank: 0)
        line.add(Line(phase.fraction).padded(to: 13, alignRight: true), rank: 0)
        line.add(
            Line(tokens.hasSuffix("read") ? tokens + "  " : tokens).padded(to: 19, alignRight: true), rank: 2)
        let rate =
            phase.tokens > 0 && seconds >= 0.05 ? NumberFormat.si(Double(phase.tokens) / seconds) + "/s" : ""
        line.add(Line(rate, .dim).padded(to: 8, alignRight: true), rank: 3)
        line.add(Line(NumberFormat.duration(seconds)).padded(to: 8, alignRight: true), rank: 0)
        line.add(loads.isEmpty ? nil : Line("+ \(NumberFormat.duration(start)) to start", .dim), rank: 4)
        return line.line(width: width)
    }
}

extension Note {
    /// The note as a sentence.
    var sentence: String {
        switch self {
        case .began(let total, _, 0): "\(NumberFormat.counted(total, "trajectory", "trajectories")) to do"
        case .began(let total, let finished, let replayed):
            "resuming: \(NumberFormat.grouped(finished)) of "
                + "\(NumberFormat.counted(total, "trajectory", "trajectories")) finished, "
                + "\(NumberFormat.counted(replayed, "event")) in the journal"
        case .swept(let count):
            "stopped \(NumberFormat.counted(count, "engine")) left behind by an earlier process"
        case .loading(let engine): "starting \(engine)"
        case .loaded(let engine, let seconds, let manner):
            "\(engine) is up after \(NumberFormat.duration(seconds))" + (manner.map { " (\($0))" } ?? "")
        case .phaseBegan(let phase):
            "wave \(phase.wave) \(phase.name) begins: "
                + NumberFormat.counted(phase.total, "trajectory", "trajectories")
        case .phaseEnded(let phase, let seconds, _):
            "wave \(phase.wave) \(phase.name) ended: \(phase.fraction) in \(NumberFormat.duration(seconds)), "
                + "\(NumberFormat.grouped(phase.tokens)) tokens\(phase.roles == [.prm] ? " read" : "")"
        case .failed(let id, let reason): "\(id) failed: \(reason)"
        case .moreFailed(let count): "and \(NumberFormat.grouped(count)) more failed in this phase"
        case .retry(let id, let reason): "\(id) will be retried: \(reason)"
        case .trouble(let text): "\(text); restarting it"
        case .message(let text, _): text
        }
    }
}
