import Foundation
import RunStore
import RunnerSupport
import Testing

@Suite("Several jobs in one command", .inSlots) struct QueueTests {
    @Test("each runs in its own directory; one that fails does not stop the rest, and the exit code is the worst's")
    func failing() async throws {
        let folder = try JobFolder()
        try folder.write("a", ("args: { ", "args: { fault: [die-on-start], "))
        try folder.write("b")
        let command = try folder.start(
            "a.yaml b.yaml --quiet --json --notify 'echo \"$RSD_BATCH_STATE: $RSD_BATCH_JOB\"'")
        #expect(await command.exitCode() == 4, "\(command.standardError)")
        let entries = try #require(
            try JSONSerialization.jsonObject(with: Data(command.standardOutput.utf8)) as? [[String: Any]])
        #expect(entries.map { $0["job"] as? String } == ["a", "b"])
        #expect(entries.map { $0["exit_code"] as? Int } == [4, 0])
        #expect(entries[0]["summary"] is NSNull && entries[1]["summary"] is [String: Any])
        #expect(folder.run("b").resultsContent != nil && folder.run("a").resultsContent == nil)
        #expect(command.standardError.contains("failed: a, b"), "\(command.standardError)")
    }

    @Test("an error in any of them is found before the first starts")
    func checked() async throws {
        let folder = try JobFolder()
        try folder.write("a")
        try folder.write("b", ("max_steps", "max_step"))
        let command = try folder.start("a.yaml b.yaml")
        #expect(await command.exitCode() == 2, "\(command.standardError)")
        #expect(command.standardError.contains("max_steps") && !folder.isBegun("a"))
        let twice = try folder.start("a.yaml a.yaml")
        #expect(await twice.exitCode() == 2 && twice.standardError.contains("[jobs-share-directory]"))
        let placed = try folder.start("a.yaml b.yaml --run-dir x")
        #expect(await placed.exitCode() == 64, "\(placed.standardError)")
        #expect(!folder.isBegun("a"))
    }

    @Test("a signal stops all of them, and the same command resumes")
    func interrupted() async throws {
        let folder = try JobFolder()
        try folder.write("a", ("args: { ", "args: { fault: [slow-start=600], "))
        try folder.write("b")
        let command = try folder.start("a.yaml b.yaml")
        try #require(await command.says("starting draft"), "\(command.standardError)")
        command.send(SIGTERM)
        #expect(await command.exitCode() == 75, "\(command.standardError)")
        #expect(!folder.isBegun("b"))
        try folder.write("a")
        let again = try folder.start("a.yaml b.yaml")
        #expect(await again.exitCode() == 0, "\(again.standardError)")
        #expect(folder.run("a").resultsContent != nil && folder.run("b").resultsContent != nil)
    }
}
