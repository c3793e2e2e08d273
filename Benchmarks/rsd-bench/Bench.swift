import Decoding
import Foundation
import JobSpecs
import RunStore

/// Figures of the runner itself: `make bench`.
///
/// 1. CPU of the runner for each request, with 500 in flight against a server that answers at once.
/// 2. Time to take up a run again from a journal of 200,000 events.
/// 3. Time and size of a report of 20,000 trajectories; `rsd-bench report DIR` does this alone and leaves the run in DIR.
/// 4. Memory of 1,000,000 trajectories; `rsd-bench memory` does this alone.
///
/// `rsd-bench pace` measures how a runner keeps engines busy: see ``PaceCommand``.
@main struct Bench {
    static func main() async throws {
        let arguments = CommandLine.arguments
        if arguments.dropFirst().first == "--version" { return print("instant server") }
        if arguments.dropFirst().first == "serve" {
            if let place = PaceProcess.place() { return try PaceProcess.serve(arguments, place) }
            return try await InstantServer.serve(arguments)
        }
        if arguments.dropFirst().first == "pace" { return await PaceCommand.main(Array(arguments.dropFirst(2))) }

        let bench = try Workplace()
        defer { try? FileManager.default.removeItem(at: bench.root) }
        if arguments.count == 3, arguments[1] == "report" {
            return try await bench.measureReport(in: URL(filePath: arguments[2]))
        }
        if arguments.count == 2, arguments[1] == "memory" { return try bench.measureMemory(trajectories: 1_000_000) }
        try bench.measureRequests(problems: 10_000)
        try await bench.measureResume(trajectories: 50_000)
        try await bench.measureReport()
        try bench.measureMemory(trajectories: 1_000_000)
    }
}

/// A directory with the runner, a server that poses as its engine, and a job.
struct Workplace {
    let root: URL

    init() throws {
        let files = FileManager.default
        let programs = URL(filePath: CommandLine.arguments[0]).resolvingSymlinksInPath().deletingLastPathComponent()
        root = files.temporaryDirectory.appending(path: "rsd-bench-\(UUID().uuidString)")
        try files.createDirectory(at: root, withIntermediateDirectories: true)
        try files.copyItem(at: programs.appending(path: "rsd-batch"), to: root.appending(path: "rsd-batch"))
        try files.copyItem(at: programs.appending(path: "rsd-bench"), to: root.appending(path: "rsd-pocket"))
        try files.copyItem(at: URL(filePath: "demo/models"), to: root.appending(path: "models"))
    }

    func measureRequests(problems: Int) throws {
        let job = try writeJob("requests", problems: problems, methods: "[draft_only]")
        let usage = try run(["run", job.path, "--run-dir", root.appending(path: "requests").path, "--quiet"])
        // Each problem is tokenized and completed.
        let requests = Double(2 * problems)
        print("runner, 500 in flight, \(Int(requests)) requests of which half carry 400 tokens:")
        print("  CPU a request   \(figure(usage.cpu / requests * 1e6)) µs")
        print(
            "  wall            \(figure(usage.wall)) s, \(figure(requests / usage.wall)) requests/s (the server's CPU included)"
        )
    }

    func measureResume(trajectories: Int) async throws {
        let job = try writeJob("resume", problems: trajectories, methods: "[{ rsd: { threshold: 0.5 } }]")
        let directory = RunDirectory(root.appending(path: "resume"))
        let journal = try await beginRun(of: job, in: directory)
        let step = String(repeating: "so that x = 12 and y = 7 ", count: 6) + "\n\n"
        let text = StepText(text: step, tokens: 60)
        let events: [Event] = [
            .generated(Generated(role: .draft, steps: [text, text], end: .eos, promptTokens: 80)),
            .scored(Scored(rewards: [0.9, 0.1], tokens: [60, 60], promptTokens: 200)),
            .generated(Generated(role: .target, steps: [text], end: .delimiter, promptTokens: 140)),
            .generated(Generated(role: .draft, steps: [StepText(text: "", tokens: 1)], end: .eos, promptTokens: 200)),
        ]
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<trajectories {
                group.addTask {
                    let id = TrajectoryID(method: "rsd", dataset: "d", problem: "\(number)")
                    for event in events { try await journal.append(.event(id, event)) }
                }
            }
            try await group.waitForAll()
        }
        let bytes = try FileManager.default.attributesOfItem(atPath: directory.journal.path)[.size] as? Int ?? 0
        let all = try run(["run", job.path, "--run-dir", directory.url.path, "--quiet"])
        let replay = try run(["status", directory.url.path, "--json"])
        print("resume, \(trajectories * events.count) events, \(bytes / 1_000_000) MB:")
        print("  replay (status)                  \(figure(replay.wall)) s wall, \(figure(replay.cpu)) s CPU")
        print("  replay, grading, results (run)   \(figure(all.wall)) s wall, \(figure(all.cpu)) s CPU")
    }

    // MARK: Helpers

    /// A run directory with the beginning of a journal.
    func beginRun(of job: URL, in directory: RunDirectory) async throws -> Journal {
        try FileManager.default.createDirectory(
            at: directory.journal.deletingLastPathComponent(), withIntermediateDirectories: true)
        let journal = try Journal(file: directory.journal, goodLength: 0)
        let identity = SpecIdentity(try JobLoader.load(job))
        try await journal.append(.begun(RunIdentity(job: identity.hash)))
        return journal
    }

    func writeJob(_ name: String, problems: Int, methods: String) throws -> URL {
        let lines = (0..<problems).map { #"{"id":"\#($0)","question":"What is \#($0) + 1?","answer":"\#($0 + 1)"}"# }
        try lines.joined(separator: "\n").write(
            to: root.appending(path: "\(name).jsonl"), atomically: true, encoding: .utf8)
        let job = root.appending(path: "\(name).yaml")
        try """
        name: \(name)
        models:
          draft: { model: models/draft }
          target: { model: models/target }
          prm: { model: models/prm, profile: token-classification }
        engine: { kind: pocket, concurrency: 500 }
        datasets: [{ name: d, path: \(name).jsonl, id: id }]
        methods: \(methods)
        """.write(to: job, atomically: true, encoding: .utf8)
        return job
    }

    func run(_ arguments: [String]) throws -> (cpu: Double, wall: Double) {
        let process = Process()
        process.executableURL = root.appending(path: "rsd-batch")
        process.arguments = arguments
        process.standardOutput = FileHandle.nullDevice
        let begin = ContinuousClock.now
        let before = childrenCPU() - InstantServer.cpu(in: root)
        try process.run()
        process.waitUntilExit()
        let wall = (ContinuousClock.now - begin) / .seconds(1)
        guard process.terminationStatus == 0 else {
            throw BenchFailure(description: "rsd-batch \(arguments) ended with \(process.terminationStatus)")
        }
        return (childrenCPU() - InstantServer.cpu(in: root) - before, wall)
    }

    /// CPU seconds of ended children and of theirs.
    private func childrenCPU() -> Double {
        cpuSeconds(of: RUSAGE_CHILDREN.rawValue)
    }
}
