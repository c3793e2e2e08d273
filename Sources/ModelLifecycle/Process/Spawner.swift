import Foundation
import Synchronization

/// The one thread that starts processes.
///
/// On Linux, a child depends on the starting thread in two ways: it inherits its signal mask (a Task or a dispatch
/// queue has SIGTERM blocked), and the parent-death signal fires when that *thread* ends. So this thread has an empty
/// mask and never ends.
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
        // A thread inherits the mask of its creator, which may be a dispatch worker.
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
