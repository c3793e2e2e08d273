import Foundation
import RunnerSupport
import Testing

/// A run directory that several machines see, on a file system whose locks they do not share: each test has machines of other
/// names, and takes the kernel's lock out of the way.
@Suite("A run taken over from another machine", .inSlots) struct TakeOverTests {
    private static func machine(_ name: String, gpu: Int = 0) -> [String: String] {
        ["RSD_BATCH_HOST": name, "RSD_BATCH_LOCK_BEAT": "0.3", "CUDA_VISIBLE_DEVICES": "\(gpu)"]
    }

    @Test("a runner elsewhere is refused while the first lives")
    func refused() async throws {
        let job = try TestJob(JobSetup(faults: ["hang-after=2"], engine: ["concurrency: 1"]))
        let first = try job.start(environment: Self.machine("node1"))
        try #require(await first.reached { job.eventCount >= 2 }, "\(first.standardError)")
        try job.removeKernelLock()
        let second = try await job.run(environment: Self.machine("node2", gpu: 1))
        #expect(second.code == 5, "\(second.messages)")
        #expect(second.messages.contains("process \(first.pid) on node1 is working on"), "\(second.messages)")
        first.send(SIGTERM)
        #expect(await first.exitCode() == 75, "\(first.standardError)")
    }

    @Test("after kill -9 the run goes on on another machine, with another GPU, once no sign of life comes")
    func anotherMachine() async throws {
        let job = try TestJob()
        var watch = try RepetitionWatch(job)
        let first = try job.start(environment: Self.machine("node1"))
        try #require(await first.reached { job.eventCount >= 5 }, "\(first.standardError)")
        first.send(SIGKILL)
        #expect(await first.exitCode() == 137)
        try watch.mark()
        let second = try await job.run(environment: Self.machine("node2", gpu: 1))
        #expect(second.code == 0, "\(second.messages)")
        #expect(second.messages.contains("process \(first.pid) on node1 held this run last"), "\(second.messages)")
        #expect(try watch.repetitions().isEmpty)
        #expect(try await job.results() == job.reference())
    }

    @Test("a runner that wakes after it was taken over stops, and spoils nothing")
    func wakes() async throws {
        let job = try TestJob(JobSetup(arguments: ["delay-ms: 50"], engine: ["concurrency: 2"]))
        let first = try job.start(environment: Self.machine("node1"))
        try #require(await first.reached { job.eventCount >= 3 }, "\(first.standardError)")
        first.send(SIGSTOP)
        try job.removeKernelLock()
        let second = try await job.run(environment: Self.machine("node2"))
        #expect(second.code == 0, "\(second.messages)")
        let journal = try Data(contentsOf: job.directory.journal)
        first.send(SIGCONT)
        #expect(await first.exitCode() == 5, "\(first.standardError)")
        #expect(first.standardError.contains("has taken over"), "\(first.standardError)")
        #expect(try Data(contentsOf: job.directory.journal) == journal)
        #expect(try await job.results() == job.reference())
        #expect(try job.livingEngines().isEmpty)
    }
}

extension TestJob {
    /// On a file system without locks between machines, the second finds none.
    fileprivate func removeKernelLock() throws {
        try FileManager.default.removeItem(at: directory.lock)
    }
}
