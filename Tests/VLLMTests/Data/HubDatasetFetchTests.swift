import Foundation
import RunnerSupport
import TestSupport
import Testing

@testable import Hub
@testable import ModelLifecycle

/// The program with real huggingface_hub and pyarrow, and a stand-in for the hub on loopback. Starts no engine.
@Suite("Data sets of the hub, fetched by real huggingface_hub", .timeLimit(.minutes(3)))
struct HubDatasetFetchTests {
    private static let first = String(repeating: "c1", count: 20)
    private static let second = String(repeating: "d2", count: 20)

    /// A hub with a data set as the well-known ones are laid out, and a job.
    private final class Hub: Sendable {
        let scratch: Scratch
        let python: String
        private let server: HubServer

        init() async throws {
            scratch = try Scratch()
            python = try #require(try await PythonSearch(venv: nil).first(with: "pyarrow")).python
            server = try await HubServer(scratch, python: python)
            try await publish(first)
            try write("{ name: gsm, path: hf://datasets/org/set, config: main, reader: gsm8k }")
        }

        /// Two configs of one split each in Parquet, named by the README.
        func publish(_ commit: String, question: String = "1+1?", isGated: Bool = false) async throws {
            let folder = "hub/org/set/\(commit)"
            try scratch.write("", to: "\(folder)/x/a.jsonl")
            try scratch.write(
                """
                ---
                configs:
                - config_name: main
                  data_files: [{split: train, path: main/train-*}, {split: test, path: main/test-*}]
                - config_name: other
                  data_files: x/*.jsonl
                ---

                """, to: "\(folder)/README.md")
            try scratch.write(
                #"{"main": "\#(commit)"\#(isGated ? #", "gated": true"# : "")}"#, to: "hub/org/set/refs.json")
            let made = try await CommandOutput.run(
                python,
                [
                    "-c",
                    """
                    import os, pyarrow as pa, pyarrow.parquet as pq
                    os.makedirs('\(scratch.path(folder))/main', exist_ok=True)
                    table = pa.table({'question': ['\(question)', 'b'], 'answer': ['so\\n#### 2', '#### 3'], 'level': [1, 2]})
                    for shard in range(2):
                        pq.write_table(table.slice(shard, 1), f'\(scratch.path(folder))/main/test-0000{shard}-of-00002.parquet')
                    """,
                ])
            try #require(made.status == .exited(code: 0), "\(made.text)")
        }

        func write(_ dataset: String) throws {
            let models = Programs.repository.appending(path: "demo/models").path
            try scratch.write(
                """
                name: toy
                models: { draft: { model: \(models)/draft } }
                engine: { kind: pocket, residency: swap }
                datasets:
                  - \(dataset) # the data
                decoding: { max_tokens: 8 }
                methods: [draft_only]

                """, to: "job.yaml")
        }

        func run(_ words: [String], environment: [String: String] = [:]) async throws -> (code: Int32, text: String) {
            let own = [
                "HF_ENDPOINT": server.base, "HF_HOME": scratch.path("hf"), "XDG_CACHE_HOME": scratch.path("cache"),
                "HF_HUB_OFFLINE": "0", "HF_TOKEN": "", "no_proxy": "127.0.0.1", "RSD_BATCH_VLLM": python,
            ]
            let process = try RunnerProcess(
                [words[0], scratch.path("job.yaml")] + words.dropFirst(), scratch: scratch.url,
                environment: own.merging(environment) { $1 }, limit: .seconds(120))
            let code = await process.exitCode()
            return (code, process.standardOutput + process.standardError)
        }

        func stop() async {
            await server.stop()
        }
    }

    @Test("a split is fetched, converted and pinned once, and then needs neither hub nor cache of the libraries")
    func fetched() async throws {
        let hub = try await Hub()
        let first = try await hub.run(["validate", "--pin"])
        #expect(first.code == 0 && first.text.contains("converted gsm, 2 records"), "\(first.text)")
        let log = hub.scratch.text("hub/log")
        #expect(log.contains("main/test-00001-of-00002.parquet") && !log.contains("x/a.jsonl"), "\(log)")
        #expect(
            hub.scratch.text("job.yaml").contains(
                "path: hf://datasets/org/set, revision: \(Self.first), config: main, reader: gsm8k } # the data"))
        await hub.stop()
        try FileManager.default.removeItem(atPath: hub.scratch.path("hf"))
        let run = try await hub.run(
            ["run", "--run-dir", hub.scratch.path("run")], environment: ["PATH": "/usr/bin:/bin"])
        #expect(run.code == 0, "\(run.text)")
        let results = hub.scratch.text("run/results.jsonl")
        #expect(results.contains(#""gold":"2""#) && results.contains(#""meta":{"level":2}"#), "\(results)")
        #expect(hub.scratch.text("run/manifest.json").contains(Self.first))
    }

    @Test("a moved branch is not followed, and a run of the new commit is another run")
    func moved() async throws {
        let hub = try await Hub()
        let run = ["run", "--run-dir", hub.scratch.path("run")]
        #expect(try await hub.run(run).code == 0)
        try await hub.publish(Self.second, question: "2+2?")
        #expect(try await hub.run(run).code == 0)
        try FileManager.default.removeItem(atPath: hub.scratch.path("cache"))
        let changed = try await hub.run(run)
        let commits = "datasets.gsm.commit: \(Self.first) → \(Self.second)"
        #expect(changed.code == 5 && changed.text.contains(commits), "\(changed.text)")
        try hub.write("{ name: gsm, path: 'hf://datasets/org/set@\(Self.first)', config: main, reader: gsm8k }")
        #expect(try await hub.run(run).code == 0)
        await hub.stop()
    }

    @Test(
        "what the hub does not give is an error at the data set, and what the libraries' cache has is enough without it"
    )
    func refused() async throws {
        let hub = try await Hub()
        #expect(try await hub.run(["validate"]).code == 0)
        try FileManager.default.removeItem(atPath: hub.scratch.path("cache"))
        let offline = try await hub.run(["validate"], environment: ["HF_HUB_OFFLINE": "1"])
        #expect(offline.code == 0, "\(offline.text)")

        try FileManager.default.removeItem(atPath: hub.scratch.path("cache"))
        try await hub.publish(Self.first, isGated: true)
        let gated = try await hub.run(["validate"])
        #expect(
            gated.code == 2 && gated.text.contains("job.yaml:5:24: error: org/set may only be downloaded"),
            "\(gated.text)")
        #expect(try await hub.run(["validate"], environment: ["HF_TOKEN": "good"]).code == 0)

        for (dataset, reason) in [
            ("{ name: d, path: hf://datasets/org/set }", "set 'config' to one of main, other"),
            (
                "{ name: d, path: hf://datasets/org/set, config: main, split: dev }",
                "there is no split 'dev'; splits: test"
            ),
            ("{ name: d, path: hf://datasets/org/sets }", "has no dataset org/sets"),
            ("{ name: d, path: hf://datasets/org/set, revision: v9 }", "org/set has no revision 'v9'"),
        ] {
            try hub.write(dataset)
            let said = try await hub.run(["validate"], environment: ["HF_TOKEN": "good"])
            #expect(
                said.code == 2 && said.text.contains("job.yaml:5:22: error: ") && said.text.contains(reason),
                "\(said.text)")
        }
        await hub.stop()
    }
}
