import Foundation
import Logging
import Synchronization
import TestSupport
import Testing

@testable import ModelLifecycle

/// Who is forked, and what the run says where somebody is not.
@Suite("Fork servers", .timeLimit(.minutes(1))) struct WarmStartsTests {
    private let scratch: Scratch
    private let ledger: EngineLedger
    private let log = Lines()
    private let launch = WarmLaunch(arguments: ["serve"], early: ["THREADS": "2"], late: [:])

    init() throws {
        scratch = try Scratch()
        ledger = try EngineLedger(path: scratch.path("engines"))
    }

    private static let ready = #"echo '{"ready": {"seconds": 0}}'; read line"#

    private func plan(_ script: String, trust: ForkServerPlan.Trust = .proven) -> ForkServerPlan {
        ForkServerPlan(
            executable: "/bin/sh", arguments: ["-c", script], environment: ["THREADS": "2"], trust: trust, build: "1")
    }

    private func starts(_ plan: ForkServerPlan, answers: String = "answers") async -> WarmStarts {
        let starts = WarmStarts(
            ledger: ledger, logDirectory: scratch.path("logs"), limit: .seconds(60),
            answers: ColdAnswers(folder: scratch.path(answers)),
            logger: Logger(label: "test") { [log] _ in log })
        await starts.begin { plan }
        return starts
    }

    private func advice(_ starts: WarmStarts, engine: String = "draft", _ launch: WarmLaunch? = nil) async throws
        -> WarmStarts.Advice
    {
        try await starts.advice(for: EngineConfiguration(name: engine, model: "/m"), launch ?? self.launch)
    }

    @Test("an engine that is spawned anyway does not wait for the imports")
    func unknownAnswer() async throws {
        let starts = await starts(plan("exec sleep 1000", trust: .unproven))
        #expect(try await advice(starts) == .spawn)
        #expect(log.taken.isEmpty)
        await starts.end()
    }

    @Test("an engine whose variables are others is spawned, and the run says so once")
    func otherEnvironment() async throws {
        let starts = await starts(plan(Self.ready))
        var other = launch
        other.early = ["THREADS": "1", "MORE": "secret"]
        for _ in 0..<2 { #expect(try await advice(starts, engine: "target", other) == .spawn) }
        #expect(try await advice(starts) == .fork(expecting: nil))
        let words = log.taken.filter { $0.contains("target") }
        #expect(words.count == 1 && words[0].contains("other values of MORE, THREADS"), "\(words)")
        #expect(!words.joined().contains("secret"))
        await starts.end()
    }

    @Test("a fork server that is killed while it imports has a successor")
    func killedOnce() async throws {
        let starts = await starts(plan("mkdir '\(scratch.path("was"))' && kill -9 $$; \(Self.ready)"))
        #expect(try await advice(starts) == .fork(expecting: nil))
        #expect(log.taken.count { $0.contains("signal 9 (SIGKILL)") && $0.contains("starting another") } == 1)
        await starts.end()
    }

    @Test(
        "the third that is killed, or one that ends by itself, is the last",
        arguments: [("kill -9 $$", 3), ("exit 3", 1)])
    func killedAgain(_ script: String, count: Int) async throws {
        let starts = await starts(plan(script))
        #expect(try await advice(starts) == .spawn)
        #expect(await starts.isOff)
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path("logs")).count == count)
        #expect(log.taken.count { $0.contains("engines are spawned from now on") } == 1)
        await starts.end()
    }

    @Test("where answers cannot be kept, this run forks all the same, and says once what others have to do")
    func answersOfThisRun() async throws {
        try Data().write(to: scratch.file("answers"))
        let starts = await starts(plan(Self.ready, trust: .unproven))
        let configuration = EngineConfiguration(name: "draft", model: "/m")
        for _ in 0..<2 { await starts.note(.tokens([3]), of: configuration, launch) }
        #expect(try await advice(starts) == .fork(expecting: .tokens([3])))
        #expect(log.taken.count { $0.contains("XDG_CACHE_HOME") } == 1)
        await starts.end()
    }

    @Test("a process that has got the pid of a fork which ended is left alone")
    func otherProcess() async throws {
        let other = try await shell("exec sleep 1000", in: scratch)
        let script = """
            \(Self.ready); id=$(expr "$line" : '.*"id":"\\([0-9a-f]*\\)"')
            echo '{"forked": {"id": "'$id'", "pid": \(other.pid)}}'; read line
            """
        let starts = await starts(plan(script))
        let request = ForkRequest.Fork(id: "ab12", arguments: [], environment: [:], path: [], log: "/dev/null")
        let child = try #require(try await starts.fork(request))
        #expect(child.pid == other.pid)
        #expect(child.tree(tag: "ab12").living().isEmpty)
        await starts.end()
        try await child.clearAway(tag: "ab12")
        #expect(isAlive(other.pid))
        try await other.clearAway()
    }
}

/// The messages of a logger, from notices up.
private final class Lines: LogHandler {
    private let messages = Mutex<[String]>([])
    var taken: [String] { messages.withLock { $0 } }

    var metadata: Logger.Metadata {
        get { [:] }
        set {}
    }
    var logLevel: Logger.Level {
        get { .notice }
        set {}
    }
    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { nil }
        set {}
    }

    func log(event: LogEvent) { messages.withLock { $0.append("\(event.message)") } }
}
