import Decoding
import Foundation

/// A run of a job by some `rsd-batch`.
struct RunnerTrial: Sendable {
    struct Usage: Sendable {
        /// Seconds from the start of the process to its end.
        var wall: Double
        /// Processor seconds, of engines that it started too.
        var cpu: Double
        /// Steps that the target wrote in the results.
        var targetSteps: Int
    }

    /// In a folder of its own, beside what stands in for its engine.
    var program: URL
    var job: URL
    var settings: [String]

    /// - Parameter directory: for the run; it must not exist.
    /// - Throws: ``BenchFailure`` if the run fails.
    func run(in directory: URL) async throws -> Usage {
        let process = Process()
        process.executableURL = program
        process.arguments =
            ["run", job.path, "--run-dir", directory.path, "--quiet"] + settings.flatMap { ["--set", $0] }
        process.standardOutput = FileHandle.nullDevice
        let before = cpuSeconds(of: RUSAGE_CHILDREN.rawValue)
        let begin = ContinuousClock.now
        let status = try await withCheckedThrowingContinuation { (done: CheckedContinuation<Int32, any Error>) in
            process.terminationHandler = { done.resume(returning: $0.terminationStatus) }
            do { try process.run() } catch { done.resume(throwing: error) }
        }
        let wall = (ContinuousClock.now - begin) / .seconds(1)
        guard status == 0 else {
            throw BenchFailure(description: "\(program.path) ended with \(status); see \(directory.path)")
        }
        let cpu = cpuSeconds(of: RUSAGE_CHILDREN.rawValue) - before
        let results = try String(contentsOf: directory.appending(path: "results.jsonl"), encoding: .utf8)
        return Usage(
            wall: wall, cpu: cpu, targetSteps: results.ranges(of: #""origin":"target""#).count)
    }
}
