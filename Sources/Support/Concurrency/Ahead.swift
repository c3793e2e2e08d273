import Foundation
import Synchronization

/// A value that is made on a thread of its own while its owner does something else.
///
/// Not on a queue: all threads of a pool may be waiting for values that are to be made on it.
package final class Ahead<Value: Sendable>: Sendable {
    private let result = Mutex<Result<Value, any Error>?>(nil)
    private let done = DispatchSemaphore(value: 0)

    /// Begins at once. Nothing stops it, so it must change nothing.
    package init(_ make: @escaping @Sendable () throws -> Value) {
        Thread { [self] in
            let made = Result { try make() }
            result.withLock { $0 = made }
            done.signal()
        }.start()
    }

    /// Waits for the value, and hands it over: to be called once.
    ///
    /// - Throws: the error that making it threw.
    package func take() throws -> Value {
        done.wait()
        guard let made = result.withLock({ $0.take() }) else { preconditionFailure("it was taken before") }
        return try made.get()
    }
}
