import Dispatch
import Synchronization

extension RandomAccessCollection where Self: Sendable, Element: Sendable, Index: Sendable {
    /// The same as `map`, on all processors. For work that computes and waits for nothing.
    ///
    /// - Throws: the error of the first element, in order, that has one.
    package func parallelMap<Value: Sendable, Failure: Error>(
        _ transform: @Sendable (Element) throws(Failure) -> Value
    ) throws(Failure) -> [Value] {
        let pieces = Pieces(of: count)
        guard pieces.count > 1 else { return try map(transform) }
        let failures = Mutex<[Int: Failure]>([:])
        let values = [Value](unsafeUninitializedCapacity: count) { room, filled in
            // Each piece fills a part of its own.
            nonisolated(unsafe) let room = room
            let ends = Mutex(Array(repeating: 0, count: pieces.count))
            DispatchQueue.concurrentPerform(iterations: pieces.count) { piece in
                let range = pieces[piece]
                var (index, end) = (index(startIndex, offsetBy: range.lowerBound), range.lowerBound)
                do throws(Failure) {
                    while end < range.upperBound {
                        room.initializeElement(at: end, to: try transform(self[index]))
                        formIndex(after: &index)
                        end += 1
                    }
                } catch {
                    failures.withLock { $0[piece] = error }
                }
                ends.withLock { $0[piece] = end }
            }
            filled = count
            if failures.withLock({ $0.isEmpty }) { return }
            for (piece, end) in ends.withLock({ $0 }).enumerated() {
                room[pieces[piece].lowerBound..<end].deinitialize()
            }
            filled = 0
        }
        if let failure = failures.withLock({ $0.min { $0.key < $1.key } }) { throw failure.value }
        return values
    }
}

extension Array where Element: Sendable {
    /// Changes some elements in place, on all processors. For work that computes and waits for nothing.
    ///
    /// - Parameter places: their indices, each once.
    package mutating func parallelUpdate(_ places: [Int], _ change: @Sendable (inout Element, Int) -> Void) {
        let pieces = Pieces(of: places.count)
        withUnsafeMutableBufferPointer { elements in
            // Each is changed by one piece.
            nonisolated(unsafe) let elements = elements
            DispatchQueue.concurrentPerform(iterations: pieces.count) { piece in
                for index in pieces[piece] { change(&elements[places[index]], places[index]) }
            }
        }
    }
}

/// Parts of a list for all processors: with enough elements that starting one costs nothing beside it, and few enough that no
/// processor ends long after the others.
private struct Pieces: Sendable {
    private let total: Int
    private let size: Int

    init(of total: Int) {
        self.total = total
        size = max(16, min(128, total / 64))
    }

    var count: Int { (total + size - 1) / size }

    subscript(piece: Int) -> Range<Int> { (piece * size)..<min(total, (piece + 1) * size) }
}
