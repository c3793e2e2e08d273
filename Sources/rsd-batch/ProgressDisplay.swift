import Foundation
import JobSpecs
import Runner
import Support
import Synchronization
import Terminal

/// Shows a run, or its shards, on standard error while it runs: a block drawn in place on a terminal, timestamped lines elsewhere.
final class ProgressDisplay: Sendable {
    /// One of the two, or neither if the run is quiet.
    private struct Face {
        var view: (any ProgressView)?
        var block = LiveBlock()
        var log: (any ProgressLog)?
    }

    private let console: Console
    private let colour: Bool
    private let face: Mutex<Face>
    private let clock = ContinuousClock()
    private let start: ContinuousClock.Instant

    /// - Parameter shards: those that run here; empty for a whole job, or a shard alone.
    init(job: String, shards: [Shard] = [], console: Console, colour: ColourChoice, quiet: Bool) {
        self.console = console
        self.colour = colour.isOn(isTerminal: console.errorIsTerminal, environment: console.environment)
        start = clock.now
        var face = Face()
        let names = shards.map { "\($0)" }
        switch (quiet, console.errorIsTerminal) {
        case (true, _): break
        case (false, true):
            face.view = names.isEmpty ? RunView(job: job, begin: 0) : FleetView(job: job, shards: names, begin: 0)
        case (false, false):
            face.log = names.isEmpty ? PlainLog(job: job, begin: 0) : FleetLog(job: job, shards: names, begin: 0)
        }
        self.face = Mutex(face)
    }

    /// Takes in an event; the next frame shows it.
    ///
    /// - Parameter shard: nil for a run that is shown as a whole.
    func take(_ event: RunEvent, of shard: Shard? = nil) {
        let (now, part) = ((clock.now - start) / .seconds(1), Self.part(shard) ?? 0)
        face.withLock { face in
            face.view?.take(event, of: part, at: now)
            face.log?.take(event, of: part, at: now, date: Date())
        }
    }

    /// - Parameter shard: nil if it concerns all.
    func say(_ message: String, _ style: Style = .plain, of shard: Shard? = nil) {
        face.withLock { face in
            face.view?.say(message, style, of: Self.part(shard))
            face.log?.say(message, of: Self.part(shard), date: Date())
        }
    }

    /// Shows progress while the body runs, then restores the terminal.
    func during<Result: Sendable>(_ body: () async throws -> Result) async throws -> Result {
        try await console.drawing({ self.frame(isLast: false) }, last: { frame(isLast: true) }, during: body)
    }

    private static func part(_ shard: Shard?) -> Int? { shard.map { $0.index - 1 } }

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
