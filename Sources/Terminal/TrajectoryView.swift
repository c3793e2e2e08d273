import Decoding
import Support

/// A trajectory as text: the question, each step with its origin, reward and alternatives, and how it ended.
package struct TrajectoryView: Sendable {
    package let report: TrajectoryReport

    package init(_ report: TrajectoryReport) {
        self.report = report
    }

    package func lines(width: Int) -> [Line] {
        var lines = [Line(report.id, .strong)]
        if !report.question.isEmpty {
            lines += [Line()] + paragraph(report.question, Line("  "), .plain, width: width)
        }
        if let meta = report.meta {
            let fields = meta.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value.words)" }
            lines += [Line()] + (Line("  ") + Line(fields.joined(separator: " · "), .dim)).wrapped(to: width, indent: 2)
        }
        lines.append(Line())
        var reader = report.thoughts.map(ThoughtReader.init)
        for (index, step) in report.steps.enumerated() {
            lines += self.lines(for: step, number: index + 1, reader, width: width)
            _ = reader?.read(step.text)
        }
        if report.steps.isEmpty { lines.append(Line("  no steps yet", .dim)) }
        return lines + [Line()] + facts(width: width)
    }

    // MARK: Steps

    /// For a step of a model that ended the response at once.
    private static let nothing = "nothing more"

    /// - Parameter reader: has read the steps before; nil if nothing is known of thoughts.
    private func lines(for step: Step, number: Int, _ reader: ThoughtReader?, width: Int) -> [Line] {
        let label = Line(String(number), .dim).padded(to: 3, alignRight: true)
        guard let rejected = step.rejected else {
            return entry(label, step.origin, step.reward, isRejected: false, step.text, reader, width: width)
                + alternatives(to: step, width: width)
        }
        return entry(label, .draft, rejected.reward, isRejected: true, rejected.text, nil, width: width)
            + entry(Line("   "), step.origin, step.reward, isRejected: false, step.text, reader, width: width)
    }

    private func entry(
        _ label: Line, _ origin: Role, _ reward: Double?, isRejected: Bool, _ text: String, _ reader: ThoughtReader?,
        width: Int
    ) -> [Line] {
        let style: Style = isRejected ? .red : origin == .target ? .yellow : .green
        let mark = isRejected ? "✗" : origin == .draft && reward != nil ? "✓" : " "
        let words = text.isEmpty ? Self.nothing : text
        let head = label + "  " + Line(origin.rawValue.padded(to: 6), style) + "  " + value(reward, mark, style)
        if var reader, !text.isEmpty {
            // Thoughts are dim, and the rest begins on a line of its own.
            return reader.read(text).enumerated().flatMap { index, part in
                paragraph(
                    part.text, index == 0 ? head : Line(String(repeating: " ", count: head.width)),
                    part.isThought ? .dim : .plain, width: width)
            }
        }
        return paragraph(words, head, isRejected || text.isEmpty ? .dim : .plain, width: width)
    }

    /// The rejected candidates, best first; equal ones share a line.
    private func alternatives(to step: Step, width: Int) -> [Line] {
        var counts: [(other: Alternative, count: Int)] = []
        for other in step.alternatives ?? [] {
            if let place = counts.firstIndex(where: { $0.other == other }) {
                counts[place].count += 1
            } else {
                counts.append((other, 1))
            }
        }
        return counts.sorted { ($0.other.reward ?? -1) > ($1.other.reward ?? -1) }.map { other, count in
            let words = other.text.split(whereSeparator: \.isNewline).joined(separator: " ")
            let times = Line(count > 1 ? "\(count)×" : "", .dim).padded(to: 11, alignRight: true) + "  "
            let text = Line(words.isEmpty ? Self.nothing : words, .dim)
            return (times + value(other.reward, "✗", .red) + text).truncated(to: width)
        }
    }

    /// A reward or a score with its mark, and a gap.
    private func value(_ number: Double?, _ mark: String, _ style: Style) -> Line {
        Line(number.map { NumberFormat.fixed($0, 3) } ?? "–", number == nil ? .dim : style)
            .padded(to: 5, alignRight: true) + " " + Line(mark, style) + "  "
    }

    /// Text after a head, its own line breaks kept, all lines indented alike.
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
            facts.append(("answer", answer + verdict))
        }
        if !report.gold.isEmpty { facts.append(("gold", Line(report.gold))) }
        facts += candidates
        let lines = facts.flatMap { name, value in
            (Line("  " + name.padded(to: 11), .dim) + value).wrapped(to: width, indent: 13)
        }
        let tokens = TokenSentences(report.tokens).lines(width: width)
        return lines + (tokens.isEmpty ? [] : [Line("  tokens", .dim)] + tokens)
    }

    private var verdict: Line {
        let reason = report.verdictReason.map { Line(": \($0)", .dim) } ?? Line()
        return switch report.verdict {
        case .right: Line("  ✓ correct", .green)
        case .wrong, .empty: Line("  ✗ wrong", .red) + reason
        case .timeout: Line("  ✗ not graded in time, counts as wrong", .yellow) + reason
        case .error: Line("  ✗ not graded, counts as wrong", .yellow) + reason
        case nil: Line()
        }
    }

    /// The answer of each candidate solution, with its score if it has one.
    private var candidates: [(String, Line)] {
        let candidates = report.candidates ?? []
        let digits = String(candidates.count).count
        return candidates.enumerated().map { index, candidate in
            let number = Line(String(index + 1), .dim).padded(to: digits, alignRight: true) + "  "
            let mark = candidate.chosen ? "✓" : " "
            let answer = candidate.answer.map { Line($0) } ?? Line("none found", .dim)
            let end = candidate.finish.isComplete ? Line() : Line("  " + candidate.finish.rawValue, .yellow)
            return (index == 0 ? "candidates" : "", number + value(candidate.score, mark, .green) + answer + end)
        }
    }

    private var finish: Line {
        let byTarget = report.steps.count { $0.origin == .target }
        let steps = NumberFormat.counted(report.steps.count, "step")
        let waves = NumberFormat.counted(report.waves, "wave")
        let tail = " · \(steps), \(byTarget) by the target · \(waves)"
        guard let finish = report.finish else {
            return Line("unfinished: waiting for \(report.waitsFor ?? "nothing")", .yellow) + Line(tail, .dim)
        }
        let style: Style = finish.isComplete ? .plain : finish == .failed ? .red : .yellow
        return Line(finish.rawValue, style) + Line(tail, .dim)
    }
}
