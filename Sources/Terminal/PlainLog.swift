import Foundation
import Runner
import Support

/// The progress of a run as timestamped lines, for output that is not a terminal.
package struct PlainLog: Sendable {
    /// Seconds between two lines that only report the progress of a phase.
    package static let interval = 10.0

    package private(set) var progress: RunProgress
    private var lines: [String] = []
    private var lastTold = 0.0

    package init(job: String, begin: Double) {
        progress = RunProgress(job: job, begin: begin)
    }

    /// - Parameters:
    ///   - seconds: reading of a monotonic clock.
    ///   - date: the timestamp of the line.
    package mutating func take(_ event: RunEvent, at seconds: Double, date: Date) {
        for note in progress.take(event, at: seconds) {
            add(note.sentence, date)
            if case .phaseBegan = note { lastTold = seconds }
        }
        guard case .advanced = event, let phase = progress.phase, phase.done < phase.total,
            seconds - lastTold >= Self.interval
        else { return }
        lastTold = seconds
        add(sentence(phase, at: seconds), date)
    }

    /// Adds a message.
    package mutating func say(_ message: String, date: Date) {
        add(message, date)
    }

    /// Returns the lines that have not been taken yet.
    package mutating func takeLines() -> [String] {
        defer { lines = [] }
        return lines
    }

    private mutating func add(_ text: String, _ date: Date) {
        let time = date.formatted(.iso8601)
        lines += text.split(separator: "\n").map { "\(time) \(String($0).sanitized)" }
    }

    private func sentence(_ phase: PhaseProgress, at seconds: Double) -> String {
        let share = NumberFormat.percent(Proportion(phase.done, of: phase.total).value, places: 0)
        var parts = ["wave \(phase.wave) \(phase.name): \(phase.fraction) (\(share))"]
        if let rate = phase.rate(at: seconds) { parts.append("\(NumberFormat.si(rate)) tok/s") }
        if let share = progress.verdicts.acceptance {
            parts.append("accepted \(NumberFormat.percent(share))")
        }
        if let total = progress.total {
            parts.append("\(NumberFormat.grouped(progress.finished))/\(NumberFormat.grouped(total)) finished")
        }
        if let left = progress.secondsLeft {
            parts.append("about \(NumberFormat.clock(left)) left")
        } else if let remaining = phase.remaining(at: seconds) {
            parts.append("about \(NumberFormat.clock(remaining)) left in this phase")
        }
        return parts.joined(separator: ", ")
    }
}
