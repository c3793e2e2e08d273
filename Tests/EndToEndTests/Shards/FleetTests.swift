import Foundation
import RunStore
import RunnerSupport
import TestSupport
import Testing

@Suite("Shards on the GPUs of one machine", .inSlots) struct FleetTests {
    /// A machine whose nvidia-smi knows so many GPUs.
    private func machine(_ job: TestJob, gpus: Int) throws -> [String: String] {
        let folder = job.scratch.appending(path: "bin")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let lines = (1...max(1, gpus)).map { "echo 'GPU-\($0), NVIDIA A10G, 0, 23028, Disabled'" }
        try Script.write(
            """
            #!/bin/sh
            case "$1" in
            --query-gpu=*) \(gpus == 0 ? "exit 9" : lines.joined(separator: "; ")) ;;
            esac
            """, to: folder.appending(path: "nvidia-smi"))
        // In place of the driver's library, where this machine has one: nvidia-smi is then asked.
        try Data("no library".utf8).write(to: folder.appending(path: "libnvidia-ml.so.1"))
        let libraries = ProcessInfo.processInfo.environment["LD_LIBRARY_PATH"].map { ":\($0)" } ?? ""
        return ["PATH": "\(folder.path):/usr/bin:/bin", "LD_LIBRARY_PATH": folder.path + libraries]
    }

    @Test("each GPU works on a shard of its own, and the merged results are those of the undivided run")
    func merges() async throws {
        let job = try TestJob(JobSetup(problems: 0..<4))
        let run = try await job.run(["--shards", "gpus"], environment: machine(job, gpus: 2))
        #expect(run.code == 0, "\(run.messages)")
        #expect(run.messages.contains(" shard 1/2: ") && run.messages.contains(" shard 2/2: "))
        #expect(job.shards.present.map(\.description) == ["1/2", "2/2"])
        #expect(try await job.results() == job.reference())
        for shard in job.shards.present {
            let spec = try String(contentsOf: job.shards.directory(of: shard).job, encoding: .utf8)
            #expect(!spec.contains("CUDA_VISIBLE_DEVICES"))
        }
        // With a third GPU, the run keeps its shards.
        let again = try await job.run(["--shards", "gpus"], environment: machine(job, gpus: 3))
        #expect(again.code == 0 && job.shards.present.count == 2, "\(again.messages)")
    }

    @Test("engines of a GPU stay up for the next shard on it, and for the next job")
    func kept() async throws {
        let folder = try JobFolder(JobSetup(problems: 0..<4, methods: "[draft_only]"))
        for name in ["a", "b"] { try folder.write(name) }
        let run = try await folder.run("a.yaml b.yaml --shards gpus", environment: machine(folder.job, gpus: 2))
        #expect(run.code == 0, "\(run.messages)")
        let reference = try await folder.job.reference()
        for name in ["a", "b"] {
            #expect(folder.run(name).resultsContent == reference)
            let starts = ["shard-1-of-2", "shard-2-of-2"].map { folder.starts(of: "\(name)/\($0)") }
            #expect(starts == (name == "a" ? [["draft"], ["draft"]] : [[], []]), "\(run.messages)")
            #expect(try folder.living(of: "\(name)/shard-1-of-2", "\(name)/shard-2-of-2").isEmpty)
        }
        // Two shards that take turns on one GPU.
        try FileManager.default.removeItem(at: folder.run("b").url)
        try folder.write("b")
        let two = try await folder.run("b.yaml --shards gpus", environment: machine(folder.job, gpus: 2))
        #expect(two.code == 0, "\(two.messages)")
        for shard in ["shard-1-of-2", "shard-2-of-2"] {
            try FileManager.default.removeItem(at: folder.run("b/\(shard)").journal)
            try FileManager.default.removeItem(at: folder.run("b/\(shard)").manifest)
            try FileManager.default.removeItem(at: folder.run("b/\(shard)").logs)
        }
        let one = try await folder.run("b.yaml --shards gpus", environment: machine(folder.job, gpus: 1))
        #expect(one.code == 0, "\(one.messages)")
        #expect(folder.starts(of: "b/shard-1-of-2") == ["draft"] && folder.starts(of: "b/shard-2-of-2") == [])
    }

    @Test("the engines of a shard see its GPU only, a signal stops all shards, and the same command resumes them")
    func signals() async throws {
        let job = try TestJob(JobSetup(problems: 0..<4, faults: ["slow-start=0.3"]))
        let environment = try machine(job, gpus: 2)
        let runner = try job.start(["--shards", "gpus"], environment: environment)
        var seen: Set<String> = []
        let isThere = await runner.reached {
            for shard in job.shards.present {
                let ledger = (try? Data(contentsOf: job.shards.directory(of: shard).engines)) ?? Data()
                for pid in LedgerStart.all(ledger: ledger).compactMap(\.pid) {
                    seen.formUnion(
                        ProcessFacts.environment(of: pid).filter { $0.hasPrefix("CUDA_VISIBLE_DEVICES=") })
                }
            }
            return seen.count == 2
        }
        #expect(isThere && seen == ["CUDA_VISIBLE_DEVICES=GPU-1", "CUDA_VISIBLE_DEVICES=GPU-2"], "\(seen)")
        runner.send(SIGTERM)
        #expect(await runner.exitCode() == 75, "\(runner.standardError)")
        let run = try await job.run(["--shards", "gpus"], environment: environment)
        #expect(run.code == 0, "\(run.messages)")
        #expect(try await job.results() == job.reference())
    }

    @Test("a shard that fails leaves the others at work, and nothing is merged")
    func failure() async throws {
        let job = try TestJob(JobSetup(problems: 0..<4))
        let environment = try machine(job, gpus: 2)
        #expect(try await job.run(shard: "1/2").code == 0)
        let broken = try job.directory(ofShard: "1/2")
        try Data("{}".utf8).write(to: broken.manifest)
        let run = try await job.run(["--shards", "gpus"], environment: environment)
        #expect(run.code == 5 && run.messages.contains("shard 1/2"), "\(run.messages)")
        #expect(FileManager.default.fileExists(atPath: try job.directory(ofShard: "2/2").results.path))
        #expect(!FileManager.default.fileExists(atPath: job.directory.results.path))
    }

    @Test("without a GPU, and beside --shard, it is refused before anything starts")
    func refused() async throws {
        let job = try TestJob()
        let none = try await job.run(["--shards", "gpus"], environment: machine(job, gpus: 0))
        #expect(none.code == 4 && none.messages.contains("[no-gpu-for-shard]"), "\(none.messages)")
        let both = try await job.run(["--shards", "gpus", "--shard", "1/2"])
        #expect(both.code == 64 && both.messages.contains("--shard"), "\(both.messages)")
        #expect(!FileManager.default.fileExists(atPath: job.directory.url.path))
    }
}
