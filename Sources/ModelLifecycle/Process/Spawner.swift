import Foundation
import Synchronization

/// The one thread on which processes are started.
///
/// Two things follow the starting thread on Linux: its signal mask (a child started from a Task or a dispatch queue has
/// SIGTERM blocked) and the parent-death signal, which fires when that *thread* ends. So this thread has an empty mask
/// and never ends.
package final class Spawner: Sendable {
    package static let shared = Spawner()

    private let jobs = Mutex<[@Sendable () -> Void]>([])
    private let available = DispatchSemaphore(value: 0)

    private init() {
        let thread = Thread { [self] in serve() }
        thread.name = "rsd-spawner"
        thread.start()
    }

    /// Runs `body` on the thread.
    package func perform<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws
        -> Value
    {
        try await withCheckedThrowingContinuation { continuation in
            jobs.withLock { $0.append { continuation.resume(with: Result(catching: body)) } }
            available.signal()
        }
    }

    private func serve() {
        // A thread starts with the mask of the thread that made it, which may be a dispatch worker's.
        var none = sigset_t()
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, nil)
        while true {
            available.wait()
            let job = jobs.withLock { $0.isEmpty ? nil : $0.removeFirst() }
            job?()
        }
    }
}
