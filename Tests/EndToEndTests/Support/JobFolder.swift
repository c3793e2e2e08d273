import Foundation
import RunStore
import RunnerSupport

/// Several jobs with the same models, in the directory that the program is started in.
struct JobFolder {
    let job: TestJob
    var path: String { job.scratch.path }

    init(_ setup: JobSetup = JobSetup(problems: 0..<1, methods: "[draft_only]")) throws { job = try TestJob(setup) }

    /// Writes a spec that differs from the folder's in some words.
    func write(_ name: String, _ changes: (String, String)...) throws {
        var spec = job.setup.yaml(scratch: job.scratch).replacing("name: test", with: "name: \(name)")
        for (old, new) in changes { spec = spec.replacing(old, with: new) }
        try spec.write(toFile: "\(path)/\(name).yaml", atomically: true, encoding: .utf8)
    }

    func start(_ arguments: String, environment: [String: String] = [:]) throws -> RunnerProcess {
        try RunnerProcess(
            ["-c", "cd '\(path)' && exec '\(Programs.runner.path)' run \(arguments)"],
            program: URL(filePath: "/bin/sh"),
            scratch: job.scratch, environment: environment, limit: JobSetup.limit)
    }

    /// Runs jobs to their end.
    func run(_ arguments: String, environment: [String: String] = [:]) async throws -> TestJob.Ended {
        let process = try start(arguments, environment: environment)
        return TestJob.Ended(
            code: await process.exitCode(), output: process.standardOutput, messages: process.standardError)
    }

    func run(_ name: String) -> RunDirectory { RunDirectory(URL(filePath: "\(path)/runs/\(name)")) }

    func isBegun(_ name: String) -> Bool { FileManager.default.fileExists(atPath: run(name).url.path) }

    /// Names of the processes that were started for a run, each of which has a log.
    func starts(of name: String) -> [String] {
        let logs = (try? FileManager.default.contentsOfDirectory(atPath: run(name).logs.path)) ?? []
        return logs.filter { $0.hasSuffix(".log") }.map { String($0.prefix { $0 != "-" }) }.sorted()
    }

    func ledger(of name: String) -> [LedgerStart] {
        LedgerStart.all(ledger: (try? Data(contentsOf: run(name).engines)) ?? Data())
    }

    /// Living processes that carry the tag of a start of one of the runs.
    func living(of names: String...) throws -> [pid_t] {
        let tags = Set(names.flatMap(ledger).map { "RSD_BATCH_ENGINE_TAG=\($0.tag)" })
        return try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { pid_t($0) }.filter { pid in
            !ProcessFacts.isDead(pid) && ProcessFacts.environment(of: pid).contains(where: tags.contains)
        }
    }

    /// Answers in the journal of a run.
    func events(of name: String) -> Int {
        let text = (try? String(contentsOf: run(name).journal, encoding: .utf8)) ?? ""
        return text.matches(of: /"kind":"(generated|scored)"/).count
    }
}
