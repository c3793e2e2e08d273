import Foundation
import RunnerSupport
import TestSupport
import Testing

/// Engines that take turns until few trajectories are left, and are then up together.
@Suite("The last trajectories of a run", .inSlots) struct TailTests {
    private static let words = "all models are up together from here"

    private func phases(_ job: TestJob) throws -> [[String]] {
        try job.records().compactMap { record in
            if case .phase(_, let engines, _, _) = record { engines } else { nil }
        }
    }

    private func expectEnded(_ job: TestJob) throws {
        #expect(try job.livingEngines().isEmpty)
        #expect(try job.starts().allSatisfy(\.isStopped))
    }

    @Test(
        "all models at once for the last trajectories give the same bytes with fewer starts",
        arguments: [
            ["tail: 3"], ["residency: sleep", "tail: 2"], ["groups: [[draft, prm], [target]]", "tail: 2"],
            ["warm: true", "tail: 2"],
        ])
    func sameResults(engine: [String]) async throws {
        let job = try TestJob(JobSetup(engine: engine))
        let run = try await job.run()
        #expect(run.code == 0, "\(run.messages)")
        #expect(run.messages.components(separatedBy: Self.words).count == 2, "\(run.messages)")
        #expect(!run.messages.lowercased().contains("warn"), "\(run.messages)")
        #expect(try await job.results() == job.reference())
        let phases = try phases(job)
        #expect(phases.last == ["draft", "prm", "target"] && phases.count { $0.count == 3 } == 1, "\(phases)")
        try expectEnded(job)
    }

    @Test("a small job has all models up from the beginning: one start of each, no swap")
    func fromTheBeginning() async throws {
        let job = try TestJob(JobSetup(engine: ["tail: 100"]))
        let run = try await job.run()
        #expect(run.code == 0, "\(run.messages)")
        #expect(try await job.results() == job.reference())
        let figures = try job.summary().run
        #expect(figures.coldStarts == 3 && figures.swaps == 0)
        #expect(try phases(job) == [["draft", "prm", "target"]])
    }

    @Test("models that do not come up together take turns again, and the results are the same")
    func fallsBack() async throws {
        let job = try TestJob(JobSetup(engine: ["tail: 100"]))
        // Beside it, the program finds an engine that starts only alone.
        let folder = Programs.directory.appending(path: "alone-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let program = folder.appending(path: "rsd-batch")
        try FileManager.default.linkItem(at: Programs.runner, to: program)
        try Script.write(
            """
            #!/bin/sh
            if [ "$1" = serve ]; then
                for file in '\(folder.path)'/up-*; do
                    if grep -qs '\(job.scratch.path)' "/proc/${file##*-}/cmdline"; then
                        echo "there is no memory left" >&2
                        exit 1
                    fi
                done
                : > '\(folder.path)'/up-$$
            fi
            exec '\(Programs.pocket.path)' "$@"
            """, to: folder.appending(path: "rsd-pocket"))
        let runner = try RunnerProcess(
            ["run", job.file.path, "--run-dir", job.directory.url.path], program: program, scratch: job.scratch,
            limit: JobSetup.limit)
        #expect(await runner.exitCode() == 0, "\(runner.standardError)")
        #expect(runner.standardError.contains("the models take turns again"), "\(runner.standardError)")
        #expect(runner.standardError.contains("there is no memory left") || runner.standardError.contains("engine prm"))
        #expect(try await job.results() == job.reference())
        #expect(try phases(job).allSatisfy { $0.count == 1 })
        try expectEnded(job)
    }

    @Test("killed while all models are up together, it ends with the same bytes and asks for nothing again")
    func killed() async throws {
        let job = try TestJob(
            JobSetup(arguments: ["delay-ms: 60"], engine: ["concurrency: 1", "tail: 2"]))
        var watch = try RepetitionWatch(job)
        let runner = try job.start()
        try #require(await runner.says(Self.words), "\(runner.standardError)")
        let before = job.eventCount
        _ = await runner.reached { job.eventCount > before }
        runner.send(SIGKILL)
        _ = await runner.exitCode()
        try watch.mark()
        let again = try await job.run()
        #expect(again.code == 0, "\(again.messages)")
        #expect(try watch.repetitions().isEmpty)
        #expect(try await job.results() == job.reference())
        try expectEnded(job)
    }

    @Test("an engine that dies while all are up together is started again")
    func death() async throws {
        let job = try TestJob(JobSetup(faults: ["die-after=2"], faultsActOnce: true, engine: ["tail: 100"]))
        let run = try await job.run()
        #expect(run.code == 0, "\(run.messages)")
        #expect(try await job.results() == job.reference())
        #expect(try job.engineStarts().count == 4)
        try expectEnded(job)
    }

    @Test("in a queue, the next job takes turns again, with the engine that it needs first")
    func queue() async throws {
        let folder = try JobFolder(JobSetup(engine: ["tail: 3"]))
        for name in ["a", "b"] { try folder.write(name) }
        let run = try await folder.run("a.yaml b.yaml")
        #expect(run.code == 0, "\(run.messages)")
        #expect(run.messages.components(separatedBy: Self.words).count == 3, "\(run.messages)")
        let reference = try await folder.job.reference()
        for name in ["a", "b"] {
            #expect(folder.run(name).resultsContent == reference)
            #expect(try folder.living(of: name).isEmpty && !folder.ledger(of: name).contains { !$0.isStopped })
        }
    }
}
