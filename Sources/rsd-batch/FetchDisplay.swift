import Foundation
import JobSpecs
import Support
import Synchronization
import Terminal

/// Shows downloads of data sets on standard error: a bar on a terminal, timestamped lines elsewhere.
final class FetchDisplay: Sendable {
    private struct Face {
        var view = FetchView()
        var block = LiveBlock()
    }

    private let console: Console
    private let colour: Bool
    private let quiet: Bool
    private let face = Mutex(Face())

    init(console: Console, colour: ColourChoice, quiet: Bool) {
        self.console = console
        self.colour = colour.isOn(isTerminal: console.errorIsTerminal, environment: console.environment)
        self.quiet = quiet
    }

    /// Downloads the job's remote data sets, asks its engine for its flags, then loads the job.
    ///
    /// - Parameter pins: whether the spec gets the checksums of data sets that have none.
    /// - Throws: what ``JobLoader`` throws; ``Interrupted``.
    func load(_ job: JobOptions, _ interruption: Interruption, pins: Bool = false) async throws -> LoadedJob {
        try await fetchDatasets(of: job, interruption)
        if pins { try pin(job) }
        let flags = try await JobLoader.flags(of: job.url, settings: job.settings, interruption: interruption) {
            if !self.quiet { self.console.message("rsd-batch: asking \($0) for its flags; this is done once\n") }
        }
        let whole = try StopSignals.endingAtOnce(interruption) {
            try JobLoader.load(job.url, settings: job.settings, flags: flags)
        }
        return job.limit.map(whole.limited) ?? whole
    }

    private func pin(_ job: JobOptions) throws {
        let pins = try JobPins(of: job.url, settings: job.settings)
        try pins.write()
        if !quiet, !pins.words.isEmpty {
            console.message("rsd-batch: pinned in \(job.file): \(pins.words.joined(separator: ", "))\n")
        }
    }

    private func fetchDatasets(of job: JobOptions, _ interruption: Interruption) async throws {
        let fetch = {
            try await JobLoader.fetchDatasets(
                of: job.url, settings: job.settings, interruption: interruption, observe: { self.take($0) })
        }
        if quiet { return try await fetch() }
        try await console.drawing({ self.frame() }, last: { self.frame(isLast: true) }, during: fetch)
    }

    private func take(_ event: FetchEvent) {
        face.withLock { $0.view.take(event) }
    }

    private func frame(isLast: Bool = false) -> String {
        let width = console.errorSize.columns
        return face.withLock { face in
            let lasting = face.view.takeLasting()
            guard console.errorIsTerminal else {
                return lasting.map { "\(Date().formatted(.iso8601)) \($0.text)\n" }.joined()
            }
            // A job without downloads draws nothing.
            guard face.view.hasBegun else { return "" }
            return isLast
                ? face.block.finish(lasting: lasting, width: width, colour: colour)
                : face.block.draw(lasting: lasting, block: [face.view.line(width: width)], width: width, colour: colour)
        }
    }
}
