/// The energy used by a run's GPUs, including that of other processes: GPUs do not count it by process.
package struct EnergyMeter: Sendable {
    private let gpu: any GPUMemory
    private let uuids: Set<String>

    /// - Parameter devices: the GPUs that engines use.
    package init(_ gpu: any GPUMemory, of devices: [GPUDevice]) {
        self.gpu = gpu
        uuids = Set(devices.map(\.uuid))
    }

    /// - Returns: joules of all these GPUs together since some moment before the run; nil if one of them does not count
    ///   them or cannot be read.
    package func reading() async -> Double? {
        guard !uuids.isEmpty, let devices = try? await gpu.devices() else { return nil }
        let counters = devices.filter { uuids.contains($0.uuid) }.compactMap(\.joules)
        return counters.count == uuids.count ? counters.reduce(0, +) : nil
    }
}
