import Foundation
import ModelLifecycle
import RunnerSupport
import TestSupport

/// A stand-in for the Hugging Face hub on loopback, `hub_server.py`, with the demo's models, and a job that names them.
///
/// The programs and Python's own library see it by HF_ENDPOINT, with a cache of their own.
final class LocalHub: Sendable {
    static let first = String(repeating: "c1", count: 20)
    static let second = String(repeating: "d2", count: 20)

    private let scratch: Scratch
    private let server: HubServer
    let python: String
    var base: String { server.base }

    init() async throws {
        let scratch = try Scratch()
        python = try await VLLMInstallation(venv: nil).python()
        for name in ["draft", "target", "prm"] { try Self.publish("Toy/\(name)", from: Self.demo(name), in: scratch) }
        server = try await HubServer(scratch, python: python)
        self.scratch = scratch
        try write()
    }

    private static func demo(_ model: String) -> String {
        Programs.repository.appending(path: "demo/models/\(model)").path
    }

    private static func publish(
        _ name: String, from checkpoint: String, as commit: String = first, in scratch: Scratch
    ) throws {
        let folder = scratch.path("hub/\(name)")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: checkpoint, toPath: "\(folder)/\(commit)")
        try scratch.write("# \(name)", to: "hub/\(name)/\(commit)/README.md")
        try scratch.write("old", to: "hub/\(name)/\(commit)/pytorch_model.bin")
        try scratch.write(
            #"{"main": "\#(commit)", "v1": "\#(first)", "my/branch": "\#(commit)"}"#, to: "hub/\(name)/refs.json")
    }

    /// A new repository, with the files of a checkpoint.
    func publish(_ name: String, from checkpoint: String) throws {
        try Self.publish(name, from: checkpoint, in: scratch)
    }

    /// A new commit of a repository, with the files of another of the demo's models, and `main` on it.
    func move(_ name: String, to model: String) throws {
        try Self.publish("Toy/\(name)", from: Self.demo(model), as: Self.second, in: scratch)
    }

    /// Runs a shell's commands in the scratch folder, where the programs are on PATH.
    func shell(_ script: String) async throws -> Ended {
        let path = "\(Programs.directory.path):\(ProcessInfo.processInfo.environment["PATH"] ?? "")"
        let process = try RunnerProcess(
            ["-ec", "cd '\(scratch.url.path)'\n\(script)"], program: URL(filePath: "/bin/sh"), scratch: scratch.url,
            environment: environment.merging(["PATH": path]) { $1 }, limit: .seconds(900))
        let code = await process.exitCode()
        return Ended(code: code, output: process.standardOutput, messages: process.standardError)
    }

    /// Writes the job.
    ///
    /// - Parameters:
    ///   - draft: its keys.
    ///   - methods: as in the spec.
    func write(draft: String = "model: Toy/draft", methods: String = "[draft_only]") throws {
        let problems = Programs.repository.appending(path: "demo/problems.jsonl").path
        try scratch.write(
            """
            name: toy
            models:
              draft: { \(draft) }
              target: { model: Toy/target }
              prm: { model: Toy/prm, profile: token-classification }
            engine: { kind: pocket, residency: swap }
            datasets: [{ name: heldout, path: \(problems), id: id, limit: 2 }]
            decoding: { max_tokens: 32 }
            methods: \(methods)

            """, to: "job.yaml")
    }

    /// Turns something on or off that the server looks for.
    func set(_ name: String, _ isOn: Bool) throws {
        if isOn {
            try scratch.write("", to: "hub/\(name)")
        } else {
            try? FileManager.default.removeItem(at: scratch.file("hub/\(name)"))
        }
    }

    func gate(_ name: String) throws {
        try scratch.write(#"{"main": "\#(Self.first)", "gated": true}"#, to: "hub/Toy/\(name)/refs.json")
    }

    func stop() async {
        await server.stop()
    }

    /// What was asked for so far, and forgets it.
    func requests() throws -> [String] {
        defer { try? scratch.write("", to: "hub/log") }
        return scratch.text("hub/log").split(separator: "\n").map(String.init)
    }

    /// Requests and what was sent so far.
    var log: String { scratch.text("hub/log") }

    func file(_ name: String) -> URL { scratch.file(name) }

    var cache: String { scratch.path("hf/hub") }

    var environment: [String: String] {
        [
            "HF_ENDPOINT": base, "HF_HOME": scratch.path("hf"), "HF_HUB_OFFLINE": "0", "HF_TOKEN": "",
            "no_proxy": "127.0.0.1",
        ]
    }

    struct Ended {
        var code: Int32
        var output: String
        var messages: String
    }

    func start(_ words: [String], environment: [String: String] = [:]) throws -> RunnerProcess {
        try RunnerProcess(
            words, scratch: scratch.url, environment: self.environment.merging(environment) { $1 }, limit: .seconds(300)
        )
    }

    /// Runs a command on the job.
    func run(_ command: String, _ options: [String] = [], environment: [String: String] = [:]) async throws -> Ended {
        let process = try start([command, scratch.path("job.yaml")] + options, environment: environment)
        let code = await process.exitCode()
        return Ended(code: code, output: process.standardOutput, messages: process.standardError)
    }

    /// What a script prints that Python runs with its own library.
    func ask(_ script: String, environment: [String: String] = [:]) async throws -> String {
        let all = ProcessInfo.processInfo.environment.merging(self.environment) { $1 }.merging(environment) { $1 }
        let output = try await CommandOutput.run(
            python, ["-c", script], environment: all, limit: .seconds(120))
        guard output.status == .exited(code: 0) else { throw ProgramFailed(output.text) }
        return output.text
    }
}
