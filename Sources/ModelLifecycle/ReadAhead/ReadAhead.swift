import CCurl
import Foundation
import Logging
import Support
import Synchronization

/// Reads files of weights into the page cache before the engine that loads them starts, as far as the memory that is free allows.
///
/// It is a help and never a condition: what cannot be read is left to the engine. Network file systems are no exception, though
/// vLLM reads ahead on them itself: it can do so only once it has started.
package final class ReadAhead: Sendable {
    /// What one reading came to.
    struct Outcome: Sendable, Hashable {
        enum End: Sendable, Hashable { case complete, noRoom, stopped, failed(String) }
        var end: End
        /// Bytes that were read.
        var read = 0
        /// Bytes that were there already.
        var resident = 0
    }

    private final class Reading: Sendable {
        let files: [String]
        let isStopped = Atomic(false)
        let outcome = Latch<Outcome>()

        init(_ files: [String]) { self.files = files }
    }

    private let present = Mutex<Reading?>(nil)
    private let memory: @Sendable () -> HostMemory?
    private let logger: Logger

    /// How much is read between two looks at the memory, in chunks.
    private static let chunksPerLook = 16

    /// - Parameter memory: asked again and again while there is something to read.
    package init(
        memory: @escaping @Sendable () -> HostMemory? = HostMemory.now,
        logger: Logger = Logger(label: "rsd-batch.files")
    ) {
        self.memory = memory
        self.logger = logger
    }

    deinit { stop() }

    /// Has these files read, on a thread of its own, and nothing else any more. Those that are being read are read on.
    ///
    /// - Parameters:
    ///   - files: in the order in which an engine loads them.
    ///   - reserve: bytes of the machine's memory that will be needed meanwhile.
    /// - Returns: what comes of it; nil where there is nothing to read.
    @discardableResult
    func read(_ files: [String], keeping reserve: Int = 0) -> Latch<Outcome>? {
        let (reading, isNew) = present.withLock { present -> (Reading?, Bool) in
            if let present, present.files == files, present.outcome.value == nil { return (present, false) }
            present?.isStopped.store(true, ordering: .relaxed)
            present = files.isEmpty ? nil : Reading(files)
            return (present, true)
        }
        if let reading, isNew { start(reading, reserve: reserve) }
        return reading?.outcome
    }

    /// Has nothing read any more. Returns at once: nobody waits for the thread, which may be waiting for a file server.
    func stop() { read([]) }

    /// What is being read, or was read last.
    var files: [String] { present.withLock { $0?.files ?? [] } }

    private func start(_ reading: Reading, reserve: Int) {
        let thread = Thread { [memory, logger] in
            rsd_yield_to_all()
            let outcome = Self.run(reading, reserve: reserve, memory: memory)
            logger.debug(
                "weights were read ahead",
                metadata: [
                    "files": "\(reading.files.count)", "GiB read": "\(outcome.read.inGiB)",
                    "GiB there": "\(outcome.resident.inGiB)", "end": "\(outcome.end)",
                ])
            reading.outcome.set(outcome)
        }
        thread.name = "rsd-read-ahead"
        thread.stackSize = 256 << 10
        thread.start()
    }

    private static func run(_ reading: Reading, reserve: Int, memory: () -> HostMemory?) -> Outcome {
        var outcome = Outcome(end: .complete)
        do throws(FileFailure) {
            var sizes: [Int] = []
            for path in reading.files { sizes.append(try CachedFile(path).size) }
            var plan = ReadAheadPlan(sizes: sizes)
            // One at a time: a large model has hundreds, and open files are for requests in flight.
            var open: (index: Int, file: CachedFile)?
            let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 4096)
            defer { buffer.deallocate() }
            var allowed = 0
            var count = 0
            while !plan.isDone {
                if reading.isStopped.load(ordering: .relaxed) {
                    outcome.end = .stopped
                    break
                }
                if count % chunksPerLook == 0 { allowed = memory()?.allowed(beside: reserve) ?? 0 }
                count += 1
                guard let chunk = plan.next(within: allowed) else {
                    outcome.end = .noRoom
                    break
                }
                let file: CachedFile
                if let open, open.index == chunk.file {
                    file = open.file
                } else {
                    file = try CachedFile(reading.files[chunk.file])
                    open = (chunk.file, file)
                }
                if file.missingPages(chunk.offset, chunk.length) == 0 {
                    outcome.resident += chunk.length
                } else {
                    try file.read(chunk.offset, chunk.length, into: buffer)
                    outcome.read += chunk.length
                }
            }
        } catch {
            outcome.end = .failed("\(error)")
        }
        return outcome
    }
}
