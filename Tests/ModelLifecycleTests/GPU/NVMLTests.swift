import Foundation
import TestSupport
import Testing

@testable import ModelLifecycle

@Suite("NVIDIA's library", .timeLimit(.minutes(1)))
struct NVMLTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private func reader(_ defines: String..., limit: Duration = .seconds(30)) async throws -> NVMLReader {
        NVMLReader(library: try await FakeDriver.build(in: scratch, defines), limit: limit)
    }

    @Test("tells names, memory without the driver's own part, and who holds it")
    func reads() async throws {
        let gpus = try #require(try await reader().read())
        #expect(gpus.map(\.name) == ["Fake A", "Fake B"])
        #expect(gpus.map(\.uuid) == ["GPU-aaaa", "GPU-bbbb"])
        #expect(gpus.map(\.total) == [7500, 7500])
        #expect(gpus.map(\.free) == [3000, 3000])
        #expect(gpus.map(\.isSliced) == [false, false])
        // The second says that it does not support it.
        #expect(gpus.map(\.joules) == [20_000_000_000.5, nil])
        let own = try #require(ProcFS.record(of: getpid())?.command)
        #expect(
            gpus[0].holders == [
                GPUHolder(pid: getpid(), name: own, bytes: 700), GPUHolder(pid: 4_194_305, name: nil, bytes: nil),
            ])
        #expect("\(gpus[0].holders[1])" == "a process outside this container (pid 4194305)")
    }

    @Test("an older driver has other entry points for the same")
    func old() async throws {
        let gpus = try #require(try await reader("OLD").read())
        #expect(gpus.map(\.total) == [8000, 8000])
        #expect(gpus[1].holders.map(\.bytes) == [700, nil])
        #expect(gpus.map(\.joules) == [nil, nil])
    }

    @Test("a library without a driver is no GPU, and so is no library, or another one")
    func absent() async throws {
        #expect(try await reader("INIT=9").read() == nil)
        #expect(NVML(library: scratch.path("nothing.so")) == nil)
        #expect(NVML(library: "libc.so.6") == nil)
        #expect(try await NVMLReader(library: nil).read() == nil)
    }

    @Test("a GPU that is lost is an error in the driver's words")
    func lost() async throws {
        let reader = try await reader("LOST=1")
        await #expect(throws: GPUUnmeasurable("NVIDIA's driver could not reach GPU 1: GPU is lost")) {
            try await reader.read()
        }
    }

    @Test("G5: a driver that never answers does not hold up the program")
    func hangs() async throws {
        let reader = try await reader("HANG", limit: .milliseconds(20))
        let error = await #expect(throws: GPUUnmeasurable.self) { try await reader.read() }
        #expect(error?.description.names("driver", "0.02") == true)
    }

    @Test("a GPU that is cut into slices is recognised")
    func slices() async throws {
        let reader = try await reader("MIG=1")
        #expect(try await reader.read()?.map(\.isSliced) == [false, true])
        let first = GPUProbe(environment: ["CUDA_VISIBLE_DEVICES": "0"], readers: [reader])
        #expect(try await first.devices().map(\.uuid) == ["GPU-aaaa"])
        #expect(try await first.devices().map(\.joules) == [20_000_000_000.5])
        let second = GPUProbe(environment: ["CUDA_VISIBLE_DEVICES": "1"], readers: [reader])
        let error = await #expect(throws: GPUUnmeasurable.self) { try await second.devices() }
        #expect(
            error?.description
                == "GPU 0 (Fake B) is a MIG slice or divided into them, and the memory of slices cannot be measured")
    }
}
