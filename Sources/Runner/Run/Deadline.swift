import Foundation
import JobSpecs

/// When a run must be over, and what may still begin before that.
///
/// A load or a phase begins only if it can end usefully: starting the engines, a minimum of work, and stopping everything must
/// fit into the time left.
package struct Deadline: Sendable, Equatable {
    /// Where it comes from: `--deadline`, or the end of the Slurm job.
    package var source: String
    package var end: Date

    package init(_ source: String, end: Date) {
        self.source = source
        self.end = end
    }

    /// Parses a time, `2026-05-01T18:00:00Z` (local without a zone), or a duration from now, such as `90m`, `1h30m` or `2d`.
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

    /// The end of the Slurm job that this process is part of, if Slurm reports it.
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
    /// Estimated durations, in seconds.
    package struct Costs: Sendable, Equatable {
        /// Starting an engine that has not started in this run.
        var unknownLoad: Double
        /// Minimum work that makes a load or a phase worthwhile.
        var leastWork: Double
        /// Waiting for responses in flight, and stopping the engines.
        var stopping: Double
    }

    /// Returns why nothing may begin now.
    ///
    /// - Parameters:
    ///   - engines: engines to start first; empty if they are up.
    ///   - arriving: predicted seconds to start them.
    /// - Returns: nil if there is enough time.
    package func refusal(now: Date, bringingUp engines: [String], arriving: Double, _ costs: Costs) -> String? {
        let left = end.timeIntervalSince(now)
        guard left < arriving + costs.leastWork + costs.stopping else { return nil }
        let loading =
            engines.isEmpty
            ? "" : "starting \(engines.joined(separator: " and ")) (about \(Self.seconds(arriving))), "
        return
            "\(source) is \(Self.seconds(left)) away: too soon for \(loading)\(Self.seconds(costs.leastWork)) of work "
            + "and \(Self.seconds(costs.stopping)) to stop"
    }

    /// Seconds until the engines must be stopped.
    func secondsToStop(now: Date, _ costs: Costs) -> Double {
        max(0, end.timeIntervalSince(now) - costs.stopping)
    }

    private static func seconds(_ time: Double) -> String { "\(Int(bounding: max(0, time))) s" }
}

extension EngineSpec {
    /// See ``Deadline/Costs``. The time limit of a start is no estimate: it covers the worst case.
    var deadlineCosts: Deadline.Costs {
        let stopping = EngineExecutor.drainSeconds + stopGrace
        return Deadline.Costs(unknownLoad: kind.unknownStart, leastWork: kind.leastWork, stopping: stopping)
    }
}
