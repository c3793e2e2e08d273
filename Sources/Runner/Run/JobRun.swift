import Decoding
import Foundation
import JobSpecs
import ModelLifecycle
import RunStore
import Support

/// A run from its first phase, or from where an earlier process stopped, to the results.
package struct JobRun<Outcome: Sendable>: Sendable {
    package private(set) var job: LoadedJob
    package let directory: RunDirectory
    /// Called once this process holds the run directory.
    let makeProvider: @Sendable () throws -> any EngineProvider
    let interruption: Interruption
    package var deadline: Deadline?
    /// Whether to wait for a process that works on the run.
    var waits = false
    let retryFailed: Bool
    /// Called before it waits for a process that works on the run.
    let willWait: @Sendable () async throws -> Void
    /// Runs, or folders of runs, whose responses are taken over.
    let reuse: [URL]
    let observe: @Sendable (RunEvent) -> Void
    /// Turns a finished run into its outcome, while this process still holds the run directory.
    let conclude: @Sendable (FinishedRun) async throws -> Outcome

    package init(
        job: LoadedJob, directory: RunDirectory, makeProvider: @escaping @Sendable () throws -> any EngineProvider,
        interruption: Interruption, deadline: Deadline? = nil, waits: Bool = false,
        willWait: @escaping @Sendable () async throws -> Void = {}, retryFailed: Bool,
        reuse: [URL] = [],
        observe: @escaping @Sendable (RunEvent) -> Void,
        conclude: @escaping @Sendable (FinishedRun) async throws -> Outcome
    ) {
        self.job = job
        self.directory = directory
        self.makeProvider = makeProvider
        self.interruption = interruption
        self.deadline = deadline
        self.waits = waits
        self.willWait = willWait
        self.retryFailed = retryFailed
        self.reuse = reuse
        self.observe = observe
        self.conclude = conclude
    }

    /// - Throws: ``RunLocked``, ``RunLockLost``, ``SpecChanged``, ``DamagedRun``, ``JournalCorrupt``, ``Interrupted``,
    ///   ``EngineUseless``, ``ResidencyImpossible``, or an error of the engines or the file system. The journal is kept in every
    ///   case.
    package func run() async throws -> Outcome {
        try await withDeadline { try await runInDirectory() }
    }

    private func runInDirectory() async throws -> Outcome {
        try ShardedRun.check(directory, isFor: job.shard)
        try directory.checkPlaces()
        try directory.create(isPrivate: job.spec.hasSecrets)
        let lock = try await interruption.cancelOnInterrupt {
            try await takeLock()
        }
        defer { lock.release() }
        let manifest = try Manifest.read(directory.manifest)
        var run = self
        run.job = job.following(manifest?.identity ?? beginningOfShards)
        lock.whenLost { [interruption] in interruption.raise(to: .immediate) }
        do {
            return try await run.run(under: lock, begunAs: manifest)
        } catch let interrupted as Interrupted {
            try lock.confirm()
            throw interrupted
        }
    }

    private func takeLock() async throws -> RunLock {
        do {
            return try await RunLock.take(directory.lock) { observe(.awaitingLock($0, seconds: $1)) }
        } catch let locked as RunLocked where waits {
            observe(.awaitingLock(locked.holder, seconds: nil))
            try await willWait()
            return try await RunLock.take(directory.lock, waits: true)
        }
    }

    /// The identity that another shard of the run was begun with; nil if none was begun.
    private var beginningOfShards: SpecIdentity? {
        guard job.shard != nil else { return nil }
        return ShardedRun(RunDirectory(directory.url.deletingLastPathComponent())).beginning
    }

    /// Stops the body in time for the deadline.
    private func withDeadline<Value>(_ body: () async throws -> Value) async throws -> Value {
        guard let deadline else { return try await body() }
        let costs = job.spec.engine.deadlineCosts
        let alarm = Task { [interruption] in
            try await Task.sleep(for: .seconds(bounding: deadline.secondsToStop(now: Date(), costs)))
            interruption.raise(to: .draining)
        }
        defer { alarm.cancel() }
        do {
            return try await body()
        } catch let interrupted as Interrupted where interrupted.reason == nil {
            let hasRung = deadline.secondsToStop(now: Date(), costs) == 0
            throw Interrupted(reason: hasRung ? "\(deadline.source) is near, so the engines were stopped" : nil)
        }
    }

    /// - Parameter earlier: nil if nothing was begun.
    private func run(under lock: RunLock, begunAs earlier: Manifest?) async throws -> Outcome {
        // A process that was considered dead may resume: it then writes to a file that is no longer there.
        if lock.isTakenOver { try AtomicFile.renew(directory.journal) }
        var contents = try JournalReader.read(directory.journal)
        let start = try RunStart(of: job, in: directory, from: contents, begunAs: earlier, reusing: reuse)
        var trajectories = start.trajectories
        // A finished run needs no engines, and may be opened on machines without any.
        let isDone = trajectories.isFinished && !retryFailed
        let provider = try makeProvider()
        let manifest = try await closing(provider) {
            let swept = try await interruption.cancelOnInterrupt { try await provider.sweep() }
            let pool = isDone ? nil : try await interruption.cancelOnInterrupt { try await provider.open() }
            if start.renames(contents) { contents = try JournalReader.rewrite(directory.journal, as: start.journal) }
            try writeSpec()
            let journal = try Journal(file: directory.journal, goodLength: contents.goodLength) { try lock.confirm() }
            try AtomicFile.syncDirectory(directory.journal.deletingLastPathComponent())
            if !start.isOwned { try await journal.append(.begun(start.owner)) }
            let manifest = try await writeManifest(after: earlier, start, of: provider, for: pool)
            try await journal.append(start.records)
            if retryFailed { try await forgiveFailures(in: &trajectories, journal: journal) }

            if swept > 0 { observe(.swept(count: swept)) }
            for note in start.notes { observe(note) }
            if start.replayed > 0 {
                observe(
                    .resumed(
                        Array(trajectories),
                        RunFigures(
                            records: contents.records, waves: trajectories.waves, engines: JobEngines(job.spec))))
            }
            if !isDone { observe(.work(try WorkDone(contents.records + start.records, of: job))) }
            observe(
                .began(total: trajectories.count, finished: trajectories.finishedCount, replayed: start.replayed))
            if let pool {
                let budget = TimeBudget(deadline, of: job.spec.engine, records: contents.records)
                try await work(in: pool, on: &trajectories, after: start, journal: journal, budget: budget)
            }
            return manifest
        }
        try lock.confirm(isLast: true)
        return try await conclude(
            FinishedRun(
                job: job, manifest: manifest, trajectories: trajectories,
                records: try JournalReader.read(directory.journal, after: contents).records))
    }

    /// Closes the provider in any case.
    private func closing<Value>(_ provider: any EngineProvider, _ body: () async throws -> Value) async throws -> Value
    {
        do {
            let value = try await body()
            await provider.close()
            return value
        } catch {
            await provider.close()
            throw error
        }
    }

    private func work(
        in pool: any EnginePool, on trajectories: inout TrajectorySet, after start: RunStart, journal: Journal,
        budget: TimeBudget
    ) async throws {
        if let reason = pool.reason { observe(.choseResidency(reason)) }
        var executor = EngineExecutor(
            Scheduler(
                start.scope, groups: pool.groups, requests: pool.requests, tail: tailRule(pool, budget),
                trajectories: trajectories, responses: start.responses),
            in: pool, journal: journal, budget: budget, interruption: interruption, observe: observe)
        do {
            try await executor.run()
        } catch {
            // No engine may stay up. The error of the run matters more than one of the stop.
            try? await pool.stop()
            throw error
        }
        try await pool.leave()
        trajectories = executor.scheduler.trajectories
    }

    /// nil if engines take turns to the end.
    private func tailRule(_ pool: any EnginePool, _ budget: TimeBudget) -> TailRule? {
        guard job.spec.engine.tail != .never, let plan = pool.tail else { return nil }
        var rule = TailRule(
            job.spec.engine.tail, leastGain: job.spec.engine.kind.leastWork,
            costs: budget.arrivals(of: JobEngines(job.spec).all, sleeps: pool.sleeps)
        ) { plan.layout(of: $0)?.room }
        rule.mostRequests = pool.mostRequests
        return rule
    }

    // MARK: Beginning and end

    /// Settings that may change between a run and its resumption are stored as they were last.
    private func writeSpec() throws {
        let spec = Data(job.spec.withoutSecrets.renderYAML().utf8)
        if (try? RunFile.contents(of: directory.job)) != spec { try AtomicFile.write(spec, to: directory.job) }
    }

    /// Writes the manifest before the first engine starts, and again if its note on the residency changes.
    private func writeManifest(
        after earlier: Manifest?, _ start: RunStart, of provider: any EngineProvider, for pool: (any EnginePool)?
    ) async throws -> Manifest {
        let sizes = Dictionary(uniqueKeysWithValues: job.models.map { ($0.key.rawValue, $0.value.size) })
        if var manifest = earlier {
            if let pool { manifest.residency = pool.reason }
            manifest.models = sizes
            manifest.datasets = job.origins
            manifest.note(job.spec.pins)
            manifest.note(job.thresholds)
            start.note(in: &manifest)
            if manifest != earlier { try manifest.write(to: directory.manifest) }
            return manifest
        }
        var manifest = Manifest(
            job: job.spec.name, identity: start.identity, shard: job.shard, seed: job.spec.seed,
            program: Program.version,
            engine: try await interruption.cancelOnInterrupt { try await provider.version() }, host: ProcFS.hostName(),
            created: Date().formatted(.iso8601), residency: pool?.reason,
            batchInvariant: job.spec.engine.batchInvariant,
            models: sizes, datasets: job.origins)
        manifest.note(job.spec.pins)
        manifest.note(job.thresholds)
        manifest.namesJournal = true
        start.note(in: &manifest)
        try manifest.write(to: directory.manifest)
        return manifest
    }

    private func forgiveFailures(in trajectories: inout TrajectorySet, journal: Journal) async throws {
        for var trajectory in trajectories where trajectory.response.finish == .failed {
            try trajectory.apply(.retried)
            try await journal.append(.event(trajectory.id, .retried))
            trajectories.update([trajectory])
        }
    }
}

/// A run whose generation is done; no engine is up but those that a later job of the same command needs.
package struct FinishedRun: Sendable {
    /// The job under the rules that the run was begun with.
    package var job: LoadedJob
    package var manifest: Manifest
    package var trajectories: TrajectorySet
    /// The records of the journal.
    package var records: [JournalRecord]
}
