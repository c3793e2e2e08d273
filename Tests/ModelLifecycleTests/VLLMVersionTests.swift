import Foundation
import TestSupport
import Testing

@testable import ModelLifecycle

@Suite("vLLM's version") struct VLLMVersionTests {
    private typealias Release = VLLMVersion.Release

    @Test(
        "is read from whatever the package says",
        arguments: [
            ("0.32.0+cpu", "0.32.0"), ("0.11.2.post2", "0.11.2"), ("0.20.2rc1.dev25+gabc123.cu129", "0.20.2"),
            ("v0.14.1", "0.14.1"), ("1.0", "1.0.0"), ("0.8.5.post1+rocm", "0.8.5"), ("0.1.7", "0.1.7"),
            ("0.1.dev1+g5f2a3b.d20251104", nil), ("dev", nil), ("unknown", nil), ("", nil),
            ("9999999999999999999.1.2", nil),
            ("0.99999999999999999999", nil), ("0.14.99999999999999999999", nil), ("٠.١٤.١", nil),
        ] as [(String, String?)])
    func parsing(text: String, release: String?) {
        let version = VLLMVersion(text)
        #expect(version.release?.description == release)
        #expect(version.description == text)
    }

    @Test("the CPU build is recognised")
    func cpuBuild() {
        #expect(VLLMVersion("0.32.0+cpu").isCPUBuild)
        #expect(!VLLMVersion("0.32.0").isCPUBuild)
    }

    @Test("versions are ordered by their numbers")
    func order() {
        let texts = ["0.9.2", "0.10.0", "0.11.0", "0.11.2", "0.20.0", "0.100.0", "1.0.0"]
        let releases = texts.compactMap { VLLMVersion($0).release }
        #expect(releases == releases.sorted() && Set(releases).count == texts.count)
    }

    @Test("one that was tried needs no word; others do, and none is an error but those that lack what is needed")
    func caution() throws {
        for release in VLLMVersion.tried {
            #expect(VLLMVersion("\(release)+cpu").caution == nil)
            #expect(VLLMVersion("\(release).post2").caution == nil)
        }
        for text in ["0.27.1", "0.33.0", "0.1.dev1+gabc"] {
            let caution = try #require(VLLMVersion(text).caution)
            #expect(caution.contains(text))
            for release in VLLMVersion.tried { #expect(caution.contains(release.description)) }
            #expect(throws: Never.self) { try VLLMVersion(text).check(for: "vllm", remedy: "") }
        }
        #expect(throws: EngineError.self) { try VLLMVersion("0.12.0.post2").check(for: "vllm", remedy: "") }
        #expect(
            VLLMVersion.tried.allSatisfy { $0 >= VLLMVersion.oldest } && VLLMVersion.tried == VLLMVersion.tried.sorted()
        )
    }
}

