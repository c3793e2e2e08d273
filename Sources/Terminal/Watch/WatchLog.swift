import Reporting
import Support

/// A run that is watched, as one line at a time, for output that is not a terminal.
package enum WatchLog {
    /// `running, 412/600 finished (69%), wave 3 target, 83.1% accepted, rsd 94.6% of 112, about 1:12 left`
    package static func sentence(_ run: LiveRun) -> String {
        let share = NumberFormat.percent(Proportion(run.finished, of: run.total).value, places: 0)
        var parts = [
            run.state == .silent ? "no sign of life" : run.state.rawValue,
            "\(NumberFormat.grouped(run.finished))/\(NumberFormat.grouped(run.total)) finished (\(share))",
        ]
        if run.failed > 0 { parts.append("\(NumberFormat.grouped(run.failed)) failed") }
        if run.wave > 0 { parts.append("wave \(run.wave)" + (run.phase.map { " \($0)" } ?? "")) }
        if run.acceptance != nil { parts.append("\(NumberFormat.percent(run.acceptance)) accepted") }
        parts += run.methods.filter { $0.graded > 0 }.map {
            "\($0.method) \(NumberFormat.percent($0.accuracy))"
                + ($0.graded == $0.total ? "" : " of \(NumberFormat.grouped($0.graded))")
        }
        if run.state == .running, run.finished < run.total {
            parts.append(run.secondsLeft.map { "about \(NumberFormat.clock($0)) left" } ?? "time left unknown")
        }
        return parts.joined(separator: ", ").sanitized
    }
}
