import Foundation
import Logging
import Support

/// Forks a run's engines from a process that has imported them, as long as that works.
///
/// Nothing depends on it: engines that cannot be forked are spawned, and the run logs the reason once.
package actor WarmStarts {
    private enum State {
        case idle
        case starting(Task<Void, Never>, Latch<ForkServer?>)
        case up(ForkServer)
        /// Engines are spawned from now on.
        case off
    }

    /// How to start an engine.
    enum Advice: Sendable, Equatable {
        case spawn
        /// Fork it, and check that it gives this response, if known.
        case fork(expecting: Canary.Answer?)
    }

    private var ledger: EngineLedger
    private var logDirectory: String
    private let limit: Duration
    private let logger: Logger
    private let answers: ColdAnswers
    private var state: State
    private var planning: Task<ForkServerPlan?, any Error>?
    /// Fork servers that came up; engines that they have forked end with them.
    private var servers: [ForkServer] = []
    /// Number of fork servers started, including those that failed.
    private var launches = 0
    private var successes = 0
    private var failures = 0
    /// What has been logged once.
    private var told: Set<String> = []

    private static let mostServers = 3

    /// - Parameters:
    ///   - isOn: whether engines are forked; if not, this only records the responses of spawned ones.
    ///   - limit: for the imports.
    ///   - answers: canary responses of spawned engines.
    package init(
        isOn: Bool = true, ledger: EngineLedger, logDirectory: String, limit: Duration, answers: ColdAnswers,
        logger: Logger
    ) {
        state = isOn ? .idle : .off
        self.ledger = ledger
        self.logDirectory = logDirectory
        self.limit = limit
        self.answers = answers
        self.logger = logger
    }

    /// Whether all engines are spawned from now on.
    package var isOff: Bool {
        if case .off = state { true } else { false }
    }

    // MARK: Several runs

    /// Whether it has a fork server that does for a plan. What it has imported ahead may be less.
    package func serves(_ other: ForkServerPlan?) async -> Bool {
        guard case .up(let server) = state, server.isAlive, let other, let plan = try? await plan else { return false }
        return plan.executable == other.executable && plan.environment == other.environment && plan.trust == other.trust
            && plan.build == other.build
    }

    /// Records that the fork servers stay up after the run.
    ///
    /// - Returns: false if none is up; one that is still busy with its imports does not count.
    /// - Throws: ``LedgerError``.
    package func keep() throws -> Bool {
        let alive = servers.filter(\.isAlive)
        for server in alive { try server.keep() }
        return !alive.isEmpty
    }

    /// Goes on for another run, with its ledger and logs.
    ///
    /// - Throws: ``LedgerError``.
    package func move(to ledger: EngineLedger, logDirectory: String) throws {
        for server in servers where server.isAlive { try server.move(to: ledger) }
        (self.ledger, self.logDirectory) = (ledger, logDirectory)
    }

    // MARK: The fork server

    /// Starts the fork server. Returns at once.
    ///
    /// - Parameter plan: how to start it; nil if that is unknown.
    package func begin(_ plan: @escaping @Sendable () async throws -> ForkServerPlan?) {
        planning = Task { try await plan() }
        begin()
    }

    private func begin() {
        guard case .idle = state else { return }
        let done = Latch<ForkServer?>()
        state = .starting(Task { done.set(await start()) }, done)
    }

    private func start() async -> ForkServer? {
        do {
            guard let plan = try await plan else { throw ForkRefused("the engine's Python is unknown") }
            if case .refused(let why) = plan.trust { throw ForkRefused(why) }
            let server = try await bringUp(plan)
            servers.append(server)
            state = .up(server)
            logger.info("engines can be forked", metadata: ["seconds of imports": "\(server.seconds)"])
            return server
        } catch {
            if !(error is CancellationError) { turnOff("\(error)") }
            return nil
        }
    }

    /// If it is killed during its imports, it is started once more.
    private func bringUp(_ plan: ForkServerPlan) async throws -> ForkServer {
        while true {
            launches += 1
            do {
                return try await ForkServer.start(plan, limit: limit, logs: logDirectory, ledger: ledger)
            } catch let refused as ForkRefused where refused.wasKilled && launches < Self.mostServers {
                logger.warning("\(refused); starting another")
            }
        }
    }

    private var plan: ForkServerPlan? {
        get async throws { try await planning?.value }
    }

    private func turnOff(_ why: String) {
        state = .off
        logger.warning("engines are spawned from now on instead of forked, which takes longer: \(why)")
    }

    /// Ends the fork server and all engines that are still its children.
    package func end() async {
        if case .starting(let task, _) = state {
            task.cancel()
            await task.value
        }
        state = .off
        while let server = servers.popLast() {
            do { try await server.end() } catch { logger.warning("the fork server could not be ended: \(error)") }
        }
    }

    /// Waits for the imports.
    private func server() async throws -> ForkServer? {
        if case .up(let server) = state, !server.isAlive {
            let how = server.exit.map { " with \($0)" } ?? ""
            guard launches < Self.mostServers else {
                turnOff("the fork server ended unexpectedly\(how), again")
                return nil
            }
            logger.warning("the fork server ended unexpectedly\(how); starting another")
            state = .idle
        }
        begin()
        if case .starting(_, let done) = state { return try await done.wait() }
        if case .up(let server) = state { return server }
        return nil
    }

    // MARK: Engines

    /// Whether to fork an engine. If so, waits for the imports.
    ///
    /// - Throws: `CancellationError`.
    func advice(for configuration: EngineConfiguration, _ launch: WarmLaunch) async throws -> Advice {
        guard !isOff, let plan = try? await plan else { return .spawn }
        guard plan.environment == launch.early else {
            let names = plan.environment.merging(launch.early) { $1 }.keys
                .filter { plan.environment[$0] != launch.early[$0] }.sorted().joined(separator: ", ")
            warnOnce(
                "engine \(configuration.name) is spawned instead of forked, which takes longer: it needs other values of "
                    + "\(names) than the fork server has")
            return .spawn
        }
        let answer = answers.answer(of: configuration, launch, build: plan.build)
        if answer == nil && plan.trust != .proven { return .spawn }
        return try await server() == nil ? .spawn : .fork(expecting: answer)
    }

    private func warnOnce(_ sentence: String) {
        if told.insert(sentence).inserted { logger.warning("\(sentence)") }
    }

    /// Forks an engine.
    ///
    /// - Returns: its process, a child of the fork server; nil if it is to be spawned.
    /// - Throws: `CancellationError`.
    func fork(_ request: ForkRequest.Fork) async throws -> ChildProcess? {
        guard let server = try await server() else { return nil }
        do {
            return try await server.fork(request)
        } catch let refused as ForkRefused {
            // If it died just now, the next engine may get a new fork server.
            if server.isAlive { turnOff("\(refused)") }
            return nil
        }
    }

    /// Records that a forked engine is ready and responds correctly.
    func succeeded() { successes += 1 }

    /// Records that a forked engine failed to start or responds wrongly. If it is the first fork or the second failure,
    /// forking is turned off.
    func failed(_ engine: String, _ why: String) {
        // The engine died with its fork server, and may have been healthy.
        guard case .up(let server) = state, server.isAlive else { return }
        failures += 1
        if successes == 0 || failures > 1 {
            turnOff("engine \(engine) was forked and failed: \(why)")
        } else {
            logger.warning("engine \(engine) was forked and failed, and is spawned instead: \(why)")
        }
    }

    /// Stores the canary response of a spawned engine.
    func note(_ answer: Canary.Answer, of configuration: EngineConfiguration, _ launch: WarmLaunch) async {
        guard let plan = try? await plan else { return }
        let isKept = answers.note(answer, of: configuration, launch, build: plan.build)
        if !isKept, plan.trust == .unproven, !isOff {
            warnOnce(
                "canary responses cannot be stored in \(answers.folder), so every run has to spawn each engine once; set "
                    + "XDG_CACHE_HOME to use another directory")
        }
    }
}
