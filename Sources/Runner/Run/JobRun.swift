import Decoding
import Foundation
import JobSpecs
import ModelLifecycle
import RunStore
import Support
import Synchronization

/// A run from its first phase, or from wherever an earlier process left it, to the results.
package struct JobRun<Outcome: Sendable>: Sendable {
    package private(set) var job: LoadedJob
    package let directory: RunDirectory
    /// Called once the run directory is ours.
    let makeSite: @Sendable () throws -> any EngineSite
    let interruption: Interruption
    package var deadline: Deadline?
    /// Whether to wait for a process that works on the run.
    var waits = false
    let retryFailed: Bool
    let observe: @Sendable (RunEvent) -> Void
    /// Makes of a finished run what it came to, while the run directory is still ours.
    let conclude: @Sendable (FinishedRun) async throws -> Outcome

    package init(
        job: LoadedJob, directory: RunDirectory, makeSite: @escaping @Sendable () throws -> any EngineSite,
        interruption: Interruption, deadline: Deadline? = nil, waits: Bool = false, retryFailed: Bool,
        observe: @escaping @Sendable (RunEvent) -> Void,
        conclude: @escaping @Sendable (FinishedRun) async throws -> Outcome
    ) {
        self.job = job
        self.directory = directory
        self.makeSite = makeSite
        self.interruption = interruption
        self.deadline = deadline
        self.waits = waits
        self.retryFailed = retryFailed
        self.observe = observe
        self.conclude = conclude
    }

    /// - Throws: ``RunLocked``, ``RunLockLost``, ``SpecChanged``, ``DamagedRun``, ``JournalCorrupt``, ``Interrupted``, ``EngineUseless``,
    ///   ``ResidencyImpossible``, or what the engines and the file system throw. All that was journalled is kept in every
    ///   case.
    package func run() async throws -> Outcome {
        try await inTime { try await runInDirectory() }
    }

    private func runInDirectory() async throws -> Outcome {
        try ShardedRun.check(directory, isFor: job.shard)
        try directory.checkPlaces()
        try directory.create(isPrivate: job.spec.hasSecrets)
        let lock = try await interruption.giveUpOn {
            try await RunLock.take(directory.lock, waits: waits) { observe(.awaitingLock($0, seconds: $1)) }
        }
        defer { lock.release() }
        var run = self
        run.job = job.following(try beginning())
        lock.whenLost { [interruption] in interruption.raise(to: .immediate) }
        do {
            return try await run.run(under: lock)
        } catch let interrupted as Interrupted {
            try lock.confirm()
            throw interrupted
        }
    }

    /// What the run, or another of its shards, was begun as; nil where nothing was begun.
    private func beginning() throws -> SpecIdentity? {
        if let manifest = try Manifest.read(directory.manifest) { return manifest.identity }
        guard job.shard != nil else { return nil }
        return ShardedRun(RunDirectory(directory.url.deletingLastPathComponent())).beginning
    }

    /// Has the body stop in time for the deadline.
    private func inTime<Value>(_ body: () async throws -> Value) async throws -> Value {
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
            throw Interrupted(reason: hasRung ? "\(deadline.source) is so near that the engines had to stop" : nil)
        }
    }

    private func run(under lock: RunLock) async throws -> Outcome {
        // A process that was taken for gone may yet wake: what it writes then goes to a file that is no longer there.
        if lock.isTakenOver { try AtomicFile.renew(directory.journal) }
        let (manifest, contents, isOwned) = try readRun()
        var roster = Roster(job)
        let answers = AnswerBook(job.spec)
        let replayed = try roster.replay(contents.records, into: answers)
        // A run that is finished needs no engines, and may be looked at where there are none.
        let isDone = roster.finishedCount == roster.ids.count && !retryFailed
        let site = try makeSite()
        try await closing(site) {
            let swept = try await interruption.giveUpOn { try await site.sweep() }
            let room = isDone ? nil : try await interruption.giveUpOn { try await site.open() }
            try writeSpec()
            let journal = try Journal(file: directory.journal, goodLength: contents.goodLength) { try lock.confirm() }
            try AtomicFile.syncDirectory(directory.journal.deletingLastPathComponent())
            if !isOwned { try await journal.append(.begun(identity)) }
            try await write(manifest, of: site, for: room)
            if retryFailed { try await forgiveFailures(in: &roster, journal: journal) }

            if swept > 0 { observe(.swept(count: swept)) }
            if replayed > 0 {
                observe(.resumed(roster.all, RunFigures(records: contents.records, waves: roster.waves)))
            }
            observe(.began(total: roster.ids.count, finished: roster.finishedCount, replayed: replayed))
            if let room {
                let times = ArrivalTimes(contents.records)
                try await work(in: room, on: &roster, journal: journal, answers: answers, times: times)
            }
        }
        try lock.confirm(isLast: true)
        return try await conclude(
            FinishedRun(job: job, trajectories: roster, records: try JournalReader.read(directory.journal).records))
    }

    /// Whatever happens, nothing of the site stays behind.
    private func closing(_ site: any EngineSite, _ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch {
            await site.close()
            throw error
        }
        await site.close()
    }

    // MARK: Waves

    private func work(
        in room: any EngineRoom, on roster: inout Roster, journal: Journal, answers: AnswerBook, times: ArrivalTimes
    ) async throws {
        if let reason = room.reason { observe(.choseResidency(reason)) }
        do {
            try await takeTurns(in: room, on: &roster, journal: journal, answers: answers, times: times)
        } catch {
            // Whatever happened, no engine stays behind; that failure of the run matters more than one of the stop.
            try? await room.leave()
            throw error
        }
        try await room.leave()
    }

    private func takeTurns(
        in room: any EngineRoom, on roster: inout Roster, journal: Journal, answers: AnswerBook, times: ArrivalTimes
    ) async throws {
        let times = Mutex(times)
        var resident: [Role] = []
        while roster.finishedCount < roster.ids.count {
            for group in room.groups {
                let ready = roster.needing(group)
                if ready.isEmpty { continue }
                if interruption.level > .none { throw Interrupted() }
                let phase = Phase(
                    job: job.spec, roles: group, requests: room.requests, trajectories: ready, journal: journal,
                    book: answers,
                    interruption: interruption,
                    mayRestart: { try checkDeadline(for: [$0], anew: true, times.withLock { $0 }) }, observe: observe)
                // A model whose every answer is known already is not brought up.
                let hasQuestions = try await phase.prepare(ready.map(\.id))
                await roster.update(phase.trajectories.values)
                guard hasQuestions else { continue }
                try checkDeadline(for: group == resident ? [] : group, times.withLock { $0 })
                resident = group
                var meter = PhaseMeter(room.energy)
                await meter.read()
                let crew = try await enter(group, of: room, journal: journal) { note in
                    times.withLock { $0.note(note) }
                }
                await meter.read()
                await room.expect(roster.group(after: group, of: room.groups))
                try await run(phase, of: group, crew: crew, meter: meter, roster: &roster, journal: journal)
            }
        }
    }

    /// - Throws: ``Interrupted``, with the reason, where a phase is not to begin any more.
    private func checkDeadline(
        for arriving: [Role], anew: Bool = false, _ times: ArrivalTimes
    ) throws(Interrupted) {
        guard let deadline else { return }
        let costs = job.spec.engine.deadlineCosts
        let engines = job.spec.engine.residency == .attach ? [] : arriving.map(\.rawValue)
        let seconds = times.seconds(engines, anew: anew, unknown: costs.unknownLoad)
        if let reason = deadline.refusal(now: Date(), bringingUp: engines, arriving: seconds, costs) {
            throw Interrupted(reason: reason)
        }
    }

    private func enter(
        _ group: [Role], of room: any EngineRoom, journal: Journal, noting: @escaping @Sendable (EngineNote) -> Void
    ) async throws -> any Crew {
        let note: EngineNoteTaker = { [observe] note in
            noting(note)
            switch note {
            case .loading(let engine): observe(.loading(engine: engine))
            case .loaded(let engine, let start):
                let load = EngineLoad(engine, start)
                try await journal.append(.load(load))
                observe(.loaded(load))
            case .woken(let engine, let span):
                try await journal.append(.wake(engine: engine, seconds: span.seconds, begin: span.begin))
                observe(.woken(engine: engine, seconds: span.seconds))
            case .swapped:
                try await journal.append(.swap)
                observe(.swapped)
            }
        }
        return try await interruption.giveUpOn { try await room.enter(group, note: note) }
    }

    private func run(
        _ phase: Phase, of roles: [Role], crew: any Crew, meter: PhaseMeter, roster: inout Roster, journal: Journal
    ) async throws {
        var meter = meter
        let ready = await phase.trajectories.values.filter { $0.needs(anyOf: roles) }
        let wave = ready.map { $0.response.waves + ($0.isAtStartOfWave ? 1 : 0) }.max() ?? 0
        observe(.phaseBegan(wave: wave, roles: roles, trajectories: ready.count))
        let watch = Stopwatch()
        let result: Result<Void, any Error>
        do {
            result = .success(try await phase.run(with: crew))
        } catch {
            result = .failure(error)
        }
        let seconds = watch.span.seconds
        await meter.read()
        await roster.update(phase.trajectories.values)
        if let tokens = await crew.speculation(), tokens.proposed > 0 {
            try await journal.append(
                .speculation(
                    engine: Role.speculative.rawValue, proposed: tokens.proposed, accepted: tokens.accepted))
        }
        try await journal.append(
            .phase(wave: wave, engines: roles.map(\.rawValue), seconds: seconds, joules: meter.energy))
        observe(.phaseEnded(wave: wave, roles: roles, seconds: seconds))
        try result.get()
    }

    // MARK: Beginning and end

    private var identity: RunIdentity { RunIdentity(job: SpecIdentity(job).hash, shard: job.shard) }

    /// - Returns: the manifest, nil where there is none; what the journal holds; and whether that is known to be this run's, by
    ///   its own words or the manifest's.
    private func readRun() throws -> (Manifest?, JournalContents, isOwned: Bool) {
        let manifest = try Manifest.read(directory.manifest)
        let contents = try JournalReader.read(directory.journal)
        guard let manifest else {
            return (nil, contents, try directory.checkWithoutManifest(contents, for: identity))
        }
        guard manifest.shard == job.shard else {
            throw ShardChanged(directory: directory.url.path, found: manifest.shard, wanted: job.shard)
        }
        let changes = SpecIdentity(job).difference(from: manifest.identity)
        if !changes.isEmpty, contents.owners.contains(identity) {
            throw DamagedRun(
                directory.manifest, "belongs to another job than the journal beside it, which is this one's",
                "Move it away and give the same command again: it is made again.")
        }
        guard changes.isEmpty else { throw SpecChanged(directory: directory.url.path, changes: changes) }
        try manifest.check(contents, in: directory)
        return (manifest, contents, true)
    }

    /// What may change between a run and its resumption is kept as it was last.
    private func writeSpec() throws {
        let spec = Data(job.spec.withoutSecrets.renderYAML().utf8)
        if (try? RunFile.contents(of: directory.job)) != spec { try AtomicFile.write(spec, to: directory.job) }
    }

    /// Writes the manifest before the first engine starts, and later again where its note on the residency is another.
    private func write(_ earlier: Manifest?, of site: any EngineSite, for room: (any EngineRoom)?) async throws {
        let sizes = Dictionary(uniqueKeysWithValues: job.models.map { ($0.key.rawValue, $0.value.size) })
        if var manifest = earlier {
            if let room { manifest.residency = room.reason }
            manifest.models = sizes
            guard manifest != earlier else { return }
            return try manifest.write(to: directory.manifest)
        }
        var manifest = Manifest(
            job: job.spec.name, identity: SpecIdentity(job), shard: job.shard, seed: job.spec.seed,
            program: Program.version,
            engine: try await interruption.giveUpOn { try await site.version() }, host: ProcFS.hostName(),
            created: Date().formatted(.iso8601), residency: room?.reason,
            batchInvariant: job.spec.engine.batchInvariant,
            models: sizes)
        manifest.namesJournal = true
        try manifest.write(to: directory.manifest)
    }

    private func forgiveFailures(in roster: inout Roster, journal: Journal) async throws {
        for var trajectory in roster.all where trajectory.response.finish == .failed {
            try trajectory.apply(.retried)
            try await journal.append(.event(trajectory.id, .retried))
            roster.update([trajectory])
        }
    }
}

extension Trajectory {
    /// Whether its next draft begins a wave, rather than going on within one.
    var isAtStartOfWave: Bool {
        guard case .generate(let generation) = need else { return false }
        return generation.steps.count == response.steps.count
            && !(generation.role == .target && generation.stopsAtDelimiter)
    }
}

/// A run whose generation is done, with no engine up any more.
package struct FinishedRun: Sendable {
    /// As it was run: by the rules that it was begun with.
    package var job: LoadedJob
    package var trajectories: Roster
    /// All that the journal holds.
    package var records: [JournalRecord]
}
