import Foundation
import JobSpecs
import Logging
import Reporting
import RunStore
import Runner
import Support
import Synchronization

/// A job, checked and ready to run: what `rsd-batch run` runs.
///
/// ```swift
/// let job = try await RSDJob(spec: URL(filePath: "jobs/demo.yaml"))
/// for row in try await job.run(in: URL(filePath: "runs/demo")) { print(row.method, row.correct, row.total) }
/// ```
public struct RSDJob: Sendable {
    private let job: LoadedJob

    /// Reads a spec and everything it names, downloads data sets that have an address, and asks vLLM for its flags. Models of the
    /// Hugging Face hub must be in its cache: `rsd-batch fetch` downloads them.
    ///
    /// - Parameter run: the directory of a run that may have been begun. The job then has the commits and the thresholds that the run
    ///   was begun with, also where those that the spec names have changed or are gone.
    /// - Throws: an error whose description lists every problem of the spec as `file:line:column: error: …`.
    public init(spec: URL, resuming run: URL? = nil) async throws {
        let pins = run.flatMap { RunDirectory($0).pins }
        let models = SpecLookup(pins: { _ in pins }, calibrate: Calibration.threshold)
        try await JobLoader.fetchDatasets(of: spec)
        job = try JobLoader.load(spec, models: models, flags: await JobLoader.flags(of: spec))
    }

    public var name: String { job.spec.name }

    /// Responses to generate: one for each sample of a problem by a method.
    public var responses: Int { job.trajectoryCount }

    /// Problems that do not keep the job from running, each as `file:line:column: warning: …`.
    public var warnings: [String] { job.warnings.map(\.rendered) }

    /// Runs the job in a directory, or resumes the run that the directory holds.
    ///
    /// Cancelling the task stops the engines; the same call resumes the run later.
    ///
    /// - Parameters:
    ///   - progress: called from any thread with the finished responses and all of them; must return at once.
    /// - Returns: the figures of each method on each data set. The directory holds the full results and a report.
    /// - Throws: `CancellationError`, or an error whose description says what happened and what to do. Model responses are in the
    ///   run's journal in either case.
    public func run(
        in directory: URL, logger: Logger = Logger(label: "rsd-batch"),
        progress: @escaping @Sendable (_ finished: Int, _ total: Int) -> Void = { _, _ in }
    ) async throws -> [Row] {
        let interruption = Interruption()
        let run = RunDirectory(directory)
        // A branch of the hub, or a run that thresholds come from, may have changed since the run was begun.
        let job =
            try run.pins.map { pins in
                try JobLoader.load(
                    self.job.file, models: SpecLookup(pins: { _ in pins }, calibrate: Calibration.threshold))
            } ?? self.job
        let count = Mutex((finished: 0, total: 0))
        do {
            let outcome = try await withTaskCancellationHandler {
                try await Job.run(job, in: run, interruption: interruption, logger: logger) {
                    event in
                    let now = count.withLock { count -> (finished: Int, total: Int)? in
                        switch event {
                        case .began(let total, let finished, _): count = (finished, total)
                        case .advanced(let trajectory, _, _) where trajectory.response.finish != nil:
                            count.finished += 1
                        default: return nil
                        }
                        return count
                    }
                    if let now { progress(now.finished, now.total) }
                }
            } onCancel: {
                interruption.raise(to: .draining)
            }
            return outcome.summary.rows.map(Row.init)
        } catch is Interrupted where Task.isCancelled {
            throw CancellationError()
        }
    }

    /// The figures of one method on one data set.
    public struct Row: Sendable, Hashable {
        public let method: String
        public let dataset: String
        public let correct: Int
        public let total: Int
        /// 95 % interval of the share of correct responses: Wilson's, by problem where problems have several samples; nil without
        /// responses.
        public let interval: ClosedRange<Double>?
        /// Share of draft steps that the PRM's rewards accepted; nil for methods that judge none.
        public let acceptanceRate: Double?

        init(_ row: Summary.Row) {
            method = row.method
            dataset = row.dataset
            correct = row.correct
            total = row.total
            if let low = row.accuracyLow, let high = row.accuracyHigh { interval = low...high } else { interval = nil }
            acceptanceRate = row.acceptanceRate
        }
    }
}
