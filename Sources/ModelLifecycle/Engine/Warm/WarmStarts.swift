import Foundation
import Logging
import Support

/// Forks a run's engines from a process that has imported them, as long as that goes well.
///
/// Nothing depends on it: where an engine cannot be forked it is spawned, and the run says once why.
package actor WarmStarts {
    private enum State {
        case idle
        case starting(Task<Void, Never>, Latch<ForkServer?>)
        case up(ForkServer)
        /// Engines are spawned from now on.
        case off
    }

    /// What is to be done with one engine.
    enum Advice: Sendable, Equatable {
        case spawn
        /// Fork it, and see that it answers like this, where that is known.
        case fork(expecting: Canary.Answer?)
    }

    private let ledger: EngineLedger
    private let logDirectory: String
    private let limit: Duration
    private let logger: Logger
    private let answers: ColdAnswers
    private var state: State
    private var planning: Task<ForkServerPlan?, any Error>?
    /// Those that came up: the engines that they have forked live no longer than they do.
    private var servers: [ForkServer] = []
    /// Of fork servers, also of those that never came up.
    private var launches = 0
    private var successes = 0
    private var failures = 0
    /// What the log has said once.
    private var told: Set<String> = []

    private static let mostServers = 3

    /// - Parameters:
    ///   - isOn: whether engines are forked at all; else it only keeps what they answer.
    ///   - limit: how long the imports may take.
    ///   - answers: what engines answered that were spawned.
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

    /// Whether every engine is spawned from now on.
    package var isOff: Bool {
        if case .off = state { true } else { false }
    }

    // MARK: The fork server

    /// Begins with the imports. Returns at once.
    ///
    /// - Parameter plan: how a fork server is started; nil where that is not known.
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
            guard let plan = try await plan else { throw ForkRefused("no Python is known that has the engine") }
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

    /// One that somebody kills while it imports has done nothing wrong.
    private func bringUp(_ plan: ForkServerPlan) async throws -> ForkServer {
        while true {
            launches += 1
            do {
                return try await ForkServer.start(plan, limit: limit, logs: logDirectory, ledger: ledger)
            } catch let refused as ForkRefused where refused.wasKilled && launches < Self.mostServers {
                logger.warning("engines cannot be forked yet: \(refused); starting another")
            }
        }
    }

    private var plan: ForkServerPlan? {
        get async throws { try await planning?.value }
    }

    private func turnOff(_ why: String) {
        state = .off
        logger.warning("engines are spawned from now on, and not forked, which takes longer: \(why)")
    }

    /// Ends the fork server, and every engine that still is a child of it.
    package func end() async {
        if case .starting(let task, _) = state {
            task.cancel()
            await task.value
        }
        state = .off
        while let server = servers.popLast() {
            do { try await server.end() } catch { logger.warning("the fork server: \(error)") }
        }
    }

    /// Waits until the imports are done.
    private func server() async throws -> ForkServer? {
        if case .up(let server) = state, !server.isAlive {
            let how = server.exit.map { " with \($0)" } ?? ""
            guard launches < Self.mostServers else {
                turnOff("the process that forks them ended by itself\(how), again")
                return nil
            }
            logger.warning("the process that forks engines ended by itself\(how); starting another")
            state = .idle
        }
        begin()
        if case .starting(_, let done) = state { return try await done.wait() }
        if case .up(let server) = state { return server }
        return nil
    }

    // MARK: Engines

    /// Whether an engine is to be forked. Waits until the imports are done where it is.
    ///
    /// - Throws: `CancellationError`.
    func advice(for configuration: EngineConfiguration, _ launch: WarmLaunch) async throws -> Advice {
        guard !isOff, let plan = try? await plan else { return .spawn }
        guard plan.environment == launch.early else {
            let names = plan.environment.merging(launch.early) { $1 }.keys
                .filter { plan.environment[$0] != launch.early[$0] }.sorted().joined(separator: ", ")
            warnOnce(
                "engine \(configuration.name) is spawned and not forked, which takes longer: it needs other values of "
                    + "\(names) than the process that forks was started with")
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
    /// - Returns: its process, which is a child of the fork server; nil where it is to be spawned.
    /// - Throws: `CancellationError`.
    func fork(_ request: ForkRequest.Fork) async throws -> ChildProcess? {
        guard let server = try await server() else { return nil }
        do {
            return try await server.fork(request)
        } catch let refused as ForkRefused {
            // One that died at this moment may have a successor for the next engine.
            if server.isAlive { turnOff("\(refused)") }
            return nil
        }
    }

    /// An engine that was forked is ready and answers as it should.
    func succeeded() { successes += 1 }

    /// An engine that was forked did not come up or answers wrongly. So do the others, if this was the first or not the only one.
    func failed(_ engine: String, _ why: String) {
        // With its parent it has lost its life, and may have been well.
        guard case .up(let server) = state, server.isAlive else { return }
        failures += 1
        if successes == 0 || failures > 1 {
            turnOff("engine \(engine) was forked and failed: \(why)")
        } else {
            logger.warning("engine \(engine) was forked and failed, and is spawned instead: \(why)")
        }
    }

    /// Keeps what an engine answers that was spawned.
    func note(_ answer: Canary.Answer, of configuration: EngineConfiguration, _ launch: WarmLaunch) async {
        guard let plan = try? await plan else { return }
        let isKept = answers.note(answer, of: configuration, launch, build: plan.build)
        if !isKept, plan.trust == .unproven, !isOff {
            warnOnce(
                "what engines answer cannot be kept in \(answers.folder), so every run has to spawn each of them once; "
                    + "XDG_CACHE_HOME names another place for it")
        }
    }
}
