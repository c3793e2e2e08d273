import Testing

@testable import ModelLifecycle

@Suite("The energy meter") struct EnergyMeterTests {
    @Test("tells joules where the driver counts them, and nothing where it does not or cannot be asked")
    func readings() async {
        let gpu = FakeGPU(using: 1)
        let meter = EnergyMeter(gpu, of: FakeGPU.baseline(using: 1))
        #expect(await meter.reading() == nil)
        gpu.count(joules: 1234.5)
        #expect(await meter.reading() == 1234.5)
        gpu.fail(GPUUnmeasurable("it is lost"))
        #expect(await meter.reading() == nil)
    }

    /// Two GPUs, of which a run may use one or both.
    private struct Pair: GPUMemory {
        var joules: [Double?]

        func devices() -> [GPUDevice] {
            joules.enumerated().map { index, joules in
                GPUDevice(index: index, name: "Fake", uuid: "GPU-\(index)", total: 8, free: 8, joules: joules)
            }
        }
    }

    @Test("counts the GPUs that engines use and no others, and none unless it can count all of them")
    func several() async {
        let all = Pair(joules: [1, 2]).devices()
        #expect(await EnergyMeter(Pair(joules: [100, 20]), of: all).reading() == 120)
        #expect(await EnergyMeter(Pair(joules: [100, 20]), of: [all[1]]).reading() == 20)
        #expect(await EnergyMeter(Pair(joules: [100, nil]), of: all).reading() == nil)
        #expect(await EnergyMeter(Pair(joules: [100]), of: all).reading() == nil)
        #expect(await EnergyMeter(Pair(joules: [100, 20]), of: []).reading() == nil)
    }
}
