import Foundation
import Testing

@testable import ModelLifecycle

@Suite("The ledger", .timeLimit(.minutes(1)))
struct EngineLedgerTests {
    private let scratch: Scratch
    private let path: String

    init() throws {
        scratch = try Scratch()
        path = scratch.file("engines.jsonl")
    }

    private func append(_ text: String) throws {
        let file = try #require(FileHandle(forWritingAtPath: path))
        try file.seekToEnd()
        try file.write(contentsOf: Data(text.utf8))
        try file.close()
    }

    @Test func aWholeFamilyIsSwept() async throws {
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

    @Test func theGroupOfADeadLeaderIsSweptByItsTaggedMembers() async throws {
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

    @Test func aKillBetweenSpawnAndSecondLineIsCovered() async throws {
        let tag = try EngineLedger(path: path).intend(engine: "draft")
        let child = try await shell("echo me $$; exec sleep 1000", in: scratch, tag: tag)
        _ = try await pid("me", in: scratch)
        let sweep = try await EngineLedger(path: path).sweepLeftovers(grace: .seconds(600))
        #expect(sweep.ended == [.init(engine: "draft", pids: [child.pid])])
        #expect(try await child.exit.wait() == .signalled(SIGTERM))
    }

    @Test func strangersAreLeftAlone() async throws {
        let other = try EngineLedger(path: scratch.file("other.jsonl"))
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

    @Test func whatWasStoppedIsNotLookedFor() async throws {
        let ledger = try EngineLedger(path: path)
        let tag = try ledger.intend(engine: "draft")
        let child = try await shell("exec sleep 1000", in: scratch, tag: tag)
        try ledger.started(tag: tag, pid: child.pid, startTime: child.startTime)
        try ledger.stopped(tag: tag)
        #expect(try await EngineLedger(path: path).sweepLeftovers(grace: .zero).ended.isEmpty)
        #expect(isAlive(child.pid))
        try await child.clearAway()
    }

    @Test func itsOwnStartsAreNotLeftovers() async throws {
        let ledger = try EngineLedger(path: path)
        let tag = try ledger.intend(engine: "draft")
        let child = try await shell("exec sleep 1000", in: scratch, tag: tag)
        try ledger.started(tag: tag, pid: child.pid, startTime: child.startTime)
        #expect(try await ledger.sweepLeftovers(grace: .zero).ended.isEmpty)
        #expect(isAlive(child.pid))
        try await child.clearAway()
    }

    @Test func aTornLineHarmsNeitherSide() async throws {
        let first = try EngineLedger(path: path).intend(engine: "draft")
        try append(#"{"event":"started","tag":"\#(first)","pi"#)
        let second = try EngineLedger(path: path).intend(engine: "prm")
        let open = try EngineLedger(path: path).openStarts()
        #expect(open.map(\.tag) == [first, second])
        #expect(open.map(\.engine) == ["draft", "prm"])
        #expect(open[0].pid == nil)
    }

    @Test func otherBootsAndHostsAreNotTouched() async throws {
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

    @Test func aLedgerThatCannotBeKeptIsAnError() {
        #expect(throws: LedgerError.self) { try EngineLedger(path: "/no/such/folder/engines.jsonl") }
    }

    @Test func eachEventIsALineOfItsOwn() throws {
        let ledger = try EngineLedger(path: path)
        let tag = try ledger.intend(engine: "draft")
        try ledger.started(tag: tag, pid: 5, startTime: 6)
        try ledger.stopped(tag: tag, note: "swept")
        let lines = scratch.text("engines.jsonl").split(separator: "\n")
        #expect(lines.count == 3)
        #expect(lines[1].contains(#""pid":5,"start":6"#))
    }
}
