import Foundation
import JobSpecs

/// When a run has to be over, and what may still begin before that.
///
/// A load or a phase begins only where it can end usefully: bringing the engines up, a least stretch of work, and stopping all
/// again must fit into the time that is left.
package struct Deadline: Sendable, Equatable {
    /// What to call it: `--deadline`, or Slurm's end of the job.
    package var source: String
    package var end: Date

    package init(_ source: String, end: Date) {
        self.source = source
        self.end = end
    }

    /// Reads a time, `2026-05-01T18:00:00Z` (without a zone it is local), or a duration from now, such as `90m`, `1h30m` or `2d`.
    package init?(_ text: String, now: Date) {
        source = "--deadline"
        if let seconds = Self.duration(text) {
            end = now + min(seconds, Duration.longest)
        } else if let date = Self.date(text) {
            end = date
        } else {
            return nil
        }
    }

    /// Slurm's own end of the job that this process is part of, where Slurm tells it.
    package static func slurm(_ environment: [String: String]) -> Deadline? {
        guard let text = environment["SLURM_JOB_END_TIME"], let seconds = Double(text), seconds > 0, seconds.isFinite
        else { return nil }
        return Deadline("the end of the Slurm job", end: Date(timeIntervalSince1970: seconds))
    }

    private static func duration(_ text: String) -> Double? {
        guard let match = text.wholeMatch(of: /(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?/), !text.isEmpty else {
            return nil
        }
        let parts = [(match.1, 86_400.0), (match.2, 3600.0), (match.3, 60.0), (match.4, 1.0)]
        return parts.reduce(0) { $0 + ($1.0.flatMap { Double($0) } ?? 0) * $1.1 }
    }

    private static func date(_ text: String) -> Date? {
        let zoned = Date.ISO8601FormatStyle()
        let local = Date.ISO8601FormatStyle(timeZone: .current).year().month().day().dateSeparator(.dash)
            .time(includingFractionalSeconds: false)
        return (try? zoned.parse(text)) ?? (try? local.parse(text))
    }
}

extension Deadline {
    /// What takes time beside the work itself, in seconds.
    package struct Costs: Sendable, Equatable {
        /// Bringing an engine up that has never come up in this run.
        var unknownLoad: Double
        /// Work for which a load or a phase is worth beginning.
        var leastWork: Double
        /// Letting answers in flight arrive, and stopping the engines.
        var stopping: Double
    }

    /// Why nothing may begin now.
    ///
    /// - Parameters:
    ///   - engines: those to be brought up first; none where they are up.
    ///   - arriving: seconds that this is likely to take.
    /// - Returns: nil where there is time enough.
    package func refusal(now: Date, bringingUp engines: [String], arriving: Double, _ costs: Costs) -> String? {
        let left = end.timeIntervalSince(now)
        guard left < arriving + costs.leastWork + costs.stopping else { return nil }
        let loading =
            engines.isEmpty
            ? "" : "bringing up \(engines.joined(separator: " and ")) takes about \(Self.seconds(arriving)), "
        return
            "\(source) is \(Self.seconds(left)) away, and \(loading)work of less than \(Self.seconds(costs.leastWork)) "
            + "and \(Self.seconds(costs.stopping)) to stop is not worth beginning"
    }

    /// Seconds until the engines have to be stopped.
    func secondsToStop(now: Date, _ costs: Costs) -> Double {
        max(0, end.timeIntervalSince(now) - costs.stopping)
    }

    private static func seconds(_ time: Double) -> String { "\(Int(bounding: max(0, time))) s" }
}

extension EngineSpec {
    /// See ``Deadline/Costs``. The limit of a start is no measure: it is for the worst there is.
    var deadlineCosts: Deadline.Costs {
        let stopping = EngineExecutor.drainSeconds + stopGrace
        return Deadline.Costs(unknownLoad: kind.unknownStart, leastWork: kind.leastWork, stopping: stopping)
    }
}
