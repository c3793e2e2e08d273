import Testing

@testable import ModelLifecycle

@Suite("The number of sequences that an engine runs at once")
struct EngineCapacityTests {
    private static func gpu(_ name: String, _ gibibytes: Double) -> GPUDevice {
        GPUDevice(index: 0, name: name, uuid: "", total: .gibibytes(gibibytes), free: 0)
    }

    private static let h100 = gpu("NVIDIA H100 80GB HBM3", 79.1)

    /// Read in `EngineArgs.get_batch_defaults` of each of these versions.
    @Test(
        "without a flag, the number is vLLM's default for the version and the GPU",
        arguments: ["0.13.0", "0.14.1", "0.20.2", "0.32.0", "0.99.0", "dev"])
    func defaults(version: String) {
        func sequences(_ build: String = "", on device: GPUDevice?) -> Int {
            VLLMVersion(version + build).capacity(on: device).sequences
        }
        #expect(sequences(on: Self.h100) == 1024)
        #expect(sequences(on: Self.gpu("NVIDIA H200", 139.8)) == 1024)
        #expect(sequences(on: Self.gpu("NVIDIA B200", 178)) == 1024)
        #expect(sequences(on: Self.gpu("NVIDIA A100-SXM4-80GB", 79.2)) == 256)
        #expect(sequences(on: Self.gpu("NVIDIA RTX 6000 Ada Generation", 47.5)) == 256)
        #expect(sequences(on: Self.gpu("", 70)) == 1024)
        #expect(sequences(on: Self.gpu("", 69.9)) == 256)
        #expect(sequences(on: nil) == 256)
        #expect(sequences("+cpu", on: nil) == 128)
        #expect(sequences("+cpu", on: Self.h100) == 1024)
    }

    private func capacity(_ flags: String, on device: GPUDevice? = h100, version: String = "0.32.0") -> EngineCapacity {
        let arguments = flags.split(separator: " ").map { flag in
            let parts = flag.split(separator: "=", maxSplits: 1).map(String.init)
            return EngineConfiguration.Argument(parts[0], parts.count > 1 ? parts[1] : nil)
        }
        return VLLMVersion(version).capacity(arguments, on: device)
    }

    @Test(
        "a flag wins over the default",
        arguments: [
            ("max-num-seqs=32", 32), ("max_num_seqs=32", 32), ("max-num-seqs=1k", 1000),
            ("max-num-seqs=8 max-num-seqs=9", 9),
            ("max-num-seqs=what", 1024), ("max-num-seqs", 1024), ("max-num-seqs=0", 1), ("max-num-seqs=-3", 1024),
            ("max-num-batched-tokens=512", 512), ("max-num-seqs=600 max-num-batched-tokens=512", 600),
            ("performance-mode=throughput", 2048), ("performance-mode=throughput max-num-seqs=64", 64),
            ("max-num-active-seqs=100", 100), ("max-num-seqs=50 max-num-active-seqs=100", 50),
            ("tensor-parallel-size=4", 1024), ("data-parallel-size=2", 2048),
            ("data-parallel-size=2 max-num-seqs=10", 20),
            ("threads=2", 1024),
        ])
    func flags(flags: String, sequences: Int) {
        #expect(capacity(flags).sequences == sequences)
    }

    @Test("the CPU build's number goes by the processes of a model")
    func processes() {
        #expect(
            capacity("tensor-parallel-size=2 pipeline-parallel-size=3", on: nil, version: "0.32.0+cpu").sequences == 768
        )
    }

    @Test(
        "absurd numbers are accepted as they are",
        arguments: ["9223372036854775807", "1e300", "999999999999999999999", "900g", "-1"])
    func absurd(number: String) {
        for flag in ["max-num-seqs", "data-parallel-size", "tensor-parallel-size", "max-num-queued-reqs"] {
            for version in ["0.32.0", "0.32.0+cpu"] {
                let capacity = capacity("\(flag)=\(number) data-parallel-size=\(number)", version: version)
                #expect(capacity.sequences > 0 && capacity.inFlight > 0)
            }
        }
    }

    @Test(
        "beside what an engine runs, an eighth as many requests wait, and at least sixteen",
        arguments: [
            (1, 17), (2, 18), (128, 144), (256, 288), (1024, 1152),
        ])
    func queue(sequences: Int, inFlight: Int) {
        #expect(EngineCapacity(sequences: sequences).inFlight == inFlight)
    }

    @Test("a server that refuses requests beyond its room gets no more than it runs")
    func refusing() {
        #expect(capacity("max-num-seqs=64 max-num-queued-reqs=70").inFlight == 70)
        #expect(capacity("max-num-seqs=64 max-num-queued-reqs=0").inFlight == 1)
    }

    @Test("the pocket engine runs as many as it has threads")
    func pocket() async {
        let dialect: any EngineDialect = PocketDialect()
        #expect(await dialect.capacity([.init("threads", "3")], on: nil).sequences == 3)
        #expect(await dialect.capacity([], on: nil).sequences >= 1)
        #expect(VLLMVersion("0.1.0+pocket").capacity() == PocketDialect.capacity([]))
    }
}
