import Dispatch
import Synchronization

extension RandomAccessCollection where Self: Sendable, Element: Sendable, Index: Sendable {
    /// The same as `map`, on all processors. For work that computes and waits for nothing.
    ///
    /// - Throws: the error of the first element, in order, that has one.
    package func parallelMap<Value: Sendable, Failure: Error>(
        _ transform: @Sendable (Element) throws(Failure) -> Value
    ) throws(Failure) -> [Value] {
        // Enough elements that starting a piece costs nothing beside it, few enough that no processor ends long after the others.
        let size = Swift.max(16, Swift.min(128, count / 64))
        guard count > size else { return try map(transform) }
        let pieces = (count + size - 1) / size
        let results = Mutex<[Result<[Value], Failure>?]>(Array(repeating: nil, count: pieces))
        DispatchQueue.concurrentPerform(iterations: pieces) { piece in
            let start = index(startIndex, offsetBy: piece * size)
            let end = index(start, offsetBy: size, limitedBy: endIndex) ?? endIndex
            let result = Result { () throws(Failure) in try self[start..<end].map(transform) }
            results.withLock { $0[piece] = result }
        }
        var values: [Value] = []
        values.reserveCapacity(count)
        for result in results.withLock({ $0 }) {
            guard let result else { preconditionFailure("concurrentPerform left out a piece") }
            values += try result.get()
        }
        return values
    }
}
