import CCurl
import Foundation
import Logging
import Support
import Synchronization

/// Reads weight files into the page cache before the engine that loads them starts, as far as free memory allows.
///
/// It is an optimisation only: files that cannot be read are left to the engine. It also covers network file systems,
/// where vLLM reads ahead itself, but only after it has started.
package final class ReadAhead: Sendable {
    /// The result of one read-ahead.
    struct Outcome: Sendable, Hashable {
        enum End: Sendable, Hashable { case complete, noRoom, stopped, failed(String) }
        var end: End
        /// Bytes read.
        var read = 0
        /// Bytes that were already in memory.
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

    /// Chunks to read between two checks of the memory.
    private static let chunksPerLook = 16

    /// - Parameter memory: called repeatedly while there is something to read.
    package init(
        memory: @escaping @Sendable () -> HostMemory? = HostMemory.now,
        logger: Logger = Logger(label: "rsd-batch.files")
    ) {
        self.memory = memory
        self.logger = logger
    }

    deinit { stop() }

    /// Reads these files on a separate thread, instead of any others. A file already being read is continued.
    ///
    /// - Parameters:
    ///   - files: in the order in which an engine loads them.
    ///   - reserve: bytes of the machine's memory that will be needed meanwhile.
    /// - Returns: the result; nil if there is nothing to read.
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

    /// Stops reading. Returns at once, without waiting for the thread, which may be blocked by a file server.
    func stop() { read([]) }

    /// The files being read, or read last.
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
            // One at a time: a large model has hundreds, and requests in flight need open files.
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
