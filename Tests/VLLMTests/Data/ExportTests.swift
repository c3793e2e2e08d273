import Foundation
import RunnerSupport
import TestSupport
import Testing

@testable import Hub
@testable import ModelLifecycle
@testable import RSDJobs
@testable import Reporting
@testable import RunStore

/// Exports by real libraries, of the Python that scripts/setup-vllm makes. Starts no vLLM.
@Suite("Results exported by real pyarrow") struct ExportTests {
    @Test("a Parquet file and a data set for the hub have what results.jsonl has")
    func parquet() async throws {
        let methods = "[draft_only, { rsd: { weighting: constant, p: 0.5 } }]"
        let job = try VLLMJob(VLLMSetup(kind: "pocket", problems: 0..<4, methods: methods, engine: []))
        #expect(try await job.run().code == 0)
        let (folder, file) = (job.scratch.appending(path: "hub"), job.scratch.appending(path: "all.parquet"))
        for (format, place) in [("parquet", file), ("hf", folder)] {
            let export = try await job.command(["report", job.directory.url.path, "--format", format, "-o", place.path])
            #expect(export.code == 0, "\(export.messages)")
        }
        let python = try #require(try await PythonSearch(venv: nil).first(with: "pyarrow")).python
        let script = """
            import glob, json, pyarrow.parquet as pq, sys
            lines = [json.loads(line) for line in open(sys.argv[1])]
            rows = pq.read_table(sys.argv[2]).to_pylist()
            assert [r["id"] for r in rows] == [l["id"] for l in lines]
            for row, line in zip(rows, lines):
                assert row["text"] == line["text"] and row["correct"] == line["correct"] and row["gold"] == line["gold"]
                assert row["question"] and row["question"] in row["prompt"]
                assert [s["text"] for s in row["steps"]] == [s["text"] for s in line["steps"]]
                assert [s["reward"] for s in row["steps"]] == [s["reward"] for s in line["steps"]]
                assert all(s["tokens"] > 0 for s in row["steps"])
                assert row["tokens_draft_prompt"] == line["tokens"]["draft"]["prompt"]
            files = sorted(glob.glob(sys.argv[3] + "/data/*.parquet"))
            assert sum(pq.read_table(f).num_rows for f in files) == len(lines) and len(files) > 1
            """
        let read = try await CommandOutput.run(
            python, ["-c", script, job.directory.results.path, file.path, folder.path])
        #expect(read.status == .exited(code: 0), "\(read.text)")
        let card = try String(contentsOf: folder.appending(path: "README.md"), encoding: .utf8)
        #expect(card.hasPrefix("---\nconfigs:\n- config_name: "))
    }
}
