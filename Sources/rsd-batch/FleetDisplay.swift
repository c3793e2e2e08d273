import Foundation
import JobSpecs
import Logging
import Runner
import Support
import Synchronization
import Terminal

/// Shows the shards of a run on standard error while they run on one machine, like ``ProgressDisplay`` a single run.
final class FleetDisplay: Sendable {
    private struct Face {
        var view: FleetView?
        var block = LiveBlock()
        var log: FleetLog?
    }

    private let console: Console
    private let colour: Bool
    private let face: Mutex<Face>
    private let clock = ContinuousClock()
    private let start: ContinuousClock.Instant

    init(job: String, shards: [Shard], console: Console, colour: ColourChoice, quiet: Bool) {
        self.console = console
        self.colour = colour.isOn(isTerminal: console.errorIsTerminal, environment: console.environment)
        start = clock.now
        var face = Face()
        let names = shards.map { "\($0)" }
        if !quiet, console.errorIsTerminal { face.view = FleetView(job: job, shards: names, begin: 0) }
        if !quiet, !console.errorIsTerminal { face.log = FleetLog(job: job, shards: names, begin: 0) }
        self.face = Mutex(face)
    }

    func take(_ event: RunEvent, of shard: Shard) {
        let now = (clock.now - start) / .seconds(1)
        face.withLock { face in
            face.view?.take(event, of: shard.index - 1, at: now)
            face.log?.take(event, of: shard.index - 1, at: now, date: Date())
        }
    }

    func say(_ message: String, _ style: Style, of shard: Shard?) {
        face.withLock { face in
            face.view?.say(message, style, of: shard.map { $0.index - 1 })
            face.log?.say(message, of: shard.map { $0.index - 1 }, date: Date())
        }
    }

    /// Shows progress while the body runs, then restores the terminal.
    func during<Result: Sendable>(_ body: () async throws -> Result) async throws -> Result {
        try await console.drawing({ self.frame(isLast: false) }, last: { frame(isLast: true) }, during: body)
    }

    private func frame(isLast: Bool) -> String {
        let (now, size) = ((clock.now - start) / .seconds(1), console.errorSize)
        return face.withLock { face in
            guard var view = face.view else { return face.log?.takeLines().map { $0 + "\n" }.joined() ?? "" }
            let lasting = view.takeLasting(width: size.columns)
            face.view = view
            if isLast { return face.block.finish(lasting: lasting, width: size.columns, colour: colour) }
            let block = view.block(width: size.columns, height: size.rows, at: now)
            return face.block.draw(lasting: lasting, block: block, width: size.columns, colour: colour)
        }
    }
}
