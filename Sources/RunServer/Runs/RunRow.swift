import Foundation
import Reporting
import RunStore
import Support

/// A run in the index, as the page shows it and as its script gets it.
struct RunRow: Sendable, Equatable, Encodable {
    /// The directory below the folder, such as `sweep/small`; the folder's name if it is itself the run.
    var id: String
    /// Of its page.
    var href: String
    var job: String
    /// `running`, `silent`, `stopped`, `done`, `reading` or `unreadable`.
    var state: String
    var finished: Int
    var total: Int
    var progress: String
    var accuracy: String
    var acceptance: String
    var left: String
    /// `2026-11-28 20:44`
    var begun: String
    /// Why it cannot be read.
    var fault: String?

    /// A run that was not read yet, or cannot be.
    init(id: String, fault: String? = nil) {
        self.id = id
        href = "run/\(Self.encoded(id))/"
        (job, state, finished, total) = ("", fault == nil ? "reading" : "unreadable", 0, 0)
        (progress, accuracy, acceptance, left, begun) = ("", "", "", "", "")
        self.fault = fault
    }

    init(id: String, _ run: LiveRun) {
        self.init(id: id)
        (job, state, finished, total) = (run.job, run.state.rawValue, run.finished, run.total)
        progress = "\(NumberFormat.grouped(run.finished)) of \(NumberFormat.grouped(run.total))"
        if run.failed > 0 { progress += ", \(NumberFormat.grouped(run.failed)) failed" }
        if !run.shards.isEmpty { progress += ", \(NumberFormat.counted(run.shards.count, "shard"))" }
        accuracy = Self.accuracy(of: run)
        acceptance = run.acceptance.map { NumberFormat.percent($0) } ?? ""
        if run.state == .running, run.finished < run.total {
            left = run.secondsLeft.map { "~\(NumberFormat.clock($0))" } ?? "unknown"
        }
        begun = String((run.created ?? "").prefix(16)).replacing("T", with: " ")
    }

    private static func accuracy(of run: LiveRun) -> String {
        guard run.methods.contains(where: { $0.graded > 0 }) else { return run.grader == nil ? "not graded yet" : "" }
        let methods = run.methods.filter { $0.graded > 0 }.map { "\($0.method) \(NumberFormat.percent($0.accuracy))" }
        return methods.prefix(6).joined(separator: "\n") + (methods.count > 6 ? "\n…" : "")
    }

    /// One component of a path.
    private static func encoded(_ text: String) -> String {
        let plain = CharacterSet(charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_~")
        // A component of dots alone would lead elsewhere.
        return text.addingPercentEncoding(withAllowedCharacters: plain) ?? ""
    }
}
