import Synchronization

/// Ends one streamed completion from outside, whether or not a token arrives.
package final class StreamStop: Sendable {
    private struct State {
        var isStopped = false
        var action: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())

    package init() {}

    package var isStopped: Bool { state.withLock { $0.isStopped } }

    /// Closes the connection. The completion ends with what has arrived, unless it has just ended by itself.
    package func stop() {
        let action = state.withLock { state in
            state.isStopped = true
            defer { state.action = nil }
            return state.action
        }
        action?()
    }

    /// Sets what `stop` does; does it at once if it has been called.
    func whenStopped(_ action: @escaping @Sendable () -> Void) {
        let isStopped = state.withLock { state in
            if !state.isStopped { state.action = action }
            return state.isStopped
        }
        if isStopped { action() }
    }
}
