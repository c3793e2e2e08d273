import RSDJobs

/// A trajectory for people: the question, each step with its writer and reward, and how it ended.
public struct TrajectoryView: Sendable {
    public let report: TrajectoryReport

    public init(_ report: TrajectoryReport) {
        self.report = report
    }

    public func lines(width: Int) -> [Line] {
        var lines = [Line(report.id, .strong)]
        if !report.question.isEmpty {
            lines += [Line()] + paragraph(report.question, Line("  "), .plain, width: width)
        }
        lines.append(Line())
        for (index, step) in report.steps.enumerated() {
            lines += self.lines(for: step, number: index + 1, width: width)
        }
        if report.steps.isEmpty { lines.append(Line("  no step yet", .dim)) }
        return lines + [Line()] + facts(width: width)
    }

    // MARK: Steps

    private func lines(for step: Step, number: Int, width: Int) -> [Line] {
        let label = Line(String(number), .dim).padded(to: 3, alignRight: true)
        guard let rejected = step.rejected else {
            return entry(label, step.origin, step.reward, isRejected: false, step.text, width: width)
        }
        return entry(label, .draft, rejected.reward, isRejected: true, rejected.text, width: width)
            + entry(Line("   "), step.origin, step.reward, isRejected: false, step.text, width: width)
    }

    private func entry(
        _ label: Line, _ origin: Role, _ reward: Double?, isRejected: Bool, _ text: String, width: Int
    ) -> [Line] {
        let style: Style = isRejected ? .red : origin == .target ? .yellow : .green
        let mark = isRejected ? "✗" : origin == .draft && reward != nil ? "✓" : " "
        let value = reward.map { NumberFormat.fixed($0, 3) } ?? "–"
        let head =
            label + "  " + Line(origin.rawValue.padded(to: 6), style) + "  "
            + Line(value, reward == nil ? .dim : style).padded(to: 5, alignRight: true) + " "
            + Line(mark, style)
            + "  "
        return paragraph(text, head, isRejected ? .dim : .plain, width: width)
    }

    /// Text after a head, its own line breaks kept, all lines at the same indent.
    private func paragraph(_ text: String, _ head: Line, _ style: Style, width: Int) -> [Line] {
        let indent = head.width < width / 2 ? head.width : 2
        var pieces = text.split(separator: "\n", omittingEmptySubsequences: false)
        while pieces.count > 1, pieces.last?.isEmpty == true { pieces.removeLast() }
        return pieces.enumerated().flatMap { index, piece in
            let start = index == 0 ? head : Line(String(repeating: " ", count: indent))
            return (start + Line(String(piece), style)).wrapped(to: width, indent: indent)
        }
    }

    // MARK: How it ended

    private func facts(width: Int) -> [Line] {
        var facts: [(String, Line)] = [("finish", finish)]
        if let failure = report.failure { facts.append(("failure", Line(failure, .red))) }
        if report.finish != nil {
            let answer = report.answer.map { Line($0) } ?? Line("none found", .dim)
            let verdict = report.correct == true ? Line("  ✓ correct", .green) : Line("  ✗ wrong", .red)
            facts.append(("answer", answer + verdict))
        }
        if !report.gold.isEmpty { facts.append(("gold", Line(report.gold))) }
        let lines = facts.flatMap { name, value in
            (Line("  " + name.padded(to: 11), .dim) + value).wrapped(to: width, indent: 13)
        }
        let tokens = TokenSentences(report.tokens).lines(width: width)
        return lines + (tokens.isEmpty ? [] : [Line("  tokens", .dim)] + tokens)
    }

    private var finish: Line {
        let byTarget = report.steps.count { $0.origin == .target }
        let steps = NumberFormat.counted(report.steps.count, "step")
        let waves = NumberFormat.counted(report.waves, "wave")
        let tail = " · \(steps), \(byTarget) by the target · \(waves)"
        guard let finish = report.finish else {
            return Line("not yet: waits for \(report.waitsFor ?? "nothing")", .yellow) + Line(tail, .dim)
        }
        let style: Style = finish == .eos ? .plain : finish == .failed ? .red : .yellow
        return Line(finish.rawValue, style) + Line(tail, .dim)
    }
}
