import Foundation
import TestSupport
import Testing

@testable import ModelLifecycle

@Suite("The ledger", .timeLimit(.minutes(1)))
struct EngineLedgerTests {
    private let scratch: Scratch
    private let path: String

    init() throws {
        scratch = try Scratch()
        path = scratch.path("engines.jsonl")
    }

    private func append(_ text: String) throws {
        let file = try #require(FileHandle(forWritingAtPath: path))
        try file.seekToEnd()
        try file.write(contentsOf: Data(text.utf8))
        try file.close()
    }

    @Test("a whole family of processes is swept")
    func family() async throws {
        let before = try EngineLedger(path: path)
        let tag = try before.intend(engine: "draft")
        let child = try await shell(
            "setsid sh -c 'echo deep $$; exec sleep 1000' & sleep 1000 & echo near $!; wait", in: scratch,
            tag: tag)
        try before.started(tag: tag, pid: child.pid, startTime: child.startTime)
        let (deep, near) = (try await pid("deep", in: scratch), try await pid("near", in: scratch))
        let sweep = try await EngineLedger(path: path).sweepLeftovers(grace: .zero)
        #expect(sweep.ended.map(\.engine) == ["draft"])
        #expect(Set(sweep.ended.flatMap(\.pids)).isSuperset(of: [child.pid, deep, near]))
        for pid in [child.pid, deep, near] { #expect(!isAlive(pid)) }
        #expect(try await EngineLedger(path: path).sweepLeftovers() == LedgerSweep())
        #expect(try EngineLedger(path: path).openStarts().isEmpty)
    }

    @Test("the group of a dead leader is swept by its tagged members")
    func deadLeader() async throws {
        let tag = try EngineLedger(path: path).intend(engine: "draft")
        // One member has lost the tag, as Python's setproctitle does; its neighbour in the group vouches for it.
        let child = try await shell(
            "env -i /bin/sleep 1000 & echo bare $!; sleep 1000 & echo near $!; exit 0", in: scratch, tag: tag)
        _ = try await child.exit.wait()
        try EngineLedger(path: path).started(tag: tag, pid: child.pid, startTime: child.startTime)
        let (bare, near) = (try await pid("bare", in: scratch), try await pid("near", in: scratch))
        _ = try await EngineLedger(path: path).sweepLeftovers(grace: .zero)
        #expect(!isAlive(bare))
        #expect(!isAlive(near))
    }

    @Test("an engine is swept although its runner was killed before the ledger's second line")
    func killedAfterSpawn() async throws {
        let tag = try EngineLedger(path: path).intend(engine: "draft")
        let child = try await shell("echo me $$; exec sleep 1000", in: scratch, tag: tag)
        _ = try await pid("me", in: scratch)
        let sweep = try await EngineLedger(path: path).sweepLeftovers(grace: .seconds(600))
        #expect(sweep.ended == [.init(engine: "draft", pids: [child.pid])])
        #expect(try await child.exit.wait() == .signalled(SIGTERM))
    }

    @Test("unrelated processes are left alone")
    func strangers() async throws {
        let other = try EngineLedger(path: scratch.path("other.jsonl"))
        let otherTag = try other.intend(engine: "draft")
        let theirs = try await shell("exec sleep 1000", in: scratch, tag: otherTag)
        try other.started(tag: otherTag, pid: theirs.pid, startTime: theirs.startTime)
        // A pid of ours that is theirs by now.
        let mine = try EngineLedger(path: path)
        let tag = try mine.intend(engine: "draft")
        try mine.started(tag: tag, pid: theirs.pid, startTime: try #require(theirs.startTime) - 1)
        let unknownStart = try mine.intend(engine: "draft")
        try mine.started(tag: unknownStart, pid: theirs.pid, startTime: nil)
        #expect(try await EngineLedger(path: path).sweepLeftovers(grace: .zero).ended.isEmpty)
        #expect(isAlive(theirs.pid))
        try await theirs.clearAway()
    }

    /// A ledger that somebody made up, of a process and a folder of the user's own.
    private func forge(pid: Int32, start: UInt64?, temporaries: [String] = [], tag: String = "made-up") throws {
        let host = ProcFS.hostName()
        let (boot, start) = (ProcFS.bootID(), start.map { ",\"start\":\($0)" } ?? "")
        let folders = temporaries.map { "\"\($0)\"" }.joined(separator: ",")
        try Data(
            """
            {"at":"2026-01-01T00:00:00Z","boot":"\(boot)","engine":"draft","event":"intent","host":"\(host)","runner":1,\
            "tag":"\(tag)","temporaries":[\(folders)]}
            {"at":"2026-01-01T00:00:00Z","event":"started","pid":\(pid)\(start),"tag":"\(tag)"}

            """.utf8
        ).write(to: URL(filePath: path))
    }

    @Test("a process that the ledger names by pid and start, and that carries no tag, is left alone")
    func madeUpProcess() async throws {
        let theirs = try await shell("sleep 1000 & echo member $!; wait", in: scratch)
        let member = try await pid("member", in: scratch)
        try forge(pid: theirs.pid, start: theirs.startTime)
        #expect(try await EngineLedger(path: path).sweepLeftovers(grace: .zero).ended.isEmpty)
        #expect(isAlive(theirs.pid))
        #expect(isAlive(member))
        try await theirs.clearAway()
    }

    @Test("folders that the ledger names are removed only if they are ours")
    func madeUpFolders() async throws {
        let manager = FileManager.default
        let (named, mine) = (scratch.path("rsd-Abc123"), scratch.path("rsd-Abc124"))
        let (link, plain) = (scratch.path("rsd-Abc125"), scratch.path("precious"))
        for folder in [named, plain] {
            try manager.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try Data().write(to: URL(filePath: "\(folder)/data"))
        }
        try manager.createDirectory(atPath: mine, withIntermediateDirectories: true)
        let tag = try EngineLedger(path: path).intend(engine: "draft", temporaries: [mine])
        #expect(symlink(mine, link) == 0)
        let other = try EngineLedger(path: scratch.path("other.jsonl"))
        let others = scratch.path("rsd-Abc126")
        try manager.createDirectory(atPath: others, withIntermediateDirectories: true)
        _ = try other.intend(engine: "draft", temporaries: [others])
        let kept = [named, plain, link, others, "\(scratch.path("rsd-none"))/../precious", "\(mine)/../precious"]
        try forge(pid: 1, start: nil, temporaries: kept + [mine], tag: tag)
        try await EngineLedger(path: path).sweepLeftovers(grace: .zero)
        for folder in [named, plain, others] { #expect(manager.fileExists(atPath: folder), "\(folder)") }
        #expect(!manager.fileExists(atPath: mine))
        #expect(manager.fileExists(atPath: "\(plain)/data"))
    }

    @Test("the copy of a run's directory leaves the original's engines alone, and the moved one has them still")
    func copiedAndMoved() async throws {
        let manager = FileManager.default
        let (original, copy, moved) = (scratch.path("run"), scratch.path("copy"), scratch.path("moved"))
        try manager.createDirectory(atPath: original, withIntermediateDirectories: true)
        let ledger = try EngineLedger(path: original + "/engines.jsonl")
        let tag = try ledger.intend(engine: "draft")
        let child = try await shell("exec sleep 1000", in: scratch, variables: ledger.environment(of: tag))
        try ledger.started(tag: tag, pid: child.pid, startTime: child.startTime)
        try manager.copyItem(atPath: original, toPath: copy)
        #expect(try await EngineLedger(path: copy + "/engines.jsonl").sweepLeftovers(grace: .zero) == LedgerSweep())
        // Nor where the copy says nothing of where it comes from.
        let text = try String(contentsOfFile: copy + "/engines.jsonl", encoding: .utf8)
        try Data(text.replacing(/"home":"[0-9:]*",/, with: "").utf8).write(to: URL(filePath: copy + "/engines.jsonl"))
        #expect(try await EngineLedger(path: copy + "/engines.jsonl").sweepLeftovers(grace: .zero).ended.isEmpty)
        #expect(isAlive(child.pid))
        try manager.moveItem(atPath: original, toPath: moved)
        let sweep = try await EngineLedger(path: moved + "/engines.jsonl").sweepLeftovers(grace: .zero)
        #expect(sweep.ended == [.init(engine: "draft", pids: [child.pid])])
        #expect(!isAlive(child.pid))
    }

    @Test("an engine is found whatever has become of the ledger", arguments: ["gone", "garbage", "said to be stopped"])
    func withoutLedger(_ state: String) async throws {
        let ledger = try EngineLedger(path: path)
        let tag = try ledger.intend(engine: "draft")
        let child = try await shell("exec sleep 1000", in: scratch, variables: ledger.environment(of: tag))
        try ledger.started(tag: tag, pid: child.pid, startTime: child.startTime)
        switch state {
        case "gone": try FileManager.default.removeItem(atPath: path)
        case "garbage": try Data([0, 255, 10, 7]).write(to: URL(filePath: path))
        default: try ledger.stopped(tag: tag)
        }
        #expect(try await EngineLedger(path: path).sweepLeftovers(grace: .zero).ended.map(\.pids) == [[child.pid]])
        #expect(!isAlive(child.pid))
    }

    @Test("a ledger is no link, and no directory")
    func notAFile() throws {
        try Data("precious".utf8).write(to: scratch.file("precious"))
        #expect(symlink(scratch.path("precious"), path) == 0)
        let error = #expect(throws: LedgerError.self) { try EngineLedger(path: path) }
        #expect(error?.isObstructed == true)
        #expect(scratch.text("precious") == "precious")
    }

    @Test("an engine that was stopped is not searched for")
    func stopped() async throws {
        let ledger = try EngineLedger(path: path)
        let tag = try ledger.intend(engine: "draft")
        let child = try await shell("exec sleep 1000", in: scratch, tag: tag)
        try ledger.started(tag: tag, pid: child.pid, startTime: child.startTime)
        try ledger.stopped(tag: tag)
        #expect(try await EngineLedger(path: path).sweepLeftovers(grace: .zero).ended.isEmpty)
        #expect(isAlive(child.pid))
        try await child.clearAway()
    }

    @Test("the ledger's own starts are not leftovers")
    func ownStarts() async throws {
        let ledger = try EngineLedger(path: path)
        let tag = try ledger.intend(engine: "draft")
        let child = try await shell("exec sleep 1000", in: scratch, tag: tag)
        try ledger.started(tag: tag, pid: child.pid, startTime: child.startTime)
        #expect(try await ledger.sweepLeftovers(grace: .zero).ended.isEmpty)
        #expect(isAlive(child.pid))
        try await child.clearAway()
    }

    @Test("a torn line harms neither the lines before nor those after it")
    func tornLine() async throws {
        let first = try EngineLedger(path: path).intend(engine: "draft")
        try append(#"{"event":"started","tag":"\#(first)","pi"#)
        let second = try EngineLedger(path: path).intend(engine: "prm")
        let open = try EngineLedger(path: path).openStarts()
        #expect(open.map(\.tag) == [first, second])
        #expect(open.map(\.engine) == ["draft", "prm"])
        #expect(open[0].pid == nil)
    }

    @Test("processes of other boots and hosts are not touched")
    func otherHosts() async throws {
        let tag = try EngineLedger(path: path, host: "elsewhere", boot: ProcFS.bootID()).intend(
            engine: "draft")
        let other = try EngineLedger(path: path, host: ProcFS.hostName(), boot: "before")
            .intend(engine: "prm")
        let child = try await shell("exec sleep 1000", in: scratch, tag: tag)
        let second = try await shell("exec sleep 1000", in: scratch, tag: other)
        let sweep = try await EngineLedger(path: path).sweepLeftovers(grace: .zero)
        #expect(sweep.ended.isEmpty)
        #expect(sweep.elsewhere == [.init(engine: "draft", host: "elsewhere")])
        for child in [child, second] {
            #expect(isAlive(child.pid))
            try await child.clearAway()
        }
    }

    @Test("a ledger that cannot be written is an error")
    func cannotBeWritten() {
        #expect(throws: LedgerError.self) { try EngineLedger(path: "/no/such/folder/engines.jsonl") }
    }

    @Test("each event is a line of its own")
    func lines() throws {
        let ledger = try EngineLedger(path: path)
        let tag = try ledger.intend(engine: "draft")
        try ledger.started(tag: tag, pid: 5, startTime: 6)
        try ledger.stopped(tag: tag, note: "swept")
        let lines = scratch.text("engines.jsonl").split(separator: "\n")
        #expect(lines.count == 3)
        #expect(lines[1].contains(#""pid":5,"start":6"#))
    }

    /// Two ledgers of one program, the second of which has taken the engine over.
    private func handedOver() async throws -> (
        first: EngineLedger, second: EngineLedger, record: LedgerRecord, ChildProcess
    ) {
        for name in ["first", "second"] {
            try FileManager.default.createDirectory(atPath: scratch.path(name), withIntermediateDirectories: true)
        }
        let first = try EngineLedger(path: scratch.path("first/engines.jsonl"))
        let second = try EngineLedger(path: scratch.path("second/engines.jsonl"))
        let tag = try first.intend(engine: "draft")
        let home = first.environment(of: tag)
        let child = try await shell("exec sleep 1000", in: scratch, tag: tag, variables: home)
        try first.started(tag: tag, pid: child.pid, startTime: child.startTime)
        let record = LedgerRecord(tag: tag, engine: "draft", in: first)
        try record.kept()
        try record.move(to: second, child)
        return (first, second, record, child)
    }

    @Test("an engine that another run of a living program has is no leftover of the run that started it")
    func kept() async throws {
        let (first, second, record, child) = try await handedOver()
        #expect(try await EngineLedger(path: first.path).sweepLeftovers(grace: .zero).ended.isEmpty)
        #expect(try await second.sweepLeftovers(grace: .zero).ended.isEmpty)
        #expect(isAlive(child.pid))
        try await child.clearAway()
        try record.stopped()
        #expect(try first.openStarts().isEmpty && second.openStarts().isEmpty)
    }

    @Test("once the program has ended, the next start of either run ends it", arguments: ["first", "second"])
    func keeperGone(name: String) async throws {
        let (first, second, _, child) = try await handedOver()
        // The program that kept it was another, which is gone.
        let text = try String(contentsOfFile: first.path, encoding: .utf8)
        try text.replacing(/"runnerStart":\d+/, with: "\"runnerStart\":1")
            .write(toFile: first.path, atomically: true, encoding: .utf8)
        let swept = try await EngineLedger(path: name == "first" ? first.path : second.path)
            .sweepLeftovers(grace: .zero)
        #expect(swept.ended == [.init(engine: "draft", pids: [child.pid])])
        #expect(!isAlive(child.pid))
        // The other finds nothing.
        for path in [first.path, second.path] {
            #expect(try await EngineLedger(path: path).sweepLeftovers(grace: .zero).ended.isEmpty)
            #expect(try EngineLedger(path: path).openStarts().isEmpty)
        }
    }
}
