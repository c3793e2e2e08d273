import Foundation
import JobSpecs
import Reporting
import Support
import Synchronization
import Terminal

/// Shows downloads of models and data sets on standard error: a bar on a terminal, timestamped lines elsewhere.
final class FetchDisplay: Sendable {
    private struct Face {
        var view: FetchView
        var block = LiveBlock()
        /// Whether the terminal shows something that has to be erased.
        var hasDrawn = false
    }

    private let console: Console
    private let colour: Bool
    private let quiet: Bool
    private let face: Mutex<Face>

    init(console: Console, colour: ColourChoice, quiet: Bool) {
        self.console = console
        self.colour = colour.isOn(isTerminal: console.errorIsTerminal, environment: console.environment)
        self.quiet = quiet
        face = Mutex(Face(view: FetchView(isLive: console.errorIsTerminal)))
    }

    /// Downloads the job's remote data sets, asks its engine for its flags, then loads the job.
    ///
    /// - Parameters:
    ///   - pinning: whether the spec gets the checksums of data sets that have none.
    ///   - models: whether to download models too.
    ///   - pins: the commits and thresholds that a run was begun with, by the job's name.
    /// - Throws: what ``JobLoader`` throws; ``Interrupted``.
    func load(
        _ job: JobOptions, _ interruption: Interruption, pinning: Bool = false, fetchingModels models: Bool = false,
        pins: @escaping @Sendable (String) -> RunPins? = { _ in nil }
    ) async throws -> LoadedJob {
        let lookup = SpecLookup(pins: pins, calibrate: Calibration.threshold)
        let unfetched = try await unfetchedDatasets(of: job, interruption)
        if pinning, unfetched == nil { try pin(job) }
        // Errors in the spec are reported below, with those in all files.
        if models, unfetched == nil, (try? JobLoader.check(job.url, settings: job.settings)) != nil {
            _ = try await fetchModels(of: job, lookup, interruption)
        }
        let flags = try await JobLoader.flags(of: job.url, settings: job.settings, interruption: interruption) {
            if !self.quiet { self.console.message("rsd-batch: asking \($0) for its flags; this is done once\n") }
        }
        let whole = try StopSignals.endingAtOnce(interruption) {
            try JobLoader.load(job.url, settings: job.settings, models: lookup, flags: flags, unfetched: unfetched)
        }
        if !quiet {
            for taken in whole.thresholds { console.message("rsd-batch: \(taken.words)\n") }
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

    /// Downloads all that the job names and that is not there.
    ///
    /// - Returns: the models of the hub, also those that were there.
    /// - Throws: ``SpecErrors``, ``HubError``, ``SpawnError``, ``Interrupted``.
    func fetchAll(
        of job: JobOptions, _ interruption: Interruption, pinning: Bool = false
    ) async throws -> [FetchedModel] {
        try JobLoader.check(job.url, settings: job.settings)
        let unfetched = try await unfetchedDatasets(of: job, interruption)
        if pinning, unfetched == nil { try pin(job) }
        let models: [FetchedModel]
        do {
            models = try await fetchModels(of: job, SpecLookup(), interruption)
        } catch let error as any ProgramError {
            if let unfetched { console.message(unfetched.diagnostics.map { "\($0.rendered)\n" }.joined()) }
            throw error
        }
        if let unfetched { throw unfetched }
        return models
    }

    private func fetchModels(
        of job: JobOptions, _ lookup: SpecLookup, _ interruption: Interruption
    ) async throws -> [FetchedModel] {
        try await drawing {
            try await JobLoader.fetchModels(
                of: job.url, settings: job.settings, models: lookup, interruption: interruption
            ) { self.take($0) }
        }
    }

    /// Downloads data sets.
    ///
    /// - Returns: what could not be downloaded, to be reported with all other errors.
    private func unfetchedDatasets(of job: JobOptions, _ interruption: Interruption) async throws -> SpecErrors? {
        do {
            try await fetchDatasets(of: job, interruption)
            return nil
        } catch let errors as SpecErrors {
            return errors
        }
    }

    private func fetchDatasets(of job: JobOptions, _ interruption: Interruption) async throws {
        try await drawing {
            try await JobLoader.fetchDatasets(
                of: job.url, settings: job.settings, interruption: interruption, observe: { self.take($0) })
        }
    }

    private func drawing<Result: Sendable>(_ body: () async throws -> Result) async throws -> Result {
        if quiet { return try await body() }
        return try await console.drawing({ self.frame() }, last: { self.frame(isLast: true) }, during: body)
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
            let block = face.view.isActive ? [face.view.line(width: width)] : []
            // A job without downloads draws nothing.
            guard face.hasDrawn || !lasting.isEmpty || !block.isEmpty else { return "" }
            face.hasDrawn = !isLast
            return isLast
                ? face.block.finish(lasting: lasting, width: width, colour: colour)
                : face.block.draw(lasting: lasting, block: block, width: width, colour: colour)
        }
    }
}
