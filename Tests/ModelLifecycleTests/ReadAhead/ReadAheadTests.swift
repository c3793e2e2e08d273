import Foundation
import Synchronization
import TestSupport
import Testing

@testable import ModelLifecycle
@testable import Support

@Suite("Reading ahead", .timeLimit(.minutes(1)))
struct ReadAheadTests {
    private let scratch: Scratch
    private let files: [String]
    private static let size = 3 * ReadAheadPlan.chunkSize - 5

    /// Two files of 12 MiB that are on the disk and not in memory.
    init() throws {
        scratch = try Scratch()
        files = ["a", "b"].map { [scratch] in scratch.path($0) }
        for file in files { try Data(repeating: 7, count: Self.size).write(to: URL(filePath: file)) }
        for file in files { Self.evict(file) }
    }

    private static func evict(_ file: String) {
        let descriptor = open(file, O_RDONLY)
        fsync(descriptor)
        posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED)
        close(descriptor)
    }

    /// Whether files can be put out of memory here: those of tmpfs lie in it.
    private var canEvict: Bool {
        get throws { try files.map(missing) == files.map { _ in (Self.size + 4095) / 4096 } }
    }

    private func missing(_ file: String) throws -> Int {
        try #require(try CachedFile(file).missingPages(0, Self.size))
    }

    private func memory(allowing bytes: Int) -> HostMemory {
        HostMemory(total: .gibibytes(8), available: bytes + .gibibytes(0.5))
    }

    private func run(_ memory: @escaping @Sendable () -> HostMemory?, keeping reserve: Int = 0) async throws
        -> ReadAhead.Outcome?
    {
        let readAhead = ReadAhead(memory: memory)
        let outcome = try await readAhead.read(files, keeping: reserve)?.wait()
        withExtendedLifetime(readAhead) {}
        return outcome
    }

    @Test("all of a file is in memory afterwards")
    func all() async throws {
        guard try canEvict else { return }
        let outcome = try #require(try await run { .init(total: .gibibytes(8), available: .gibibytes(8)) })
        // The kernel reads on by itself, and what it has read is not read again.
        #expect(outcome.end == .complete && outcome.read > 0 && outcome.read + outcome.resident == 2 * Self.size)
        #expect(try files.map(missing) == [0, 0])
        let again = try await run { .init(total: .gibibytes(8), available: .gibibytes(8)) }
        #expect(again == ReadAhead.Outcome(end: .complete, resident: 2 * Self.size))
    }

    @Test("has one file open at a time: others are for requests in flight")
    func openFiles() async throws {
        let counts = Mutex<[Int]>([])
        let folder = URL(filePath: scratch.url.path).resolvingSymlinksInPath().path
        _ = try await run {
            let descriptors = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
            let mine = descriptors.filter {
                (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)"))?.hasPrefix(folder)
                    == true
            }
            counts.withLock { $0.append(mine.count) }
            return HostMemory(total: .gibibytes(8), available: .gibibytes(8))
        }
        let seen = counts.withLock { $0 }
        #expect(!seen.isEmpty && seen.allSatisfy { $0 <= 1 }, "\(seen)")
    }

    @Test("no more than is allowed, from the first byte on")
    func limited() async throws {
        guard try canEvict else { return }
        let memory = memory(allowing: Self.size + .gibibytes(1))
        let outcome = try #require(try await run({ memory }, keeping: .gibibytes(1)))
        #expect(outcome.end == .noRoom && outcome.read + outcome.resident == Self.size)
        #expect(try files.map(missing) == [0, (Self.size + 4095) / 4096])
    }

    @Test("where the memory cannot be told, nothing is read")
    func unknown() async throws {
        #expect(try await run { nil } == ReadAhead.Outcome(end: .noRoom))
    }

    @Test("a stop, and other files, end it at the next chunk")
    func stopped() async throws {
        guard try canEvict else { return }
        let gate = DispatchSemaphore(value: 0)
        let looking = Latch<Void>()
        let readAhead = ReadAhead {
            looking.set(())
            gate.wait()
            return HostMemory(total: .gibibytes(8), available: .gibibytes(8))
        }
        let first = readAhead.read([files[0]])
        try await looking.wait()
        let second = readAhead.read([files[1]])
        readAhead.stop()
        for _ in 0..<2 { gate.signal() }
        #expect(try await first?.wait() == ReadAhead.Outcome(end: .stopped, read: ReadAheadPlan.chunkSize))
        // It may have been stopped before it looked, too.
        let outcome = try #require(try await second?.wait())
        #expect(outcome.end == .stopped && outcome.read <= ReadAheadPlan.chunkSize)
    }

    @Test("the same files are read on, not from the beginning")
    func same() async throws {
        let gate = DispatchSemaphore(value: 0)
        let readAhead = ReadAhead {
            gate.wait()
            return nil
        }
        let first = try #require(readAhead.read(files))
        #expect(readAhead.read(files) === first)
        gate.signal()
        #expect(try await first.wait().end == .noRoom)
        #expect(readAhead.read([]) == nil)
    }

    @Test("files that cannot be read are left to the engine")
    func unreadable() async throws {
        let readAhead = ReadAhead()
        for path in ["/no/such/file", scratch.url.path] {
            guard case .failed = try await readAhead.read([path])?.wait().end else {
                Issue.record("\(path) was read")
                continue
            }
        }
    }
}
