import Decoding
import Foundation
import ModelLifecycle
import PacedEngine

/// A paced server that runs while something is measured.
struct PaceServing {
    /// Of engines that are up from the beginning.
    let ports: [Role: UInt16]
    /// Where processes ask for engines.
    let controlPort: UInt16

    /// Runs a server on a thread of its own during `body`.
    ///
    /// - Parameter ports: of engines that are up from the beginning, 0 for a free one; empty if processes ask for engines.
    /// - Returns: what `body` returned, and what the engines saw.
    static func during<Value>(
        _ machine: PacedMachine, slowdown: Double, tokenizer: PacedTokenizer, ports: [Role: UInt16],
        _ body: (PaceServing) async throws -> Value
    ) async throws -> (Value, PaceFigures) {
        // Each request in flight has a connection, at both ends.
        OpenFiles.raiseLimit()
        let engines = try ports.mapValues { try PaceSocket.listen(port: $0) }
        let control = try PaceSocket.listen(port: 0)
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw BenchFailure(description: "cannot open a pipe") }
        defer { for end in ends { close(end) } }
        let settings = PaceServer.Settings(
            machine: machine, slowdown: slowdown, tokenizer: tokenizer, sockets: engines.mapValues(\.socket),
            control: control.socket, end: ends[0])
        let thread = Task.detached {
            await withCheckedContinuation { continuation in
                Thread { continuation.resume(returning: PaceServer(settings).run()) }.start()
            }
        }
        let serving = PaceServing(ports: engines.mapValues(\.port), controlPort: control.port)
        let result: Result<Value, any Error>
        do { result = .success(try await body(serving)) } catch { result = .failure(error) }
        _ = write(ends[1], "e", 1)
        let figures = await thread.value
        return (try result.get(), figures)
    }
}
