import ModelLifecycle
import Support

/// What `doctor` found, as text.
package struct FindingsView: Sendable {
    package let findings: [MachineFinding]

    package init(_ findings: [MachineFinding]) { self.findings = findings }

    /// Whether a job can run.
    package var canRun: Bool { !findings.contains { $0.severity == .error } }

    package func lines(width: Int) -> [Line] {
        let first = Self.severityWidth
        let topics = (findings.map(\.topic.displayWidth).max() ?? 0) + 2
        var lines: [Line] = []
        for (index, finding) in findings.enumerated() {
            let isNew = index == 0 || findings[index - 1].topic != finding.topic
            let head =
                finding.severity.line.padded(to: first)
                + Line(isNew ? finding.topic : "", .strong).padded(to: topics)
            lines += (head + finding.text).wrapped(to: width, indent: first + topics)
            guard let remedy = finding.remedy else { continue }
            let margin = Line(String(repeating: " ", count: first + topics))
            lines += (margin + Line(remedy, .dim)).wrapped(to: width, indent: first + topics)
        }
        return lines + [Line()] + verdict.wrapped(to: width)
    }

    private static let severityWidth = 9

    private var verdict: Line {
        let counts = [(MachineFinding.Severity.error, "error"), (.warning, "warning")].compactMap {
            severity, noun -> String? in
            let count = findings.count { $0.severity == severity }
            return count > 0 ? NumberFormat.counted(count, noun) : nil
        }
        let rest = counts.isEmpty ? "" : ": \(counts.joined(separator: ", "))"
        return canRun
            ? Line("Jobs with vLLM can run here", .green) + rest : Line("Jobs with vLLM cannot run here", .red) + rest
    }
}

extension MachineFinding.Severity {
    fileprivate var line: Line {
        switch self {
        case .fine: Line("ok", .green)
        case .note: Line("note", .dim)
        case .warning: Line("warning", .yellow)
        case .error: Line("error", .red)
        }
    }
}
