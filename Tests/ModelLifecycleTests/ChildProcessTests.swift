import Foundation
import Support
import TestSupport
import Testing

@testable import ModelLifecycle

@Suite("Starting processes", .timeLimit(.minutes(1)))
struct ChildProcessTests {
    @Test("a child leads a process group of its own and receives SIGTERM", arguments: [true, false])
    func ownGroup(tied: Bool) async throws {
        let scratch = try Scratch()
        let child = try await shell("echo me $$; exec sleep 1000", in: scratch, tiedToParent: tied)
        #expect(try await pid("me", in: scratch) == child.pid)
        let record = try #require(ProcFS.record(of: child.pid))
        #expect(record.group == child.pid)
        #expect(record.startTime == child.startTime)
        #expect(ProcFS.send(SIGTERM, to: record))
        #expect(try await child.exit.wait() == .signalled(SIGTERM))
    }

    @Test("a child's output is appended to the file")
    func appends() async throws {
        let scratch = try Scratch()
        try Data("before\n".utf8).write(to: URL(fileURLWithPath: scratch.path("output")))
        let child = try await shell("echo out; echo err >&2; (echo grandchild) ; exit 3", in: scratch)
        #expect(try await child.exit.wait() == .exited(code: 3))
        #expect(scratch.text("output") == "before\nout\nerr\ngrandchild\n")
    }

    @Test("a child's death is noticed while a descendant still holds its output")
    func descendantHoldsOutput() async throws {
        let scratch = try Scratch()
        let child = try await shell("sleep 1000 & echo grandchild $!; exit 7", in: scratch)
        #expect(try await child.exit.wait() == .exited(code: 7))
        let grandchild = try await pid("grandchild", in: scratch)
        #expect(isAlive(grandchild))
        try await child.clearAway()
        #expect(!isAlive(grandchild))
    }

    @Test("a child that closes all its files delays nobody")
    func closesEverything() async throws {
        let scratch = try Scratch()
        let rude = try await shell(
            "exec 0<&- 1>&- 2>&- 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-; exec sleep 1000", in: scratch)
        let other = try await shell("exit 5", in: try Scratch())
        #expect(try await other.exit.wait() == .exited(code: 5))
        try await rude.clearAway()
    }

    @Test("a child inherits neither open files nor blocked signals")
    func inherits() async throws {
        let scratch = try Scratch()
        // Without O_CLOEXEC on purpose.
        let files = (0..<50).map { _ in open("/dev/null", O_RDONLY) }
        defer { for file in files { close(file) } }
        let child = try await shell(
            "ls /proc/$$/fd; exec grep -E 'Sig(Blk|Ign)' /proc/self/status", in: scratch)
        _ = try await child.exit.wait()
        let lines = scratch.text("output").split(separator: "\n").map(String.init)
        // Foundation leaves the child a socket by which it learns of the end; the shell has one of its own.
        let inherited = Set(lines.prefix { !$0.hasPrefix("Sig") }.compactMap { Int32($0) })
        #expect(inherited.isSuperset(of: [0, 1, 2]))
        #expect(inherited.count <= 5, "\(inherited)")
        let masks = lines.compactMap { line in
            line.hasPrefix("Sig") ? UInt64(line.split(separator: "\t")[1], radix: 16) : nil
        }
        // Signals 32 and 33 belong to the C library, which ignores them by itself, and a shell has its background jobs ignore
        // SIGINT and SIGQUIT: perhaps the one that these tests run in.
        let others: UInt64 = 0x7fff_ffff & ~(1 << (SIGINT - 1) | 1 << (SIGQUIT - 1))
        #expect(masks.map { $0 & others } == [0, 0])
    }

    @Test("a process that has ended keeps no file open here")
    func closesItsFiles() async throws {
        let scratch = try Scratch()
        for _ in 0..<5 { _ = try await shell("exit 0", in: scratch).exit.wait() }
        let output = scratch.path("output")
        let open = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").filter {
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)")) == output
        }
        #expect(open == [])
    }

    /// Foundation's Process reads beyond a buffer, and may crash, where more files are open than it waits for to close.
    @Test("a start waits until fewer files are open")
    func manyOpenFiles() async throws {
        let scratch = try Scratch()
        let files = (0..<1500).map { _ in open("/dev/null", O_RDONLY | O_CLOEXEC) }
        let child = Task { try await shell("exit 4", in: scratch) }
        for file in files { close(file) }
        #expect(try await child.value.exit.wait() == .exited(code: 4))
    }

    @Test("many children at once are not confused with each other")
    func manyAtOnce() async throws {
        let scratch = try Scratch()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for code in 0..<40 {
                group.addTask {
                    let child = try await shell("exit \(code)", in: scratch)
                    #expect(try await child.exit.wait() == .exited(code: Int32(code)))
                }
            }
            try await group.waitForAll()
        }
    }

    @Test("an executable that cannot start is named")
    func cannotStart() async throws {
        let scratch = try Scratch()
        let output = scratch.path("output")
        func launch(_ request: SpawnRequest) async throws { _ = try await ChildProcess.launch(request) }
        await #expect(throws: SpawnError.executableMissing("/no/such/program")) {
            try await launch(.init(executable: "/no/such/program", environment: [:], outputPath: output))
        }
        await #expect(throws: SpawnError.notExecutable("/etc/passwd")) {
            try await launch(.init(executable: "/etc/passwd", environment: [:], outputPath: output))
        }
        await #expect(throws: SpawnError.notExecutable("/etc")) {
            try await launch(.init(executable: "/etc", environment: [:], outputPath: output))
        }
        await #expect(throws: SpawnError.noSuchDirectory("/no/such/folder")) {
            try await launch(
                .init(
                    executable: "/bin/sh", environment: [:], workingDirectory: "/no/such/folder",
                    outputPath: output))
        }
        await #expect(throws: FileFailure(path: "/no/log", errno: ENOENT)) {
            try await launch(.init(executable: "/bin/sh", environment: [:], outputPath: "/no/log"))
        }
    }

    @Test("a child has the given directory and only the given environment")
    func directoryAndEnvironment() async throws {
        let scratch = try Scratch()
        let child = try await ChildProcess.launch(
            SpawnRequest(
                executable: "/bin/sh", arguments: ["-c", "pwd; echo $ONE-$HOME"], environment: ["ONE": "1"],
                workingDirectory: scratch.url.path, outputPath: scratch.path("output")))
        _ = try await child.exit.wait()
        #expect(scratch.text("output") == "\(scratch.url.path)\n1-\n")
    }

    @Test("a command is run to its end")
    func command() async throws {
        let output = try await CommandOutput.run("/bin/sh", ["-c", "echo one; echo two >&2; exit 4"])
        #expect(output.text == "one\ntwo\n")
        #expect(output.status == .exited(code: 4))
        let endless = try await CommandOutput.run("/bin/sh", ["-c", "sleep 1000"], limit: .milliseconds(50))
        #expect(endless.status == nil)
    }
}
