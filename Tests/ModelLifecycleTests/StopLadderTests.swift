import Foundation
import TestSupport
import Testing

@testable import ModelLifecycle

@Suite("The stop ladder", .timeLimit(.minutes(1)))
struct StopLadderTests {
    private let patient = StopLadder(grace: .seconds(600))
    private let hasty = StopLadder(grace: .milliseconds(40))

    @Test("a process that obeys SIGTERM ends by itself")
    func orderly() async throws {
        let scratch = try Scratch()
        let child = try await shell(
            "trap 'echo bye; exit 0' TERM; echo me $$; while :; do sleep 0.01; done", in: scratch)
        _ = try await pid("me", in: scratch)
        #expect(try await patient.bringDown(child.tree(), engine: "e") == .ended)
        #expect(child.exit.value == .exited(code: 0))
        #expect(scratch.text("output").hasSuffix("bye\n"))
    }

    @Test("the end of the leader is seen when it comes, and not at the next look")
    func looksAtOnce() async throws {
        let scratch = try Scratch()
        // It has no child that could outlive it.
        let child = try await shell("echo me $$; exec sleep 1000", in: scratch)
        _ = try await pid("me", in: scratch)
        var ladder = patient
        // Beyond the limit of the test.
        ladder.firstPause = .seconds(90)
        #expect(try await ladder.bringDown(child.tree(), engine: "e", exit: child.exit) == .ended)
    }

    @Test("a process that ignores SIGTERM is killed")
    func ignoresSIGTERM() async throws {
        let scratch = try Scratch()
        let child = try await shell("trap '' TERM; echo me $$; while :; do sleep 0.01; done", in: scratch)
        _ = try await pid("me", in: scratch)
        #expect(try await hasty.bringDown(child.tree(), engine: "e") == .killed)
        #expect(try await child.exit.wait() == .signalled(SIGKILL))
    }

    @Test("a stopped process is killed")
    func stoppedProcess() async throws {
        let scratch = try Scratch()
        let child = try await shell("echo me $$; kill -STOP $$; sleep 1000", in: scratch)
        _ = try await pid("me", in: scratch)
        try await until { ProcFS.record(of: child.pid)?.state == "T" }
        #expect(try await hasty.bringDown(child.tree(), engine: "e") == .killed)
    }

    @Test("a process that its wrapper leaves behind gets a SIGTERM of its own")
    func leftByWrapper() async throws {
        let scratch = try Scratch()
        // The wrapper dies of SIGTERM; the server behind it would never hear of it.
        let child = try await shell(
            "sh -c 'trap \"echo bye; exit 0\" TERM; echo server $$; while :; do sleep 0.01; done' & wait",
            in: scratch)
        let server = try await pid("server", in: scratch)
        #expect(try await patient.bringDown(child.tree(), engine: "e") == .ended)
        #expect(!isAlive(server))
        #expect(scratch.text("output").hasSuffix("bye\n"))
    }

    @Test("the group of a dead leader is ended")
    func deadLeader() async throws {
        let scratch = try Scratch()
        let child = try await shell("trap '' TERM; sleep 1000 & echo orphan $!; exit 1", in: scratch)
        _ = try await child.exit.wait()
        let orphan = try await pid("orphan", in: scratch)
        #expect(isAlive(orphan))
        #expect(try await hasty.bringDown(child.tree(), engine: "e") == .killed)
        #expect(!isAlive(orphan))
    }

    @Test("a descendant in a session of its own is found by its parents")
    func foundByParentage() async throws {
        let scratch = try Scratch()
        let child = try await shell("setsid sh -c 'echo deep $$; exec sleep 1000' & wait", in: scratch)
        let deep = try await pid("deep", in: scratch)
        #expect(ProcFS.record(of: deep)?.group != child.pid)
        _ = try await StopLadder(grace: .zero).bringDown(child.tree(), engine: "e")
        #expect(!isAlive(deep))
    }

    @Test("an orphan in a session of its own is found by its tag")
    func foundByTag() async throws {
        let scratch = try Scratch()
        let tag = UUID().uuidString
        let child = try await shell(
            "setsid sh -c 'echo deep $$; exec sleep 1000' & read line; exit 0", in: scratch, tag: tag)
        _ = try await child.exit.wait()
        let deep = try await pid("deep", in: scratch)
        #expect(try await hasty.bringDown(child.tree(), engine: "e") == .wasGone)
        #expect(isAlive(deep))
        #expect(try await hasty.bringDown(child.tree(tag: tag), engine: "e") == .ended)
        #expect(!isAlive(deep))
    }

    @Test("where nothing lives, nothing is done")
    func nobodyLeft() async throws {
        let scratch = try Scratch()
        let child = try await shell("exit 0", in: scratch)
        _ = try await child.exit.wait()
        #expect(try await patient.bringDown(child.tree(), engine: "e") == .wasGone)
    }

    @Test("the ladder runs to its end in a cancelled task")
    func cancelledTask() async throws {
        let scratch = try Scratch()
        let child = try await shell("trap '' TERM; echo me $$; while :; do sleep 0.01; done", in: scratch)
        _ = try await pid("me", in: scratch)
        let task = Task {
            while !Task.isCancelled { await Task.yield() }
            return try await hasty.bringDown(child.tree(), engine: "e")
        }
        task.cancel()
        #expect(try await task.value == .killed)
        #expect(!isAlive(child.pid))
    }

    @Test("a process that survives is named after a bounded time")
    func survivor() async throws {
        let scratch = try Scratch()
        let child = try await shell("echo me $$; exec sleep 1000", in: scratch)
        _ = try await pid("me", in: scratch)
        var powerless = StopLadder(grace: .milliseconds(10), killLimit: .milliseconds(10))
        powerless.send = { _, _ in }
        let ladder = powerless
        let error = await #expect(throws: EngineUnkillable.self) {
            try await ladder.bringDown(child.tree(), engine: "draft")
        }
        #expect(error?.survivors.map(\.pid) == [child.pid])
        #expect(error?.description.contains("engine draft survived SIGKILL: \(child.pid) (") == true)
        try await child.clearAway()
    }

    @Test("a recycled pid is not touched")
    func recycledPid() async throws {
        let scratch = try Scratch()
        let stranger = try await shell("sleep 1000 & echo member $!; wait", in: scratch)
        let member = try await pid("member", in: scratch)
        let start = try #require(stranger.startTime)
        for trusts in [true, false] {
            let tree = ProcessTree(
                leader: stranger.pid, leaderStart: start - 1, tag: "x", trustsGroup: trusts)
            #expect(tree.living().isEmpty)
            #expect(try await hasty.bringDown(tree, engine: "e") == .wasGone)
        }
        #expect(isAlive(stranger.pid))
        #expect(isAlive(member))
        try await stranger.clearAway()
    }
}