@Suite("A start of each version of vLLM") struct VLLMVersionedStartTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    /// A Python that tells a version of vLLM; nil tells none.
    private func dialect(_ version: String?) throws -> VLLMDialect {
        let python = scratch.path("python")
        let script = version.map { "echo '\u{1B}[32mnoise\u{1B}[0m'; echo '\($0)'" } ?? "echo no such package; exit 1"
        try Script.write("#!/bin/sh\n\(script)\n", to: URL(filePath: python))
        return VLLMDialect(installation: VLLMInstallation(venv: python))
    }

    private func plan(
        _ version: String?, arguments: [EngineConfiguration.Argument] = [], environment: [String: String] = [:],
        task: EngineTask = .generate, processors: ProcessorShare = .whole
    ) async throws -> LaunchPlan {
        let plan = try await dialect(version).launch(
            EngineConfiguration(
                name: "m", model: "/m", arguments: arguments, environment: environment, task: task,
                processors: processors),
            port: 1)
        plan.removeTemporaries()
        return plan
    }

    @Test("threads are left unbound where the version knows how; else they get this process's processors")
    func threads() async throws {
        let name = "VLLM_CPU_OMP_THREADS_BIND"
        for version in ["0.13.0", "0.14.1+cpu", "0.19.1", "0.21.0", "0.32.0+cpu", "0.1.dev1", nil] {
            #expect(try await plan(version).environment[name] == "nobind", "\(version ?? "-")")
        }
        let processors = try #require(ProcFS.allowedCPUs)
        #expect(processors.wholeMatch(of: /[\d,-]+/) != nil)
        for version in ["0.20.0", "0.20.1rc1.dev3+gabc", "0.20.2+cpu"] {
            #expect(try await plan(version).environment[name] == processors, "\(version)")
            let parallel = try await plan(version, arguments: [.init("tensor_parallel_size", "2")])
            #expect(parallel.environment[name] == nil, "\(version)")
            #expect(try await plan(version, environment: [name: "0"]).environment[name] == nil, "the job's own wins")
        }
    }

    @Test("engines that share processors wait without spinning, and on the CPU build compute with their part of them")
    func sharedProcessors() async throws {
        let shared = ProcessorShare(of: HostProcessors(allowed: 8, usable: 8), engines: 3)
        let quota = ProcessorShare(of: HostProcessors(allowed: 8, usable: 3), engines: 1)
        /// Asks for a start whose environment has `threads` and `policy`, but for what is set where these tests are run.
        func expect(
            _ threads: String?, _ policy: String?, of version: String?, _ share: ProcessorShare,
            given: [String: String] = [:]
        ) async throws {
            let plan = try await plan(version, environment: given, processors: share)
            let told = try await dialect(version).environment(for: share)
            for (name, value) in [("OMP_NUM_THREADS", threads), ("OMP_WAIT_POLICY", policy)]
            where ProcessInfo.processInfo.environment[name] == nil {
                #expect(plan.environment[name] == value, "\(name) of \(version ?? "-")")
                #expect(given[name] != nil || told[name] == value)
            }
        }
        for version in ["0.13.0+cpu", "0.14.1+cpu", "0.20.2+cpu", "0.32.0+cpu", "0.99.0+cpu"] {
            try await expect(nil, nil, of: version, .whole)
            try await expect("3", nil, of: version, quota)
            try await expect("2", "passive", of: version, shared)
            try await expect(nil, "passive", of: version, shared, given: ["OMP_NUM_THREADS": "5"])
            try await expect("2", nil, of: version, shared, given: ["OMP_WAIT_POLICY": "active"])
        }
        // Beside a GPU, vLLM chooses its threads itself.
        for version in ["0.13.0", "0.32.0", "0.1.dev1", nil] {
            try await expect(nil, nil, of: version, quota)
            try await expect(nil, "passive", of: version, shared)
        }
    }

    @Test("an only worker of the CPU build stays in the engine core's process, unless the job has it otherwise")
    func oneProcess() async throws {
        let variable = "VLLM_ENABLE_V1_MULTIPROCESSING"
        let flag = "--distributed-executor-backend"
        func way(
            _ version: String?, _ arguments: [EngineConfiguration.Argument] = [], _ environment: [String: String] = [:]
        ) async throws -> String? {
            let plan = try await plan(version, arguments: arguments, environment: environment)
            if let value = plan.environment[variable] { return value }
            return plan.arguments.firstIndex(of: flag).map { plan.arguments[$0 + 1] }
        }
        for version in ["0.32.0+cpu", "0.33.1+cpu", "0.1.dev1+g1.cpu"] { #expect(try await way(version) == "0") }
        let executor = "vllm.v1.executor.uniproc_executor.UniProcExecutor"
        for version in ["0.20.0+cpu", "0.20.2+cpu", "0.31.0+cpu"] { #expect(try await way(version) == executor) }
        for version in ["0.13.0+cpu", "0.14.1+cpu", "0.19.1+cpu", "0.32.0", "0.20.2", nil] {
            #expect(try await way(version) == nil, "\(version ?? "-")")
        }
        for version in ["0.32.0+cpu", "0.20.2+cpu"] {
            #expect(try await way(version, [.init("tensor_parallel_size", "2")]) == nil)
            #expect(try await way(version, [.init("distributed_executor_backend", "mp")]) == nil)
            #expect(try await way(version, [], ["VLLM_CPU_OMP_THREADS_BIND": "0-1"]) == nil, "binding needs a process")
            #expect(try await way(version, [], ["VLLM_CPU_OMP_THREADS_BIND": "nobind"]) != nil)
        }
        #expect(try await way("0.32.0+cpu", [], [variable: "1"]) == nil, "the job's own wins")
    }

    @Test("sizes are plain numbers for every version")
    func sizes() async throws {
        let arguments: [EngineConfiguration.Argument] = [
            .init("kv-cache-memory-bytes", "256M"), .init("max_num_batched_tokens", "2k"),
            .init("max-model-len", "auto"),
            .init("block-size", "16"), .init("swap-space", "4G"),
        ]
        for version in ["0.13.0", "0.14.1", "0.20.2+cpu", "0.32.0+cpu"] {
            let words = try await plan(version, arguments: arguments).arguments.joined(separator: " ")
            #expect(words.contains("--kv-cache-memory-bytes 268435456 --max_num_batched_tokens 2000"), "\(version)")
            #expect(words.contains("--max-model-len auto") && words.contains("--swap-space 4G"))
        }
    }

    @Test("before 0.20 the CPU build's cache is a variable, in whole GiB")
    func cache() async throws {
        func space(_ version: String, _ size: String, _ environment: [String: String] = [:]) async throws -> String? {
            let plan = try await plan(
                version, arguments: [.init("kv-cache-memory-bytes", size)], environment: environment)
            let hasFlag = plan.arguments.contains("--kv-cache-memory-bytes")
            let variable = plan.environment["VLLM_CPU_KVCACHE_SPACE"]
            return hasFlag ? variable.map { "\($0), and the flag" } ?? "the flag" : variable
        }
        #expect(try await space("0.14.1+cpu", "256M") == "1")
        #expect(try await space("0.19.1+cpu", "1073741824") == "1")
        #expect(try await space("0.19.1+cpu", "1073741825") == "2")
        #expect(try await space("0.14.1+cpu", "0") == "1")
        #expect(try await space("0.14.1+cpu", "-9223372036854775808") == "1")
        #expect(try await space("0.14.1+cpu", "9223372036854775807") == "8589934592")
        #expect(try await space("0.14.1", "256M") == "the flag")
        #expect(try await space("0.20.2+cpu", "256M") == "the flag")
        #expect(try await space("0.14.1+cpu", "256M", ["VLLM_CPU_KVCACHE_SPACE": "3"]) == nil)
    }

    @Test("a pooler's task is told to those that know it")
    func poolerTask() async throws {
        let setup = ScoringSetup(convert: "classify", pooler: ["task": #""token_classify""#])
        #expect(try await !plan("0.18.1", task: .score(setup)).arguments.contains("--pooler-config"))
        #expect(try await plan("0.19.0", task: .score(setup)).arguments.contains(#"{"task":"token_classify"}"#))
        let all = ScoringSetup(pooler: ["task": #""token_classify""#, "pooling_type": #""ALL""#])
        #expect(try await plan("0.14.1", task: .score(all)).arguments.contains(#"{"pooling_type":"ALL"}"#))
    }

    @Test("one that is too old is refused before any start, with what to do")
    func tooOld() async throws {
        for ask in [
            { _ = try await $0.launch(EngineConfiguration(name: "m", model: "/m"), port: 1) },
            { _ = try await $0.version() },
        ] as [(VLLMDialect) async throws -> Void] {
            let old = try dialect("0.8.5.post1")
            let error = await #expect(throws: EngineError.self) { try await ask(old) }
            #expect(error?.code == .cannotLaunch)
            for words in [
                "vLLM 0.8.5.post1 is too old", "0.13.0 or newer", "scripts/setup-vllm", "`engine: { venv: DIR }`",
            ] {
                #expect(error?.description.contains(words) == true, "\(words) in \(String(describing: error))")
            }
        }
    }

    @Test("asked, it tells the version and what to say of it")
    func tells() async throws {
        #expect(try await dialect("0.20.2+cpu").version() == "vllm 0.20.2+cpu")
        let tried = try await dialect("0.20.2+cpu").findings(environment: [:])
        #expect(tried.map(\.severity) == [.fine])
        let untried = try await dialect("0.99.0").findings(environment: [:])
        #expect(
            untried.map(\.severity) == [.warning] && untried[0].remedy?.contains("not tested with vLLM 0.99.0") == true)
        let silent = try dialect(nil)
        let error = await #expect(throws: EngineError.self) { try await silent.version() }
        #expect(error?.message.contains("no such package") == true)
    }
}
