import Foundation
import TestSupport
import Testing

@testable import ModelLifecycle

@Suite("nvidia-smi", .timeLimit(.minutes(1)))
struct NvidiaSMITests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private func program(_ script: String, limit: Duration = .seconds(30)) throws -> NvidiaSMI {
        let path = scratch.path("nvidia-smi")
        try Script.write("#!/bin/sh\n\(script)\n", to: URL(filePath: path))
        return NvidiaSMI(on: SearchPath("relative:/nowhere:\(scratch.url.path)"), limit: limit)
    }

    @Test("tells memory and holders")
    func reads() async throws {
        let smi = try program(
            """
            [ "$2" = --format=csv,noheader,nounits ] || exit 3
            case "$1" in
            --query-gpu=uuid,name,memory.used,memory.free,mig.mode.current)
                echo 'GPU-aaaa, NVIDIA H100 80GB HBM3, 1024, 79971, Disabled'
                echo 'GPU-bbbb, NVIDIA GeForce RTX 4090, 0, 24000, [N/A]' ;;
            --query-compute-apps=gpu_uuid,pid,process_name,used_memory)
                echo 'GPU-aaaa, 4194305, /opt/a, b/python, 700'
                echo 'GPU-aaaa, 4194306, [Not Found], [N/A]' ;;
            *) exit 4 ;;
            esac
            """)
        let gpus = try #require(try await smi.read())
        #expect(gpus.map(\.name) == ["NVIDIA H100 80GB HBM3", "NVIDIA GeForce RTX 4090"])
        #expect(gpus.map { $0.total >> 20 } == [80995, 24000])
        #expect(gpus.map { $0.free >> 20 } == [79971, 24000])
        #expect(
            gpus.map(\.holders) == [
                [
                    GPUHolder(pid: 4_194_305, name: "/opt/a,b/python", bytes: 700 << 20),
                    GPUHolder(pid: 4_194_306, name: nil, bytes: nil),
                ], [],
            ])
    }

    @Test("a machine without the program, or without a GPU, has none")
    func absent() async throws {
        #expect(try await NvidiaSMI(on: SearchPath(scratch.url.path)).read() == nil)
        let smi = try program("echo 'NVIDIA-SMI has failed'; exit 9")
        #expect(try await smi.read() == nil)
        #expect(try await GPUProbe(environment: [:], readers: [smi]).devices().isEmpty)
    }

    @Test("G5: it is killed when it does not answer")
    func hangs() async throws {
        let smi = try program("trap '' TERM; while :; do sleep 0.01; done", limit: .milliseconds(50))
        let error = await #expect(throws: GPUUnmeasurable.self) { try await smi.read() }
        #expect(error?.description.names("nvidia-smi", "0.05") == true)
    }

    @Test("words that are not understood are an error and no guess")
    func malformed() async throws {
        let smi = try program("echo 'GPU-aaaa, Fake, lots, 3, Disabled'")
        let error = await #expect(throws: GPUUnmeasurable.self) { try await smi.read() }
        #expect(error?.description.contains("GPU-aaaa, Fake, lots, 3, Disabled") == true)
        let sliced = try program("echo 'GPU-aaaa, Fake, [N/A], [N/A], Enabled'")
        #expect(try await sliced.read()?.map(\.isSliced) == [true])
    }

    @Test("it is asked where the library is not there, and where the library fails")
    func fallback() async throws {
        struct Broken: GPUReader {
            func read() async throws(GPUUnmeasurable) -> [PhysicalGPU]? { throw GPUUnmeasurable("broken") }
        }
        struct Missing: GPUReader {
            func read() async throws(GPUUnmeasurable) -> [PhysicalGPU]? { nil }
        }
        let smi = try program("echo 'GPU-aaaa, Fake, 1, 2, Disabled'")
        for first: any GPUReader in [Broken(), Missing()] {
            #expect(try await GPUProbe(environment: [:], readers: [first, smi]).devices().map(\.uuid) == ["GPU-aaaa"])
        }
        await #expect(throws: GPUUnmeasurable("broken")) {
            try await GPUProbe(environment: [:], readers: [Broken(), Missing()]).devices()
        }
    }
}
