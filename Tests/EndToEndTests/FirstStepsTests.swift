import Foundation
import RunnerSupport
import TestServers
import TestSupport
import Testing

@Suite("The first commands on a machine") struct FirstStepsTests {
    @Test("doctor tells whether jobs can run here, by its exit code and as JSON")
    func doctor() async throws {
        let job = try TestJob()
        let python = job.scratch.appending(path: "venv/bin/python")
        try FileManager.default.createDirectory(
            at: python.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Script.write("#!/bin/sh\necho 0.32.0+cpu\n", to: python)
        let venv = python.deletingLastPathComponent().deletingLastPathComponent().path
        let good = try await job.command(["doctor", "--venv", venv])
        #expect(good.code == 0 && good.output.contains("vLLM 0.32.0+cpu"), "\(good)")
        #expect(good.output.contains("Jobs with vLLM can run here"))
        let bad = try await job.command(["doctor", "--venv", "/nowhere", "--json"])
        #expect(bad.code == 4)
        let report = try #require(try JSONSerialization.jsonObject(with: Data(bad.output.utf8)) as? [String: Any])
        #expect(report["can_run"] as? Bool == false)
        let findings = try #require(report["findings"] as? [[String: String]])
        #expect(findings[0]["severity"] == "error" && findings[0]["text"]?.contains("--venv") == true)
    }

    @Test("init writes a job that validate understands, and leaves a file as it is")
    func initialise() async throws {
        let job = try TestJob()
        let file = job.scratch.appending(path: "my first.yaml").path
        let written = try await job.command(["init", file, "--gpu-memory", "24"])
        #expect(written.code == 0 && written.output.contains("rsd-batch run '\(file)'"), "\(written)")
        let text = try String(contentsOfFile: file, encoding: .utf8)
        #expect(text.contains("name: my-first\n") && text.contains("Qwen/Qwen2.5-Math-7B-Instruct"))
        let again = try await job.command(["init", file])
        #expect(again.code == 2 && again.messages.contains("[file-exists]"))
        #expect(try String(contentsOfFile: file, encoding: .utf8) == text)
        let forced = try await job.command(["init", file, "--force", "--gpu-memory", "80"])
        #expect(forced.code == 0)
        #expect(try String(contentsOfFile: file, encoding: .utf8).contains("PRM-Qwen-2.5-7B"))
        let printed = try await job.command(["init", "-", "--gpu-memory", "8"])
        #expect(printed.code == 0 && printed.output.contains("Qwen2.5-0.5B-Instruct"))
    }

    @Test("a server that is not vLLM ends a run with code 4 before a model is asked, and validate says so")
    func foreignServer() async throws {
        let server = try await TestServer { request in
            request.path == "/v1/models"
                ? .json(#"{"object": "list", "data": [{"id": "draft", "owned_by": "llamacpp"}]}"#) : .init(status: 404)
        }
        var setup = JobSetup()
        for role in ["draft", "target", "prm"] { setup.urls[role] = server.base }
        let job = try TestJob(setup)
        let run = try await job.run()
        #expect(run.code == 4 && run.messages.contains("answers as llama.cpp does"), "\(run.messages)")
        #expect(run.messages.contains("[engine-wrong-server]"))
        #expect(server.requests.allSatisfy { $0.body.isEmpty }, "nothing is asked of a model")
        let validated = try await job.command(["validate", job.file.path])
        #expect(validated.code == 0 && validated.output.contains("answers as llama.cpp does"), "\(validated)")
        #expect(validated.output.contains("is valid, but cannot run here"))
    }

    @Test("a driver that is too old for vLLM's build ends a run before an engine is started, and validate says so")
    func oldDriver() async throws {
        let job = try TestJob()
        let folder = job.scratch.appending(path: "bin")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let facts =
            #"{"python": "3.12.3", "executable": "/x", "machine": "x86_64", "vllm": "0.32.0", "folder": null, "torch": "2.13.0", "#
            + #""cuda": "13.0", "hip": null, "plugins": [], "packages": {}, "state": []}"#
        try Script.write(
            """
            #!/bin/sh
            case "$2" in *"rsd-batch facts"*) echo 'rsd-batch facts: \(facts)' ;; *) echo 0.32.0 ;; esac
            """, to: folder.appending(path: "python"))
        try Script.write(
            """
            #!/bin/sh
            case "$1" in
            --query-gpu=*) echo 'GPU-1, NVIDIA A10G, 0, 23028, Disabled' ;;
            --query-compute-apps=*) ;;
            *) echo '| NVIDIA-SMI 525.85   Driver Version: 525.85.12    CUDA Version: 12.0     |' ;;
            esac
            """, to: folder.appending(path: "nvidia-smi"))
        let spec = try String(contentsOf: job.file, encoding: .utf8).replacing("kind: pocket", with: "kind: vllm")
            .split(separator: "\n").filter { !$0.contains("request-log") }.joined(separator: "\n")
        try Data(spec.utf8).write(to: job.file)
        // In place of the driver's library, where this machine has one: nvidia-smi is then asked.
        try Data("no library".utf8).write(to: folder.appending(path: "libnvidia-ml.so.1"))
        let libraries = ProcessInfo.processInfo.environment["LD_LIBRARY_PATH"].map { ":\($0)" } ?? ""
        let environment = [
            "PATH": "\(folder.path):/usr/bin:/bin", "RSD_BATCH_VLLM": folder.appending(path: "python").path,
            "LD_LIBRARY_PATH": folder.path + libraries,
        ]
        let run = try await job.run(environment: environment)
        #expect(run.code == 4, "\(run.messages)")
        #expect(run.messages.contains("the driver 525.85.12 supports CUDA 12.0. Update NVIDIA's driver to 580.65.06"))
        #expect(try job.engineStarts().isEmpty)
        let validated = try await job.command(["validate", job.file.path], environment: environment)
        #expect(validated.code == 0 && validated.output.contains("cannot run on this machine"), "\(validated)")
    }
}
