import Foundation
import Reporting
import Support
import Synchronization
import Terminal

/// Shows a run that is watched: a block drawn in place on a terminal, a line every so often elsewhere, or JSON.
final class WatchDisplay: Sendable {
    private struct Face {
        var run: LiveRun?
        var message: String?
        var block = LiveBlock()
    }

    private let console: Console
    private let output: OutputOptions
    private let directory: String
    private let interval: Double
    private let face = Mutex(Face())

    /// - Parameter interval: seconds between two lines.
    init(_ directory: String, console: Console, output: OutputOptions, interval: Double) {
        (self.directory, self.console, self.output, self.interval) = (directory, console, output, interval)
    }

    private var isLive: Bool { console.errorIsTerminal && !output.json }

    /// Shows what is seen while the body runs, then restores the terminal.
    func during<Result: Sendable>(_ body: () async throws -> Result) async throws -> Result {
        guard isLive else { return try await body() }
        return try await console.drawing(frame, last: lastFrame, during: body)
    }

    /// - Parameter isDue: whether the interval has passed, or something has changed that must not wait.
    func show(_ run: LiveRun, isDue: Bool) throws {
        face.withLock { ($0.run, $0.message) = (run, nil) }
        guard !isLive, isDue else { return }
        if output.json {
            try console.out(String(decoding: JSONText.encode(run), as: UTF8.self).harmlessJSON)
        } else {
            try console.out("\(Date().formatted(.iso8601)) \(WatchLog.sentence(run))")
        }
    }

    /// Says why there is nothing to show yet.
    func say(_ message: String) {
        let isNews = face.withLock { face in
            defer { (face.run, face.message) = (nil, message) }
            return face.message != message
        }
        if !isLive, isNews { console.message("rsd-batch: \(message)\n") }
    }

    /// Prints the last state for good.
    func conclude() throws {
        guard isLive, let run = face.withLock({ $0.run }) else { return }
        try console.out(WatchView(run, directory: directory).lines(width: console.outWidth), colour: output.colour)
    }

    private var colour: Bool { output.colour.isOn(isTerminal: true, environment: console.environment) }

    private func frame() -> String {
        let size = console.errorSize
        return face.withLock { face in
            let lines =
                face.run.map { WatchView($0, directory: directory).lines(width: size.columns, height: size.rows) }
                ?? [Line(face.message ?? "reading \(directory)…", .dim).truncated(to: size.columns)]
            return face.block.draw(lasting: [], block: lines, width: size.columns, colour: colour)
        }
    }

    private func lastFrame() -> String {
        let width = console.errorSize.columns
        return face.withLock { $0.block.finish(lasting: [], width: width, colour: colour) }
    }
}
