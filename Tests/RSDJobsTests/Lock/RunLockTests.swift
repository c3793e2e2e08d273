import Foundation
@testable import RunStore
@testable import Support
import Synchronization
import TestSupport
import Testing

@Suite("The lock of a run directory") struct RunLockTests {
    @Test("the second is refused, and told who has it")
    func second() async throws {
        let scratch = try Scratch()
        let first = try await RunLock.take(scratch.file("lock"))
        let refusal = await #expect(throws: RunLocked.self) { try await RunLock.take(scratch.file("lock")) }
        #expect(refusal?.holder?.pid == getpid())
        #expect(refusal?.description.contains("process \(getpid()) on ") == true)
        #expect(LockInspector.now(scratch.file("lock"))?.holder.pid == getpid())
        try first.confirm()
    }

    @Test("it is free again after its holder, and its files do not pile up")
    func released() async throws {
        let scratch = try Scratch()
        for _ in 0..<3 { _ = try await RunLock.take(scratch.file("lock")) }
        #expect(LockInspector.now(scratch.file("lock")) == nil)
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.url.path).sorted() == ["lock", "lock.3"])
    }

    @Test("a directory that is moved, removed or replaced under its holder is written to no more", arguments: 0..<3)
    func goneUnderHolder(way: Int) async throws {
        let scratch = try Scratch()
        let (run, moved) = (scratch.file("run"), scratch.file("moved"))
        try Folder.make(run.path)
        let lock = try await RunLock.take(run.appending(path: "lock"))
        try lock.confirm()
        if way == 0 { try FileManager.default.removeItem(at: run) } else { #expect(rename(run.path, moved.path) == 0) }
        if way == 2 { try Folder.make(run.path) }
        let successor = way == 2 ? try await RunLock.take(run.appending(path: "lock")) : nil
        let raised = Mutex(false)
        lock.whenLost { raised.withLock { $0 = true } }
        // Where nothing is, a file system may be away; yet nothing is concluded there.
        if way < 2 { try lock.confirm() }
        let loss = #expect(throws: RunLockLost.self) { try lock.confirm(isLast: way < 2) }
        #expect(loss?.directory == run.path)
        #expect(loss?.holder == successor?.holder)
        #expect(raised.withLock { $0 })
        try successor?.confirm()
    }

    @Test("names that are not numbers do not count, and the last number is refused")
    func lastNumber() async throws {
        let scratch = try Scratch()
        for name in ["lock.007", "lock.+3", "lock.-1", "lock.0", "lock.9999999999999999999"] {
            try Data().write(to: scratch.file(name))
            try await RunLock.take(scratch.file("lock")).confirm()
        }
        try Data(#"{"released":true}"#.utf8).write(to: scratch.file("lock.999999999999999"))
        let error = await #expect(throws: DamagedRun.self) { try await RunLock.take(scratch.file("lock")) }
        #expect(error?.file == scratch.file("lock.999999999999999").path)
        try FileManager.default.removeItem(at: scratch.file("lock.999999999999999"))
        try await RunLock.take(scratch.file("lock")).confirm()
    }

    @Test("of many that come at the same time, one gets the lock")
    func oneOfMany() async throws {
        let scratch = try Scratch()
        let file = scratch.file("lock")
        let held = await withTaskGroup(of: RunLock?.self) { group in
            for _ in 0..<8 { group.addTask { try? await RunLock.take(file) } }
            return await group.reduce(into: [RunLock]()) { if let lock = $1 { $0.append(lock) } }
        }
        #expect(held.count == 1)
    }

    @Test("a holder on this machine that is gone, or whose pid is another's by now, does not hold it")
    func goneHere() async throws {
        let scratch = try Scratch()
        var holder = LockHolder.me(heartbeatInterval: 1000)
        holder.start += 1
        try write(holder, to: scratch.file("lock.7"))
        #expect(LockInspector.now(scratch.file("lock")) == nil)
        let lock = try await RunLock.take(scratch.file("lock"))
        #expect(!lock.isTakenOver)
        #expect(!FileManager.default.fileExists(atPath: scratch.file("lock.7").path))
    }

    @Test("on one machine the answer comes at once, whatever was left behind", arguments: Leftover.allCases)
    func leftover(_ leftover: Leftover) async throws {
        let scratch = try Scratch()
        try leftover.lay(at: scratch.file("lock.7"))
        let lock = try await RunLock.take(scratch.file("lock"), isShared: false) {
            Issue.record("waited for \($1 ?? 0) s")
        }
        #expect(!lock.isTakenOver)
        #expect(LockInspector.now(scratch.file("lock"))?.holder == lock.holder)
    }

    @Test("a second runner is refused at once, whatever has become of the holder's file")
    func damagedWhileHeld() async throws {
        let scratch = try Scratch()
        let lock = try await RunLock.take(scratch.file("lock"))
        defer { withExtendedLifetime(lock) {} }
        try Leftover.empty.lay(at: scratch.file("lock.1"))
        await #expect(throws: RunLocked.self) {
            try await RunLock.take(scratch.file("lock"), isShared: false) { Issue.record("waited for \($1 ?? 0) s") }
        }
    }

    @Test("the copy of a directory that somebody works on is nobody's")
    func copied() async throws {
        let scratch = try Scratch()
        let (run, copy) = (scratch.file("run"), scratch.file("copy"))
        try Folder.make(run.path)
        let lock = try await RunLock.take(run.appending(path: "lock"))
        try FileManager.default.copyItem(at: run, to: copy)
        #expect(LockInspector.now(run.appending(path: "lock")) != nil)
        #expect(LockInspector.now(copy.appending(path: "lock")) == nil)
        let other = try await RunLock.take(copy.appending(path: "lock")) { Issue.record("waited for \($1 ?? 0) s") }
        try other.confirm()
        try lock.confirm()
    }

    @Test("this machine's own file systems are known for what they are")
    func conclusive() async throws {
        let scratch = try Scratch()
        #expect(try KernelLock(scratch.file("lock")).isConclusive)
        #expect(try !KernelLock(scratch.file("lock"), isShared: true).isConclusive)
        #expect(KernelLock.isFree(scratch.file("lock")) == true)
        #expect(KernelLock.isFree(scratch.file("none")) == nil)
        let taken = try KernelLock(scratch.file("lock"))
        #expect(try await taken.take())
        #expect(KernelLock.isFree(scratch.file("lock")) == false)
    }

    @Test("a release is one write, in the room that the file had")
    func releasedInPlace() async throws {
        let scratch = try Scratch()
        let files = LockFiles(base: scratch.file("lock"))
        let holder = LockHolder.me(heartbeatInterval: 10)
        let descriptor = try #require(try files.claim(1, for: holder))
        defer { close(descriptor) }
        #expect(try files.claim(1, for: .me(heartbeatInterval: 10)) == nil)
        #expect(try files.last()?.holder == holder)
        let length = try Data(contentsOf: scratch.file("lock.1")).count
        try files.release(descriptor)
        #expect(try files.last()?.content == .released)
        #expect(try Data(contentsOf: scratch.file("lock.1")).count == length)
    }

    @Test("names that are no numbers, or none with a next one, do not count; what a killed claim left is cleared away")
    func oddNames() async throws {
        let scratch = try Scratch()
        for name in ["lock.9223372036854775807", "lock.-1", "lock.0", "lock.x", "lock.new-dead"] {
            try Data().write(to: scratch.file(name))
        }
        let lock = try await RunLock.take(scratch.file("lock"), isShared: true) {
            Issue.record("waited for \($1 ?? 0) s")
        }
        try lock.confirm()
        #expect(FileManager.default.fileExists(atPath: scratch.file("lock.1").path))
        #expect(!FileManager.default.fileExists(atPath: scratch.file("lock.new-dead").path))
    }

    @Test("an interval that nobody can keep falls back to the usual one", arguments: [0, -1, 1e300, .infinity, .nan])
    func absurdInterval(_ heartbeatInterval: Double) {
        #expect(
            LockHolder.me(heartbeatInterval: heartbeatInterval).timeout == LockHolder.usualHeartbeatInterval
                * LockHolder.patience)
    }

    @Test("a holder elsewhere holds it while it gives signs of life", arguments: Elsewhere.allCases)
    func aliveElsewhere(_ elsewhere: Elsewhere) async throws {
        let scratch = try Scratch()
        try write(elsewhere.holder(heartbeatInterval: 1000), to: scratch.file("lock.7"))
        let refusal = await #expect(throws: RunLocked.self) {
            try await RunLock.take(scratch.file("lock"), isShared: true) { _, _ in
                // The holder's next sign of life.
                utimensat(AT_FDCWD, scratch.file("lock.7").path, nil, 0)
            }
        }
        #expect(refusal?.holder == elsewhere.holder(heartbeatInterval: 1000))
    }

    @Test("a holder elsewhere that gives none for long is taken over", arguments: Elsewhere.allCases)
    func goneElsewhere(_ elsewhere: Elsewhere) async throws {
        let scratch = try Scratch()
        try write(elsewhere.holder(heartbeatInterval: 0.01), to: scratch.file("lock.7"))
        let lock = try await RunLock.take(scratch.file("lock"), isShared: true)
        #expect(lock.isTakenOver)
        #expect(LockInspector.now(scratch.file("lock"))?.holder == lock.holder)
    }

    @Test("who has been taken over learns it before it writes, and does not release what is another's")
    func fenced() async throws {
        let scratch = try Scratch()
        let lost = try await fence(scratch)
        #expect(lost.holder?.host == "node9")
        #expect(LockInspector.now(scratch.file("lock"))?.holder.host == "node9")
    }

    @Test("a file system that is away takes the lock from nobody for a moment, and stops the holder when it stays away")
    func away() async throws {
        let scratch = try Scratch()
        let (run, elsewhere) = (scratch.file("run"), scratch.file("elsewhere"))
        try Folder.make(run.path)
        let lock = try await RunLock.take(run.appending(path: "lock"), heartbeatInterval: 0.02)
        try FileManager.default.moveItem(at: run, to: elsewhere)
        #expect(try lock.giveSign() != nil)
        try FileManager.default.moveItem(at: elsewhere, to: run)
        #expect(try lock.giveSign() == nil)
        try lock.confirm()

        try FileManager.default.moveItem(at: run, to: elsewhere)
        let stop = await #expect(throws: RunLockLost.self) {
            while true {
                try lock.confirm()
                await Task.yield()
            }
        }
        #expect(stop?.directory == run.path)
        #expect(stop?.description.contains("No such file or directory") == true)
    }

    @Test("the kernel's lock of a machine that is gone keeps nobody out")
    func kernelLockOfTheGone() async throws {
        let scratch = try Scratch()
        try write(Elsewhere.host.holder(heartbeatInterval: 0.01), to: scratch.file("lock.7"))
        let theirs = open(scratch.file("lock").path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        defer { close(theirs) }
        #expect(flock(theirs, LOCK_EX | LOCK_NB) == 0)
        let lock = try await RunLock.take(scratch.file("lock"))
        #expect(lock.isTakenOver)
    }

    private func fence(_ scratch: Scratch) async throws -> RunLockLost {
        let lock = try await RunLock.take(scratch.file("lock"), heartbeatInterval: 0.001)
        try lock.confirm()
        try write(Elsewhere.host.holder(heartbeatInterval: 1000), to: scratch.file("lock.2"))
        await withCheckedContinuation { continuation in
            lock.whenLost { continuation.resume() }
        }
        let error = #expect(throws: RunLockLost.self) { try lock.confirm() }
        return try #require(error)
    }

    /// What may stand where a lock's words are expected, of a holder that is gone.
    enum Leftover: CaseIterable {
        case empty, torn, zeros, notHolders, folder, danglingLink, boot, container

        func lay(at file: URL) throws {
            let whole = try JSONEncoder().encode(["holder": LockHolder.me(heartbeatInterval: 10)])
            switch self {
            case .empty: try Data().write(to: file)
            case .torn: try whole.prefix(whole.count / 2).write(to: file)
            case .zeros: try Data(count: whole.count).write(to: file)
            case .notHolders: try Data(#"{"holder":7}"#.utf8).write(to: file)
            case .folder: try FileManager.default.createDirectory(at: file, withIntermediateDirectories: false)
            case .danglingLink: #expect(symlink("nowhere", file.path) == 0)
            case .boot:
                try JSONEncoder().encode(["holder": Elsewhere.boot.holder(heartbeatInterval: 10)]).write(to: file)
            case .container:
                try JSONEncoder().encode(["holder": Elsewhere.container.holder(heartbeatInterval: 10)]).write(to: file)
            }
        }
    }

    /// What makes a pid mean nothing here.
    enum Elsewhere: CaseIterable {
        case host, boot, container

        func holder(heartbeatInterval: Double) -> LockHolder {
            var holder = LockHolder.me(heartbeatInterval: heartbeatInterval)
            holder.token = "theirs"
            switch self {
            case .host: holder.host = "node9"
            case .boot: holder.boot = "another"
            case .container: holder.pids = "pid:[1]"
            }
            return holder
        }
    }

    private func write(_ holder: LockHolder, to file: URL) throws {
        try JSONEncoder().encode(["holder": holder]).write(to: file)
    }
}
