import DequeModule
import RunStore

/// What one engine of a phase has before it: each engine has a lane of its own, so that none waits for another.
struct Lane: Sendable {
    var queue: Deque<Question.Key> = []
    var inFlight: Set<Question.Key> = []
    /// Were in flight when an engine went away.
    var dropped: [Question.Key] = []
    var patience: Patience

    /// - Parameter window: requests in flight at most.
    init(window: Int) {
        patience = Patience(window: window)
    }

    var hasRoom: Bool { inFlight.count < patience.window }

    /// Has those that were in flight asked again before all others.
    mutating func takeBackDropped() {
        queue.prepend(contentsOf: dropped)
        dropped = []
    }
}
