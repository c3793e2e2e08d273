import Foundation
import TestSupport
import Testing

@testable import ModelLifecycle

@Suite("/proc", .timeLimit(.minutes(1)))
struct ProcFSTests {
    @Test("a command name may hold any characters")
    func oddCommand() throws {
        let line = "4242 (a ) R 1 (b) S 17 4240 4242 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 987654 1000 10\n"
        let record = try #require(ProcessRecord(stat: line))
        #expect(record.pid == 4242)
        #expect(record.command == "a ) R 1 (b")
        #expect(record.state == "S")
        #expect(record.parent == 17)
        #expect(record.group == 4240)
        #expect(record.startTime == 987_654)
    }

    @Test("malformed records are no process", arguments: ["", "1 (sh", "1 (sh) S 1 2", "x (sh) S 1 2 3"])
    func nonsense(_ line: String) {
        #expect(ProcessRecord(stat: line) == nil)
    }

    @Test("this process is found")
    func thisProcess() throws {
        let me = try #require(ProcFS.record(of: getpid()))
        #expect(me.parent == getppid())
        #expect(me.group == getpgrp())
        #expect(!me.isDead)
        #expect(ProcFS.all().contains { $0.id == me.id })
        #expect(ProcFS.record(of: 0) == nil)
        #expect(!ProcFS.bootID().isEmpty)
    }

    @Test("a process's variable is compared as a whole")
    func environment() async throws {
        let scratch = try Scratch()
        let child = try await shell("echo me $$; exec sleep 1000", in: scratch, tag: "abc")
        _ = try await pid("me", in: scratch)
        #expect(ProcFS.environment(of: child.pid, holds: ProcessTree.tagVariable, "abc"))
        #expect(!ProcFS.environment(of: child.pid, holds: ProcessTree.tagVariable, "ab"))
        #expect(!ProcFS.environment(of: child.pid, holds: ProcessTree.tagVariable, "abcd"))
        try await child.clearAway()
    }

    @Test("a signal reaches one process only")
    func signal() async throws {
        let scratch = try Scratch()
        let child = try await shell("exec sleep 1000", in: scratch)
        let record = try #require(ProcFS.record(of: child.pid))
        let stat =
            "\(child.pid) (sleep) S 1 \(child.pid) 1 0 -1 0 0 0 0 0 0 0 0 0 0 0 0 0 \(record.startTime - 1) 0"
        let former = try #require(ProcessRecord(stat: stat))
        #expect(!ProcFS.send(SIGKILL, to: former))
        #expect(isAlive(child.pid))
        #expect(ProcFS.send(SIGKILL, to: record))
        #expect(try await child.exit.wait() == .signalled(SIGKILL))
    }
}
