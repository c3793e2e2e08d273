import Foundation
import RunnerSupport
import TestSupport

/// `hub_server.py`, a stand-in for the Hugging Face hub on loopback that serves the folder `hub` of a scratch folder.
struct HubServer: Sendable {
    private let process: RunnerProcess
    /// Its address.
    let base: String

    init(_ scratch: Scratch, python: String) async throws {
        try scratch.write("", to: "hub/log")
        let script = Programs.repository.appending(path: "Tests/VLLMTests/hub/hub_server.py")
        let process = try RunnerProcess(
            [script.path, scratch.path("hub")], program: URL(filePath: python), scratch: scratch.url,
            limit: .seconds(600))
        try await until { process.standardOutput.hasSuffix("\n") }
        base = "http://127.0.0.1:" + process.standardOutput.trimmingCharacters(in: .whitespacesAndNewlines)
        self.process = process
    }

    func stop() async {
        process.send(SIGKILL)
        _ = await process.exitCode()
    }
}
