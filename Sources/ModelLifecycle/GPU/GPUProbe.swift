import Foundation

/// A GPU in the driver's count, before CUDA's environment variables select devices.
struct PhysicalGPU: Sendable, Hashable {
    var name: String
    var uuid: String
    var total: Int
    var free: Int
    /// Whether it is divided into MIG slices; programs then do not get its own memory.
    var isSliced: Bool
    var holders: [GPUHolder]
    /// See ``GPUDevice/joules``.
    var joules: Double?
}

/// A way to query the driver.
protocol GPUReader: Sendable {
    /// All GPUs in the order of their PCI addresses; nil if the machine does not have this way.
    func read() async throws(GPUUnmeasurable) -> [PhysicalGPU]?
}

/// The NVIDIA GPUs that engines will see, queried through NVML or else nvidia-smi.
package struct GPUProbe: GPUMemory {
    private let readers: [any GPUReader]
    private let choice: VisibleDevices

    /// - Parameter environment: the engines' environment, which may select GPUs (`CUDA_VISIBLE_DEVICES`).
    package init(environment: [String: String]) {
        self.init(environment: environment, readers: [NVMLReader(), NvidiaSMI(on: SearchPath(environment))])
    }

    init(environment: [String: String], readers: [any GPUReader]) {
        choice = VisibleDevices(environment: environment)
        self.readers = readers
    }

    package func devices() async throws(GPUUnmeasurable) -> [GPUDevice] {
        if choice.seesNothing { return [] }
        var failure: GPUUnmeasurable?
        for reader in readers {
            do throws(GPUUnmeasurable) {
                guard let all = try await reader.read() else { continue }
                return try choice.devices(among: all)
            } catch {
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
        return []
    }
}
