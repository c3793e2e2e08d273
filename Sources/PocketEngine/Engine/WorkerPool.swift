import Foundation

/// A few compute threads, so that Swift's cooperative threads stay free to serve HTTP.
///
/// Work starts in the order of submission; each piece runs on one thread from beginning to end.
final class WorkerPool: @unchecked Sendable {
    private struct Work {
        let cancellation: Cancellation
        let run: @Sendable () -> Void
        let abandon: @Sendable () -> Void
    }

    /// Guards everything below.
    private let condition = NSCondition()
    private var queue: [Work] = []
    private var running: [Int: Cancellation] = [:]
    private var started = 0
    private var paused = false
    private var stopped = false
    private var drained: [CheckedContinuation<Void, Never>] = []

    init(threads: Int) {
        for index in 0..<threads {
            let thread = Thread { [self] in work() }
            thread.name = "pocket-\(index)"
            thread.stackSize = 1 << 20
            thread.start()
        }
    }

    /// Runs `body` on a worker and returns its result.
    ///
    /// - Throws: an error of `body`, or `Cancellation.Abandoned` if the client disconnected before it began.
    func run<T: Sendable>(_ cancellation: Cancellation, _ body: @escaping @Sendable () throws -> T)
        async throws -> T
    {
        try await withCheckedThrowingContinuation { continuation in
            let work = Work(
                cancellation: cancellation,
                run: { continuation.resume(with: Result { try body() }) },
                abandon: { continuation.resume(throwing: Cancellation.Abandoned()) })
            let accepted = condition.withLock {
                guard !stopped, !cancellation.isAbandoned else { return false }
                queue.append(work)
                condition.signal()
                return true
            }
            if !accepted { work.abandon() }
        }
    }

    /// Removes abandoned work from the queue.
    func sweep() {
        let gone = condition.withLock {
            let gone = queue.filter(\.cancellation.isAbandoned)
            queue.removeAll(where: \.cancellation.isAbandoned)
            return gone
        }
        for work in gone { work.abandon() }
    }

    /// Starts nothing new; running work continues.
    func pause() { condition.withLock { paused = true } }

    func resume() {
        condition.withLock {
            paused = false
            condition.broadcast()
        }
    }

    /// Makes all running work return what it has.
    func abortRunning() {
        for cancellation in condition.withLock({ Array(running.values) }) { cancellation.abort() }
    }

    /// Returns when nothing is running. For a paused pool.
    func waitUntilIdle() async {
        await withCheckedContinuation { continuation in
            let idle = condition.withLock {
                if !running.isEmpty { drained.append(continuation) }
                return running.isEmpty
            }
            if idle { continuation.resume() }
        }
    }

    /// Ends the threads and drops waiting work. The pool cannot be used again.
    func stop() {
        let rest = condition.withLock {
            stopped = true
            condition.broadcast()
            defer { queue = [] }
            return queue
        }
        for work in rest { work.abandon() }
    }

    /// The number of pieces of work that are running and waiting.
    var load: (running: Int, waiting: Int) { condition.withLock { (running.count, queue.count) } }

    private func work() {
        while let (number, work) = take() {
            work.run()
            condition.withLock {
                running[number] = nil
                if running.isEmpty {
                    for continuation in drained { continuation.resume() }
                    drained = []
                }
            }
        }
    }

    private func take() -> (number: Int, Work)? {
        condition.withLock {
            while !stopped, paused || queue.isEmpty { condition.wait() }
            guard !stopped else { return nil }
            let work = queue.removeFirst()
            started += 1
            running[started] = work.cancellation
            return (started, work)
        }
    }
}
