import Foundation
import Support
import Synchronization

/// A process that has imported the engine, touches no device, and forks engines. A fork is ready as soon as its model
/// is loaded.
///
/// Engines are its children. It ends with this program, and the kernel then signals the engines to end.
final class ForkServer: Sendable {
    private let helper: HelperProcess
    private let channel: LineChannel
    private let book: Book
    /// Seconds from its start until it could fork.
    let seconds: Double

    private init(helper: HelperProcess, channel: LineChannel, book: Book, seconds: Double) {
        self.helper = helper
        self.channel = channel
        self.book = book
        self.seconds = seconds
    }

    /// Starts the process and returns when it can fork.
    ///
    /// - Parameter limit: for the imports.
    /// - Throws: ``ForkRefused``; `CancellationError`. Nothing of the process is left then.
    static func start(_ plan: ForkServerPlan, limit: Duration, logs: String, ledger: EngineLedger) async throws
        -> ForkServer
    {
        let book = Book()
        let channel = try LineChannel { book.take($0) }
        let helper: HelperProcess
        do {
            helper = try await HelperProcess.start(
                "fork-server", executable: plan.executable, arguments: plan.arguments, environment: plan.environment,
                talk: channel.forChild, logs: logs, ledger: ledger)
            channel.childStarted()
        } catch {
            channel.shutDown()
            throw ForkRefused("\(error)")
        }
        do {
            let seconds = try await book.ready.wait(atMost: limit)?.get()
            guard let seconds else { throw ForkRefused("the imports took longer than \(limit) (log: \(helper.log))") }
            return ForkServer(helper: helper, channel: channel, book: book, seconds: seconds)
        } catch {
            let isGone = (error as? ForkRefused)?.isSilent == true
            // Read before it is ended below, in case it only closed its socket.
            let exit = isGone ? try? await helper.child.exit.wait(atMost: .seconds(1)) : nil
            channel.shutDown()
            try await helper.end()
            throw isGone ? ForkRefused(endedWith: exit, log: helper.log) : error
        }
    }

    /// Whether it can still fork.
    var isAlive: Bool { !book.isClosed }

    /// How its process ended; nil while it runs.
    var exit: ExitStatus? { helper.child.exit.value }

    /// - Parameter limit: for the fork, which loads nothing.
    /// - Throws: ``ForkRefused``; `CancellationError`, and a fork that still arrives is ended.
    func fork(_ request: ForkRequest.Fork, limit: Duration = .seconds(30)) async throws -> ChildProcess {
        let answer = book.expect(request.id)
        channel.send(try ForkRequest(fork: request).line())
        do {
            guard let child = try await answer.wait(atMost: limit)?.get() else {
                throw ForkRefused("the fork server did not respond within \(limit)")
            }
            return child
        } catch {
            book.abandon(request.id, answer)
            throw error
        }
    }

    /// Records that it stays up after its run. - Throws: ``LedgerError``.
    func keep() throws { try helper.keep() }

    /// Records that another run has it now. - Throws: ``LedgerError``.
    func move(to ledger: EngineLedger) throws { try helper.move(to: ledger) }

    /// Ends the process and every engine that it has forked. Runs to completion even if the calling task is cancelled.
    ///
    /// - Throws: ``EngineUnkillable``, ``LedgerError``.
    func end() async throws {
        channel.shutDown()
        try await helper.end()
    }
}

/// Engines cannot be forked; the reason in one sentence.
struct ForkRefused: Error, CustomStringConvertible {
    let description: String
    /// The fork server ended before it sent anything.
    fileprivate var isSilent = false
    /// The fork server was killed before it could fork, by a user or by Linux for lack of memory.
    var wasKilled = false

    init(_ description: String) { self.description = description }

    fileprivate init(endedWith exit: ExitStatus?, log: String) {
        let how = exit.map { ", with \($0)" } ?? ""
        self.init("the fork server ended during its imports\(how) (log: \(log))")
        wasKilled = [.signalled(SIGKILL), .signalled(SIGTERM)].contains(exit)
    }

    fileprivate static let gone: ForkRefused = {
        var refused = ForkRefused("the fork server has ended")
        refused.isSilent = true
        return refused
    }()
}

/// The tasks that wait for responses of a fork server.
private final class Book: Sendable {
    typealias Answer = Latch<Result<ChildProcess, ForkRefused>>

    private struct State {
        var isClosed = false
        var answers: [String: Answer] = [:]
        var children: [pid_t: ChildProcess] = [:]
    }

    let ready = Latch<Result<Double, ForkRefused>>()
    private let state = Mutex(State())

    var isClosed: Bool { state.withLock { $0.isClosed } }

    func expect(_ id: String) -> Answer {
        let answer = Answer()
        state.withLock { state in
            if state.isClosed { answer.set(.failure(.gone)) } else { state.answers[id] = answer }
        }
        return answer
    }

    /// A late response is dropped.
    func abandon(_ id: String, _ answer: Answer) {
        _ = state.withLock { $0.answers.removeValue(forKey: id) }
        if case .success(let child) = answer.value { Self.end(child) }
    }

    func take(_ line: String?) {
        guard let line else { return close() }
        switch ForkServerMessage(line) {
        case .ready(let seconds): ready.set(.success(seconds))
        case .refused(let reason): ready.set(.failure(ForkRefused(reason)))
        case .forked(let id, let pid): forked(id, pid)
        case .failed(let id, let reason):
            state.withLock { $0.answers.removeValue(forKey: id) }?.set(.failure(ForkRefused(reason)))
        case .ended(let pid, let status): state.withLock { $0.children.removeValue(forKey: pid) }?.exit.set(status)
        case nil: break
        }
    }

    private func forked(_ id: String, _ pid: pid_t) {
        let child = ChildProcess.forked(pid, tag: id, exit: Latch())
        let isWanted = state.withLock { state in
            state.children[pid] = child
            // Under the lock: a caller that gives up sees either that the child is there, or that it is not wanted.
            return state.answers.removeValue(forKey: id)?.set(.success(child)) ?? false
        }
        if !isWanted { Self.end(child) }
    }

    /// The kernel has signalled the engines to end. vLLM would take its time: it waits for all open requests, which may
    /// never finish.
    private func close() {
        ready.set(.failure(.gone))
        let (answers, children) = state.withLock { state in
            state.isClosed = true
            defer { (state.answers, state.children) = ([:], [:]) }
            return (state.answers.values, state.children.values)
        }
        for answer in answers { answer.set(.failure(.gone)) }
        for child in children { Self.end(child) }
    }

    private static func end(_ child: ChildProcess) {
        guard let process = ProcFS.record(of: child.pid), process.startTime == child.startTime else { return }
        ProcFS.send(SIGKILL, to: process)
    }
}
