import Foundation
import TestSupport
import Testing

@testable import ModelLifecycle
@testable import Support

@Suite("The phases of a start") struct StartPhasesTests {
    // MARK: vLLM's words

    private static let loading =
        "(Worker pid=7) INFO 11-28 07:21:00 [cpu_model_runner.py:68] Starting to load model /m..."

    /// Of GPU builds the lines are from public reports (vLLM issues 20264, 38820, pull requests 23066, 44106), or as the source has them.
    static let lines: [(String, StartMark?)] = [
        (loading, .loadBegan),
        (
            "\u{1B}[0;36m(EngineCore_DP0 pid=7)\u{1B}[0;0m INFO 11-28 07:24:44 [gpu_model_runner.py:3563] Starting to load model /m...",
            .loadBegan
        ),
        (
            "(EngineCore pid=7) INFO 06-02 00:51:39 [default_loader.py:397] Loading weights took 26.93 seconds",
            .weightsRead(seconds: 26.93)
        ),
        ("INFO 06-19 23:05:01 [loader.py:447] Loading weights took 0.69 seconds", .weightsRead(seconds: 0.69)),
        (
            "(EngineCore pid=7) INFO 06-02 00:51:40 [model_runner.py:295] Model loading took 7.64 GiB and 32.969258 seconds",
            .loaded(seconds: 32.969258)
        ),
        (
            "(Worker_TP0 pid=7) INFO 05-06 20:59:59 [gpu_model_runner.py:4879] Model loading took 12.66 GiB memory and 31.657031 seconds",
            .loaded(seconds: 31.657031)
        ),
        (
            "INFO 06-19 23:05:35 [core.py:162] init engine (profile, create kv cache, warmup model) took 34.11 seconds",
            .warmedUp(seconds: 34.11)
        ),
        (
            "(EngineCore pid=7) INFO 11-28 07:21:08 [core.py:402] init engine (profile, create kv cache, warmup model) took 5.87 s",
            .warmedUp(seconds: 5.87)
        ),
        (
            "(EngineCore pid=7) INFO 11-28 07:21:08 [core.py:386] init engine (profile, create kv cache, warmup model) took 41.30 s "
                + "(compilation: 12.50 s — language_model: 12.00 s, encoder: 0.50 s)", .warmedUp(seconds: 41.3)
        ),
        // Parts of the above.
        ("(Worker pid=7) INFO 11-28 07:21:00 [base_loader.py:82] Initializing model took 0.356661 seconds", nil),
        ("INFO 06-19 23:05:09 [backends.py:426] Dynamo bytecode transform time: 7.51 s", nil),
        ("INFO 06-19 23:05:18 [monitor.py:33] torch.compile takes 7.51 s in total", nil),
        ("INFO 06-19 23:05:35 [gpu_model_runner.py:1608] Graph capturing finished in 17 secs, took 0.48 GiB", nil),
        (
            "INFO 04-18 08:26:15 [backends.py:120] Directly load the compiled graph(s) for shape None from the cache, took 4.190 s",
            nil
        ),
        ("Loading safetensors checkpoint shards: 100% Completed | 1/1 [00:00<00:00, 186.44it/s]", nil),
        ("INFO 11-28 [default_loader.py:1] Loading weights took . seconds", nil),
    ]

    @Test("vLLM's log tells how far a start is", arguments: lines)
    func marks(line: String, mark: StartMark?) {
        #expect(StartMark(vllm: line[...]) == mark)
    }

