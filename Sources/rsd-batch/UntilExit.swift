import Synchronization

/// Values that are kept until the process ends, which gives their memory back at once: hundreds of thousands of records take
/// longer one by one.
enum UntilExit {
    private static let kept = Mutex<[any Sendable]>([])

    static func keep<Value: Sendable>(_ value: Value) -> Value {
        kept.withLock { $0.append(value) }
        return value
    }
}
