import Foundation
import RunStore
import RunnerSupport
import TestSupport
import Testing

/// A disk with no room left: an exit code of its own, earlier lines intact, and the same command goes on.
@Suite("A full disk", .inSlots, .enabled(if: SmallDisk.canBeMade, "mounting a file system is not allowed here"))
struct DiskFullTests {
    @Test("a run whose journal's disk is full stops with code 6, and goes on when there is room")
    func journal() async throws {
        let kilobytes = 4
        let job = try TestJob()
        let place = job.directory.journal.deletingLastPathComponent()
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        let disk = try SmallDisk(at: place, kilobytes: kilobytes)
        var watch = try RepetitionWatch(job)
        let run = try await job.run()
        #expect(run.code == 6, "\(run.messages)")
        #expect(run.messages.contains("No space left on device"), "\(run.messages)")
        #expect(run.messages.contains("Free some space and run the same command again"), "\(run.messages)")
        #expect(try job.livingEngines().isEmpty)
        let journal = try Data(contentsOf: job.directory.journal)
        let good = try #require(journal.lastIndex(of: UInt8(ascii: "\n"))) + 1
        #expect(good > kilobytes << 9)
        try watch.mark()

        // Still full: the same again, and nothing is lost.
        #expect(try await job.run().code == 6)
        #expect(try Data(contentsOf: job.directory.journal).starts(with: journal[..<good]))
        try watch.mark()

        try disk.grow()
        let again = try await job.run()
        #expect(again.code == 0, "\(again.messages)")
        #expect(try Data(contentsOf: job.directory.journal).starts(with: journal[..<good]))
        #expect(try watch.repetitions().isEmpty)
        #expect(try await job.results() == job.reference())
        withExtendedLifetime(disk) {}
    }

    @Test(
        "a run whose whole directory's disk is full stops with code 6, and goes on when there is room",
        arguments: [0, 4, 12, 24, 40])
    func everything(kilobytes: Int) async throws {
        let job = try TestJob()
        try FileManager.default.createDirectory(at: job.directory.url, withIntermediateDirectories: true)
        let disk = try SmallDisk(at: job.directory.url, kilobytes: 1 << 10)
        let filler = job.directory.url.appending(path: "filler")
        try Data(count: (1 << 20) - kilobytes << 10).write(to: filler)
        let run = try await job.run()
        #expect(run.code == 6, "\(run.messages)")
        #expect(run.messages.contains(#/\/run\/.*No space left on device/#), "\(run.messages)")
        #expect(
            try LockFiles(base: job.directory.lock).last()?.content != .unreadable,
            "it would be taken for that of a process that is just coming")
        #expect(try job.livingEngines().isEmpty)
        try FileManager.default.removeItem(at: filler)
        let again = try await job.run()
        #expect(again.code == 0, "\(again.messages)")
        #expect(try await job.results() == job.reference())
        #expect(try job.livingEngines().isEmpty)
        withExtendedLifetime(disk) {}
    }
}
