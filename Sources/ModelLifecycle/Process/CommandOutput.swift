import Foundation
import Support

/// The result of a short command: its status, and its standard output and standard error.
package struct CommandOutput: Sendable, Hashable {
    /// nil if the limit passed and the command was killed.
    package let status: ExitStatus?
    package let text: String

    /// Runs a command. Its output goes through a file: a pipe would stay open as long as any descendant lives.
    ///
    /// - Throws: ``SpawnError``; `CancellationError`, after the command was killed.
    package static func run(
        _ executable: String, _ arguments: [String], environment: [String: String]? = nil,
        limit: Duration = .seconds(60)
    ) async throws -> CommandOutput {
        let path = FileManager.default.temporaryDirectory
            .appendingPathComponent("rsd-command-\(RandomName.hex(bytes: 8))").path
        defer { unlink(path) }
        let child = try await ChildProcess.launch(
            SpawnRequest(
                executable: executable, arguments: arguments,
                environment: environment ?? ProcessInfo.processInfo.environment, outputPath: path))
        let result = await Result { try await child.exit.wait(atMost: limit) }
        let tree = ProcessTree(
            leader: child.pid, leaderStart: child.startTime, tag: nil, trustsGroup: true)
        _ = try await StopLadder(grace: .zero).bringDown(tree, engine: executable)
        let bytes = FileManager.default.contents(atPath: path) ?? Data()
        return CommandOutput(status: try result.get(), text: String(decoding: bytes, as: UTF8.self))
    }
}