    // MARK: Logs as they grew

    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "VLLMRecords")

    private static func look(_ pieces: [(Double, Data)], readyAt ready: Double) -> StartPhases? {
        var watch = StartWatch { StartMark(vllm: $0) }
        for (moment, bytes) in pieces { watch.take(bytes, at: moment) }
        return watch.phases(of: TimeSpan(begin: 0, seconds: ready))
    }

    private static func record(_ name: String) throws -> [(Double, Data)] {
        try String(contentsOf: folder.appending(path: name), encoding: .utf8).split(separator: "\n").map { line in
            let parts = line.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
            return (try #require(Double(parts[0])), Data((parts[1] + "\n").utf8))
        }
    }

    struct Recorded: Sendable, CustomTestStringConvertible {
        var log: String
        var ready: Double
        var phases: StartPhases
        var testDescription: String { log }
    }

    static let recorded = [
        Recorded(
            log: "0.13.0/started.timed", ready: 73.71,
            phases: StartPhases(imports: 60.87, weights: 0.26, graphs: 9.42, ready: 3.16)),
        Recorded(
            log: "0.14.1/started.timed", ready: 49.94,
            phases: StartPhases(imports: 45.28, weights: 0.1, graphs: 3.09, ready: 1.47)),
        Recorded(
            log: "0.20.2/started.timed", ready: 136.21,
            phases: StartPhases(imports: 78.6, weights: 0.07, graphs: 52.2, ready: 5.34)),
        Recorded(
            log: "0.32.0/started.timed", ready: 122.12,
            phases: StartPhases(imports: 110.83, weights: 0.27, graphs: 8.09, ready: 2.93)),
    ]

    @Test("real starts are told by phase", arguments: recorded)
    func golden(_ start: Recorded) throws {
        let phases = try #require(Self.look(try Self.record(start.log), readyAt: start.ready))
        #expect(Self.areClose(phases, start.phases, within: 0.006), "\(phases)")
    }

    @Test("every record of a start that grew is tested")
    func complete() throws {
        let all = try FileManager.default.subpathsOfDirectory(atPath: Self.folder.path).filter {
            $0.hasSuffix(".timed")
        }
        #expect(Set(all) == Set(Self.recorded.map(\.log)))
    }

    /// vLLM issue 20264: a GPU, with graphs from the cache and captured.
    private static let gpuLines: [(Double, String)] = [
        (28.1, "(EngineCore_0 pid=7) INFO 06-19 23:05:00 [gpu_model_runner.py:1258] Starting to load model /m...\n"),
        (29.0, "INFO 06-19 23:05:01 [loader.py:447] Loading weights took 0.69 seconds\n"),
        (29.0, "INFO 06-19 23:05:01 [gpu_model_runner.py:1273] Model loading took 3.4213 GiB and 0.902026 seconds\n"),
        (46.0, "INFO 06-19 23:05:18 [monitor.py:33] torch.compile takes 7.51 s in total\n"),
        (63.1, "INFO 06-19 23:05:35 [gpu_model_runner.py:1608] Graph capturing finished in 17 secs, took 0.48 GiB\n"),
        (
            63.2,
            "INFO 06-19 23:05:35 [core.py:162] init engine (profile, create kv cache, warmup model) took 34.11 seconds\n"
        ),
    ]
    private static let gpu: [(Double, Data)] = gpuLines.map { ($0.0, Data($0.1.utf8)) }

    @Test("on a GPU, loading is what vLLM says, and compiling and graphs are one phase")
    func onGPU() throws {
        let phases = try #require(Self.look(Self.gpu, readyAt: 65))
        let expected = StartPhases(imports: 28.097974, weights: 0.902026, graphs: 34.2, ready: 1.8)
        #expect(Self.areClose(phases, expected, within: 1e-6), "\(phases)")
    }

    private static func areClose(_ one: StartPhases, _ other: StartPhases, within gap: Double) -> Bool {
        let pairs = zip(one.known, other.known)
        return one.known.map(\.name) == other.known.map(\.name)
            && pairs.allSatisfy { abs($0.seconds - $1.seconds) < gap }
    }

    @Test("a log may be read in any pieces")
    func pieces() throws {
        let whole = try #require(Self.look(Self.gpu, readyAt: 65))
        var bytes: [(Double, Data)] = []
        for (moment, line) in Self.gpu {
            // What stands at a cut comes with the next piece, at the moment that its line is complete.
            bytes += line.map { (moment, Data([$0])) }
        }
        #expect(Self.look(bytes, readyAt: 65) == whole)
        // Progress bars and letters of several bytes between the lines.
        let noise = Data("\r█ 50%|██\r█ 99%|███\n".utf8)
        let noisy: [(Double, Data)] = Self.gpu.flatMap { moment, line -> [(Double, Data)] in
            [(moment, noise + line.prefix(9)), (moment, Data(line.dropFirst(9)) + noise)]
        }
        #expect(Self.look(noisy, readyAt: 65) == whole)
    }

    @Test("what is not told is not made up")
    func unknown() {
        func look(_ lines: [String]) -> StartPhases? {
            let pieces: [(Double, Data)] = lines.enumerated().map {
                (Double($0.offset + 1), Data("\($0.element)\n".utf8))
            }
            return Self.look(pieces, readyAt: 10)
        }
        #expect(look([]) == nil)
        #expect(look(["INFO nothing", "Loading weights took a while"]) == nil)
        #expect(look([Self.loading]) == nil)
        #expect(look([Self.loading, "Loading weights took 0.50 seconds"]) == StartPhases(weights: 1))
        #expect(look(["Loading weights took 0.50 seconds"]) == StartPhases(weights: 0.5))
        #expect(look(["init engine (profile) took 0.25 s"]) == StartPhases(graphs: 0.25, ready: 9))
        #expect(look([String(repeating: "x", count: 40_000) + "Loading weights took 0.50 seconds"]) == nil)
    }

    @Test("whatever a log claims, phases are never negative, and all four make the start")
    func sums() {
        var state: UInt64 = 7
        func number(below most: Double) -> Double {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Double(state >> 40) / Double(1 << 24) * most
        }
        var complete = 0
        for _ in 0..<500 {
            let times = (0..<3).map { _ in number(below: 30) }
            let marks: [StartMark] = [
                .loadBegan, .weightsRead(seconds: times[0]), .loaded(seconds: times[1]), .warmedUp(seconds: times[2]),
            ]
            var watch = StartWatch { line in Int(line).map { marks[$0] } }
            for _ in 0..<8 { watch.take(Data("\(Int(number(below: 4)))\n".utf8), at: number(below: 20)) }
            let total = number(below: 40)
            let known = watch.phases(of: TimeSpan(begin: number(below: 20), seconds: total))?.known ?? []
            let sum = known.reduce(0) { $0 + $1.seconds }
            #expect(known.allSatisfy { $0.seconds >= 0 } && sum <= total + 1e-9)
            if known.count == 4 {
                complete += 1
                #expect(abs(sum - total) < 1e-9)
            }
        }
        #expect(complete > 100)
    }

    // MARK: An engine

    @Test("a start of an engine has its phases")
    func engine() async throws {
        var bench = try await EngineBench()
        let server = bench.server
        server.isHealthy = false
        bench.dialect.script = """
            echo 'Starting to load model /m...'; echo 'Loading weights took 0.00 seconds'
            echo 'init engine (profile) took 0.00 s'; exec sleep 1000
            """
        let (engine, done) = (bench.engine(), bench)
        async let start = engine.start()
        try await until { done.log(1).contains("init engine") }
        server.isHealthy = true
        _ = try await start
        let seen = try #require(await engine.counters.starts.first)
        let phases = try #require(seen.phases)
        #expect(phases.known.map(\.name) == [.imports, .weights, .graphs, .ready])
        let sum = phases.known.reduce(0) { $0 + $1.seconds }
        #expect(abs(sum - seen.span.seconds) < 1e-9)
        try await engine.stop()
    }
}
