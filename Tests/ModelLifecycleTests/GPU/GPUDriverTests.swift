import TestSupport
import Testing

@testable import ModelLifecycle

@Suite("The driver of a GPU") struct GPUDriverTests {
    @Test("NVML tells its version and the CUDA that it supports; an old library tells nothing")
    func nvml() async throws {
        let scratch = try Scratch()
        let driver = try #require(try await NVMLReader(library: try await FakeDriver.build(in: scratch, [])).driver())
        #expect(driver.version == "550.54.15")
        // Where the tests' own machine has a newer libcuda, that counts.
        #expect(try #require(driver.cuda) >= #require(CUDAVersion("12.4")))
        let old = try Scratch()
        let silent = try #require(try await NVMLReader(library: try await FakeDriver.build(in: old, ["OLD"])).driver())
        #expect(silent.version == nil)
    }

    @Test("a driver that was updated while the old one is loaded is an error that says so, not a machine without a GPU")
    func mismatch() async throws {
        let library = try await FakeDriver.build(in: try Scratch(), ["INIT=18"])
        let error = await #expect(throws: GPUUnmeasurable.self) { try await NVMLReader(library: library).read() }
        #expect(error?.description.contains("different versions") == true)
        let none = try await FakeDriver.build(in: try Scratch(), ["INIT=9"])
        #expect(try await NVMLReader(library: none).driver() == nil)
    }

    @Test("nvidia-smi's header tells the same")
    func smi() throws {
        let header = "| NVIDIA-SMI 535.183.01             Driver Version: 535.183.01   CUDA Version: 12.2     |"
        #expect(GPUDriver(smi: header) == GPUDriver(version: "535.183.01", cuda: CUDAVersion("12.2")))
        #expect(GPUDriver(smi: "NVIDIA-SMI has failed") == nil)
    }

    @Test("versions of CUDA are ordered by their numbers")
    func order() throws {
        #expect(CUDAVersion("12.10")! > CUDAVersion("12.8")! && CUDAVersion("13")! > CUDAVersion("12.9")!)
        #expect(CUDAVersion(number: 12080)?.description == "12.8" && CUDAVersion(number: 13000)?.description == "13.0")
        #expect(CUDAVersion("") == nil && CUDAVersion("abc") == nil && CUDAVersion(number: 0) == nil)
    }
}
