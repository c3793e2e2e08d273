import Foundation
import Support
import Synchronization

/// The write end of the pipe to the signal thread. Set before the first handler is installed; handlers initialise nothing.
nonisolated(unsafe) private var writeEnd: Int32 = -1

/// Turns signals into requests to stop: the first waits for responses in flight, the second does not.
///
/// Handlers are installed first thing in the program and pass signals to a thread through a pipe. Unlike a signal mask, they
/// take effect at once and are not inherited by child processes. A signal that is ignored at program start, such as SIGHUP
/// under nohup, stays ignored.
final class StopSignals {
    private struct State {
        /// Signals that arrived before a command registered its callback.
        var unheard = 0
        var hear: (@Sendable () -> Void)?
        var endsAtOnce = false
        /// Whether signals have their default effect.
        var isOff = false
    }

    private static let state = Mutex(State())
    private static let signals = [SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGUSR2]

    /// Installs the handlers. Must be the first call of the program.
    static func listen() {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        let readEnd = ends[0]
        writeEnd = ends[1]
        var action = sigaction()
        action.sa_flags = SA_RESTART
        action.__sigaction_handler.sa_handler = { signal in
            let earlier = errno
            var byte = UInt8(truncatingIfNeeded: signal)
            write(writeEnd, &byte, 1)
            errno = earlier
        }
        for signal in signals where !isIgnored(signal) { sigaction(signal, &action, nil) }
        let thread = Thread {
            var byte: UInt8 = 0
            while true {
                if read(readEnd, &byte, 1) == 1 { take(Int32(byte)) }
            }
        }
        thread.name = "rsd-signals"
        thread.stackSize = 256 << 10
        thread.start()
    }

    /// Restores the default effect of signals, for commands with nothing to save.
    static func letGo() {
        let hasHeard = state.withLock { state in
            state.isOff = true
            return state.unheard > 0
        }
        if hasHeard { die(of: SIGTERM) }
    }

    /// Runs a body that may take long and that loses nothing when killed: a signal ends the program at once.
    ///
    /// - Throws: `Interrupted` if a signal has arrived already; what `body` throws.
    static func endingAtOnce<Value>(_ interruption: Interruption, _ body: () throws -> Value) throws -> Value {
        state.withLock { $0.endsAtOnce = true }
        defer { state.withLock { $0.endsAtOnce = false } }
        guard interruption.level == .none else { throw Interrupted() }
        return try body()
    }

    /// - Parameter heard: called with the new level for each signal, including those that arrived earlier.
    init(_ interruption: Interruption, heard: @escaping @Sendable (Interruption.Level) -> Void) {
        let hear: @Sendable () -> Void = {
            let level: Interruption.Level = interruption.level == .none ? .draining : .immediate
            interruption.raise(to: level)
            heard(level)
        }
        let unheard = Self.state.withLock { state in
            state.hear = hear
            defer { state.unheard = 0 }
            return state.unheard
        }
        for _ in 0..<unheard { hear() }
    }

    /// For commands of which only a download is worth stopping with care: the first signal ends it, the second ends the program.
    convenience init(duringDownloads interruption: Interruption) {
        self.init(interruption) { level in
            if level == .immediate { Foundation.exit(ExitCategory.interrupted.rawValue) }
        }
    }

    private static func take(_ signal: Int32) {
        let (state, hear) = state.withLock { state in
            if state.hear == nil { state.unheard += 1 }
            return (state, state.hear)
        }
        if state.isOff { die(of: signal) }
        if state.endsAtOnce { Failure.exit(Interrupted(), console: Console()) }
        hear?()
    }

    private static func die(of signal: Int32) -> Never {
        Foundation.signal(signal, SIG_DFL)
        var one = sigset_t()
        sigemptyset(&one)
        sigaddset(&one, signal)
        pthread_sigmask(SIG_UNBLOCK, &one, nil)
        raise(signal)
        Foundation.exit(128 + signal)
    }

    private static func isIgnored(_ signal: Int32) -> Bool {
        var action = sigaction()
        guard sigaction(signal, nil, &action) == 0 else { return false }
        return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
            == unsafeBitCast(SIG_IGN, to: Int.self)
    }
}
