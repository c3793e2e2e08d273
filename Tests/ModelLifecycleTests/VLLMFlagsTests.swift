import Foundation
import TestSupport
import Testing

@testable import ModelLifecycle

@Suite("vLLM's command line") struct VLLMFlagsTests {
    private let scratch: Scratch

    init() throws {
        scratch = try Scratch()
        try Data(#"{"max_position_embeddings": 4096}"#.utf8).write(to: scratch.file("config.json"))
    }

    private func configuration(
        task: EngineTask = .generate, context: Int? = nil, arguments: [EngineConfiguration.Argument] = [],
        share: Double? = nil, sleeps: Bool = false
    ) -> EngineConfiguration {
        EngineConfiguration(
            name: "m", model: scratch.url.path, arguments: arguments, task: task, contextLength: context,
            gpuShare: share,
            sleeps: sleeps)
    }

    /// The value after a flag that is there once.
    private func value(_ flag: String, of words: [String]) throws -> String {
        try #require(words.count { $0 == flag } == 1, "\(flag) in \(words)")
        let index = try #require(words.firstIndex(of: flag))
        return try #require(words.dropFirst(index + 1).first)
    }

    @Test("the flags say what the engine will be asked for")
    func task() throws {
        let generator = try VLLMFlags(configuration()).words
        #expect(try value("--runner", of: generator) == "generate")
        #expect(try value("--seed", of: generator) == "0")
        let setup = ScoringSetup(
            convert: "classify", overrides: ["classifier_from_token": #"["-","+"]"#],
            pooler: ["tok_pooling_type": #""ALL""#])
        let scorer = try VLLMFlags(configuration(task: .score(setup))).words
        #expect(try value("--runner", of: scorer) == "pooling")
        #expect(try value("--convert", of: scorer) == "classify")
        #expect(try value("--hf-overrides", of: scorer) == #"{"classifier_from_token":["-","+"]}"#)
        #expect(try value("--pooler-config", of: scorer) == #"{"tok_pooling_type":"ALL"}"#)
    }

    /// Trap G28.
    @Test("streams bring several tokens at once, and scorers are started without the flag")
    func streamInterval() throws {
        #expect(try value("--stream-interval", of: VLLMFlags(configuration()).words) == "4")
        let given = [EngineConfiguration.Argument("stream_interval", "1")]
        #expect(try VLLMFlags(configuration(arguments: given)).words.suffix(2) == ["--stream_interval", "1"])
        #expect(try !VLLMFlags(configuration(arguments: given)).words.contains("--stream-interval"))
        for arguments in [[], given] {
            let words = try VLLMFlags(configuration(task: .score(ScoringSetup()), arguments: arguments)).words
            #expect(!words.contains { $0.contains("stream") })
        }
    }

    /// Trap P4.
    @Test("scorers have no prefix cache unless the job asks for one")
    func prefixCache() throws {
        #expect(try VLLMFlags(configuration(task: .score(ScoringSetup()))).words.contains("--no-enable-prefix-caching"))
        let asked = try VLLMFlags(
            configuration(task: .score(ScoringSetup()), arguments: [.init("enable_prefix_caching")])
        ).words
        #expect(!asked.contains("--no-enable-prefix-caching"))
        #expect(!(try VLLMFlags(configuration()).words.contains("--no-enable-prefix-caching")))
    }

    /// The authors edit config.json for this.
    @Test("a context longer than the checkpoint's overrides it")
    func longerContext() throws {
        let longer = try VLLMFlags(configuration(context: 16_384))
        #expect(try value("--max-model-len", of: longer.words) == "16384")
        #expect(try value("--hf-overrides", of: longer.words) == #"{"max_position_embeddings":16384}"#)
        #expect(!longer.needsLongContextPermit)
        let shorter = try VLLMFlags(configuration(context: 2_048))
        #expect(try value("--max-model-len", of: shorter.words) == "2048")
        #expect(!shorter.words.contains("--hf-overrides"))
    }

    @Test("a checkpoint that does not state its context needs a permit")
    func hiddenContext() throws {
        try Data(#"{"text_config": {"max_position_embeddings": 4096}}"#.utf8).write(
            to: scratch.file("config.json"))
        let flags = try VLLMFlags(configuration(context: 16_384))
        #expect(flags.needsLongContextPermit)
        #expect(!flags.words.contains("--hf-overrides"))
    }

    @Test("parts of hf-overrides are merged with what the runner overrides, which vLLM would drop")
    func partsOfOverrides() throws {
        let words = try VLLMFlags(
            configuration(
                context: 16_384,
                arguments: [
                    .init("hf_overrides.rope_scaling.factor", "4.0"),
                    .init("hf-overrides.rope_scaling.rope_type", "yarn"),
                    .init("hf-overrides", #"{"a": 1}"#),
                ])
        ).words
        let json = try value("--hf-overrides", of: words)
        #expect(json == #"{"a":1,"max_position_embeddings":16384,"rope_scaling":{"factor":4,"rope_type":"yarn"}}"#)
        #expect(!words.contains { $0.contains("overrides.") })
    }

    @Test("a list follows one flag, except where vLLM collects repeated flags; a value may begin with a dash")
    func lists() throws {
        let words = try VLLMFlags(
            configuration(arguments: [
                .init("sizes", "1"), .init("sizes", "2"), .init("middleware", "a"), .init("middleware", "b"),
                .init("template", "-x"),
            ])
        ).words
        #expect(words.suffix(8) == ["--sizes", "1", "2", "--middleware", "a", "--middleware", "b", "--template=-x"])
    }

    @Test("the job's flags are passed on and win")
    func jobsFlags() throws {
        let words = try VLLMFlags(
            configuration(
                context: 16_384,
                arguments: [
                    .init("dtype", "float32"), .init("enforce-eager"), .init("max_model_len", "8192"),
                    .init("hf-overrides", #"{"rope_theta": 1}"#), .init("gpu_memory_utilization", "0.5"),
                ], share: 0.25)
        ).words
        #expect(try value("--dtype", of: words) == "float32")
        #expect(words.contains("--enforce-eager"))
        // `context` of the model is the one place for its length.
        #expect(try value("--max-model-len", of: words) == "16384")
        #expect(!words.contains("--max_model_len"))
        #expect(
            try value("--hf-overrides", of: words) == #"{"max_position_embeddings":16384,"rope_theta":1}"#)
        #expect(try value("--gpu_memory_utilization", of: words) == "0.5")
        #expect(!words.contains("--gpu-memory-utilization"))
        #expect(throws: EngineError.self) {
            try VLLMFlags(configuration(arguments: [.init("hf-overrides", "rope")]))
        }
    }

    @Test("memory share and sleep mode are set")
    func shareAndSleep() throws {
        let words = try VLLMFlags(configuration(share: 0.25, sleeps: true)).words
        #expect(try value("--gpu-memory-utilization", of: words) == "0.250")
        #expect(words.contains("--enable-sleep-mode"))
    }
}

@Suite("vLLM's processes") struct VLLMDialectTests {
    private let scratch: Scratch
    private let dialect: VLLMDialect

    init() throws {
        scratch = try Scratch()
        try FileManager.default.createDirectory(atPath: scratch.path("venv/bin"), withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            atPath: scratch.path("venv/bin/python"), withDestinationPath: "/bin/sh")
        dialect = VLLMDialect(installation: VLLMInstallation(venv: scratch.path("venv")))
    }

    @Test("an engine listens on loopback and has a directory of its own")
    func loopback() async throws {
        let plan = try await dialect.launch(EngineConfiguration(name: "draft", model: "/m"), port: 4711)
        defer { for path in plan.temporaries { try? FileManager.default.removeItem(atPath: path) } }
        #expect(plan.executable == scratch.path("venv/bin/python"))
        let words = plan.arguments.joined(separator: " ")
        #expect(words.contains("serve /m --host 127.0.0.1 --port 4711 --served-model-name draft"))
        let folder = try #require(plan.environment["TMPDIR"])
        // A socket's path has 107 bytes, and vLLM's names take most of them.
        #expect(folder.utf8.count <= 45)
        #expect(plan.temporaries == [folder] && FileManager.default.fileExists(atPath: folder))
        // Or every start would compile again.
        #expect(plan.environment["TORCHINDUCTOR_CACHE_DIR"]?.hasPrefix(folder) == false)
        #expect(plan.environment["HF_HUB_OFFLINE"] == "1")
        #expect(plan.environment["VLLM_SERVER_DEV_MODE"] == nil)
    }

    @Test("the job's environment wins, and sleep mode opens its endpoints")
    func environment() async throws {
        let configuration = EngineConfiguration(
            name: "draft", model: "/m", environment: ["HF_HUB_OFFLINE": "0"], sleeps: true)
        let plan = try await dialect.launch(configuration, port: 1)
        defer { for path in plan.temporaries { try? FileManager.default.removeItem(atPath: path) } }
        #expect(plan.environment["HF_HUB_OFFLINE"] == nil)
        #expect(plan.environment["VLLM_SERVER_DEV_MODE"] == "1")
    }

    @Test("a plugin lies on Python's path")
    func plugin() async throws {
        let plugin = EnginePlugin(
            name: "p", files: ["p/__init__.py": "x = 1\n", "p-1.dist-info/METADATA": "Name: p\n"])
        let plan = try await dialect.launch(
            EngineConfiguration(
                name: "prm", model: "/m", environment: ["PYTHONPATH": "/theirs"],
                task: .score(ScoringSetup(plugin: plugin))), port: 1)
        defer { for path in plan.temporaries { try? FileManager.default.removeItem(atPath: path) } }
        let path = try #require(plan.environment["PYTHONPATH"]).split(separator: ":").map(String.init)
        #expect(path.last == "/theirs")
        #expect(try String(contentsOfFile: "\(path[0])/p/__init__.py", encoding: .utf8) == "x = 1\n")
    }
}

@Suite("Finding vLLM") struct VLLMInstallationTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    /// A program that is there and does nothing.
    private func program(_ path: String, script: String = "exit 1") throws {
        let file = scratch.path(path)
        try FileManager.default.createDirectory(
            atPath: URL(filePath: file).deletingLastPathComponent().path, withIntermediateDirectories: true)
        try Script.write("#!/bin/sh\n\(script)\n", to: URL(filePath: file))
    }

    private func find(
        venv: String? = nil, _ environment: [String: String] = [:], program: String? = nil
    ) async throws -> VLLMInstallation.Command {
        try await VLLMInstallation(
            venv: venv, environment: environment, standardFolder: scratch.path("standard"),
            program: program.map(scratch.path)
        ).command(for: "draft")
    }

    @Test("the place that the job names comes first")
    func toldPlace() async throws {
        for place in ["job", "variable", "standard"] { try program("\(place)/bin/python") }
        try program("path/vllm")
        let path = ["PATH": scratch.path("path"), "RSD_BATCH_VLLM": scratch.path("variable")]
        #expect(try await find(venv: scratch.path("job"), path).executable == scratch.path("job/bin/python"))
        // Its Python is as good as the folder.
        #expect(try await find(venv: scratch.path("job/bin/python"), path).executable == scratch.path("job/bin/python"))
        #expect(try await find(path).executable == scratch.path("variable/bin/python"))
        #expect(try await find(["PATH": scratch.path("path")]).executable == scratch.path("path/vllm"))
        #expect(try await find(["PATH": scratch.path("nothing")]).executable == scratch.path("standard/bin/python"))
    }

    @Test("the Python of a `vllm` on PATH is beside it, or where its first line says")
    func pythonOfAProgram() async throws {
        try program("apart/vllm")
        try program("elsewhere/python3.12")
        #expect(try await find(["PATH": scratch.path("apart")]).python == nil)
        let script = "#!\(scratch.path("elsewhere/python3.12"))\nimport sys\n"
        try Data(script.utf8).write(to: scratch.file("apart/vllm"))
        #expect(try await find(["PATH": scratch.path("apart")]).python == scratch.path("elsewhere/python3.12"))
        try program("apart/python")
        #expect(try await find(["PATH": scratch.path("apart")]).python == scratch.path("apart/python"))
    }

    @Test("what forks a `vllm` imports, as that does, nothing from the folder of the run")
    func folderOfTheRun() async throws {
        for file in ["path/vllm", "path/python", "venv/bin/python"] { try program(file) }
        func script(venv: String? = nil) async throws -> String? {
            let installation = VLLMInstallation(
                venv: venv, environment: ["PATH": scratch.path("path")], standardFolder: scratch.path("standard"))
            let plan = try await VLLMDialect(installation: installation).forkServer(
                models: [], environment: [:], processors: .whole, isWanted: true)
            return plan?.arguments.dropFirst().first
        }
        #expect(try await script()?.hasPrefix("import sys; sys.path[:] = filter(None, sys.path)\n") == true)
        #expect(try await script(venv: scratch.path("venv"))?.hasPrefix("\"\"\"Forks vLLM servers") == true)
    }

    @Test("a Python on PATH counts when it has vLLM")
    func pythonOnPath() async throws {
        try program("with/python3", script: "exit 0")
        try program("without/python3")
        let command = try await find(["PATH": scratch.path("with")])
        #expect(command.executable == scratch.path("with/python3"))
        #expect(command.arguments == ["-m", "vllm.entrypoints.cli.main"])
        await #expect(throws: EngineError.self) { try await find(["PATH": scratch.path("without")]) }
    }

    @Test("a program that a wheel installed finds the vLLM beside it before any on PATH")
    func besideTheProgram() async throws {
        let own = "env/lib/python3.12/site-packages/rsd_batch/bin/rsd-batch"
        let environment = ["PATH": scratch.path("path")]
        try program("path/vllm")
        #expect(try await find(environment, program: own).executable == scratch.path("path/vllm"))
        try program("env/bin/python")
        #expect(try await find(environment, program: own).executable == scratch.path("path/vllm"))
        try program("env/bin/python", script: "exit 0")
        #expect(try await find(environment, program: own).executable == scratch.path("env/bin/python"))
        #expect(try await find(environment, program: "env/bin/rsd-batch").executable == scratch.path("path/vllm"))
        try program("named/bin/python")
        let named = environment.merging(["RSD_BATCH_VLLM": scratch.path("named")]) { $1 }
        #expect(try await find(named, program: own).executable == scratch.path("named/bin/python"))
    }

    @Test("where vLLM is not found, the error has a remedy")
    func notFound() async throws {
        await #expect(throws: EngineError.self) { try await find(venv: scratch.path("nowhere")) }
        do {
            _ = try await find(["PATH": scratch.path("nothing")])
            Issue.record("it was found")
        } catch let error as EngineError {
            #expect(error.code == .cannotLaunch)
            #expect("\(error)".contains("scripts/setup-vllm"))
        }
    }
}
