import Decoding
import Foundation
import JobSpecs
import Logging
import ModelLifecycle

/// The engines of a job, under a residency.
struct ResidentEngines: EngineRoom {
    private let job: LoadedJob
    private let residency: any Residency
    /// Whether engines come up by this program's doing.
    private let startsEngines: Bool
    private let inference: InferenceClient
    /// Kept over restarts: a model's tokens do not change.
    private let pieces: [EngineID: TokenPieces]
    private let engines: JobEngines
    private let logger: Logger
    let groups: [[EngineID]]
    let reason: String?
    let requests: RequestsInFlight
    let energy: EnergyMeter?

    /// - Throws: ``ModelFilesError``.
    init(
        _ residency: any Residency, of job: LoadedJob, requests: RequestsInFlight, reason: String? = nil,
        energy: EnergyMeter? = nil, startsEngines: Bool, logger: Logger
    ) throws {
        self.residency = residency
        self.job = job
        self.reason = reason
        self.energy = energy
        self.startsEngines = startsEngines
        self.logger = logger
        inference = try InferenceClient(job: job)
        engines = JobEngines(job.spec)
        pieces = Dictionary(uniqueKeysWithValues: engines.all.map { ($0, TokenPieces()) })
        groups = residency.groups.map { $0.map { EngineID($0) } }
        let shellLimit = OpenFiles.limit
        // An engine that dies is to be started again, whatever others are asked at that moment.
        let limit = startsEngines ? min(shellLimit, ChildProcess.mostOpenFiles) : shellLimit
        self.requests = requests.limited(toFiles: limit, groups: groups)
        if self.requests != requests, limit == shellLimit {
            logger.warning(
                """
                this shell lets a process have \(shellLimit) files open, so fewer requests than the engines could take are kept \
                in flight (\(self.requests), for \(requests)): raise it with `ulimit -n`
                """)
        }
    }

    func enter(_ group: [EngineID], note: @escaping EngineNoteTaker) async throws -> any Crew {
        let names = group.map(\.name)
        let before = await residency.statistics
        let active = try await announcing(names, note) { try await residency.activate(names) }
        for _ in before.swaps..<(await residency.statistics.swaps) { try await note(.swapped) }
        var resident: [EngineID: any EngineHandle] = [:]
        for engine in group { resident[engine] = active[engine.name] }
        return try await EngineCrew(
            resident, of: engines, pieces: pieces, inference: inference, requests: requests,
            stallTimeout: job.spec.engine.stallTimeout,
            restart: { [residency] engine in
                try await announcing([engine.name], note) { _ = try await residency.restart(engine.name) }
            })
    }

    func expect(_ group: [EngineID]) async {
        await residency.expect(group.map(\.name))
    }

    func leave() async throws {
        try await residency.deactivate()
    }

    /// Notes the loads and wakings that `body` causes.
    @discardableResult
    private func announcing<Value: Sendable>(
        _ names: [String], _ note: EngineNoteTaker, _ body: () async throws -> Value
    ) async throws -> Value {
        guard startsEngines else { return try await body() }
        let before = await residency.statistics
        for name in names { try await note(.loading(engine: name)) }
        let value = try await retryOnceIfKilled(body)
        let after = await residency.statistics
        for name in names {
            func new<Arrival>(_ arrivals: KeyPath<ResidencyStatistics, [String: [Arrival]]>) -> ArraySlice<Arrival> {
                after[keyPath: arrivals][name, default: []]
                    .dropFirst(before[keyPath: arrivals][name, default: []].count)
            }
            for start in new(\.starts) { try await note(.loaded(engine: name, start)) }
            for waking in new(\.wakings) { try await note(.woken(engine: name, waking)) }
        }
        return value
    }
}

extension ResidentEngines {
    /// An engine that something kills while it starts has done nothing wrong: it gets one more start.
    private func retryOnceIfKilled<Value: Sendable>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch let error as EngineError where error.code == .diedDuringStart {
            switch error.exit {
            // What is not known is the end of a fork whose parent was killed with it.
            case .signalled, .unknown: break
            case .exited, nil: throw error
            }
            logger.warning("engine \(error.engine): \(error.message); starting it once more")
            return try await body()
        }
    }
}
