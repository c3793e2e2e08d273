import Foundation
import Runner
import Synchronization
import Terminal

/// Shows a run on standard error while it runs: a block drawn in place on a terminal, timestamped lines elsewhere.
final class ProgressDisplay: Sendable {
    /// One of the two, or neither if the run is quiet.
    private struct Face {
        var view: RunView?
        var block = LiveBlock()
        var log: PlainLog?
    }

    private let console: Console
    private let colour: Bool
    private let face: Mutex<Face>
    private let clock = ContinuousClock()
    private let start: ContinuousClock.Instant

    init(job: String, console: Console, colour: ColourChoice, quiet: Bool) {
        self.console = console
        self.colour = colour.isOn(isTerminal: console.errorIsTerminal, environment: console.environment)
        start = clock.now
        var face = Face()
        if !quiet, console.errorIsTerminal { face.view = RunView(job: job, begin: 0) }
        if !quiet, !console.errorIsTerminal { face.log = PlainLog(job: job, begin: 0) }
        self.face = Mutex(face)
    }

    /// Takes in an event; the next frame shows it.
    func take(_ event: RunEvent) {
        let now = seconds
        face.withLock { face in
            face.view?.take(event, at: now)
            face.log?.take(event, at: now, date: Date())
        }
    }

    func say(_ message: String, _ style: Style = .plain) {
        face.withLock { face in
            face.view?.say(message, style)
            face.log?.say(message, date: Date())
        }
    }

    /// Shows progress while the body runs, then restores the terminal.
    func during<Result: Sendable>(_ body: () async throws -> Result) async throws -> Result {
        try await console.drawing(nextFrame, last: lastFrame, during: body)
    }

    private var seconds: Double { (clock.now - start) / .seconds(1) }

    private func nextFrame() -> String {
        draw { view, block, size, now in
            let lasting = view.takeLasting(width: size.columns)
            let lines = view.block(width: size.columns, height: size.rows, at: now)
            return block.draw(lasting: lasting, block: lines, width: size.columns, colour: colour)
        }
    }

    private func lastFrame() -> String {
        draw { view, block, size, _ in
            let lasting = view.takeLasting(width: size.columns)
            return block.finish(lasting: lasting, width: size.columns, colour: colour)
        }
    }

    private func draw(
        live: (inout RunView, inout LiveBlock, (columns: Int, rows: Int), Double) -> String
    ) -> String {
        let (now, size) = (seconds, console.errorSize)
        return face.withLock { face in
            if var view = face.view {
                defer { face.view = view }
                return live(&view, &face.block, size, now)
            }
            return face.log?.takeLines().map { $0 + "\n" }.joined() ?? ""
        }
    }
}
