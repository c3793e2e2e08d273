import Foundation

/// A GPU as the driver counts them, before CUDA's environment variables have chosen.
struct PhysicalGPU: Sendable, Hashable {
    var name: String
    var uuid: String
    var total: Int
    var free: Int
    /// Whether it is cut into MIG slices: its own memory then is not what a program gets.
    var isSliced: Bool
    var holders: [GPUHolder]
    /// See ``GPUDevice/joules``.
    var joules: Double?
}

/// One way to ask the driver.
protocol GPUReader: Sendable {
    /// All GPUs in the order of their PCI addresses; nil where this way does not exist on the machine.
    func read() async throws(GPUUnmeasurable) -> [PhysicalGPU]?
}

/// The NVIDIA GPUs that engines will see: asked through NVML, else through nvidia-smi.
package struct GPUProbe: GPUMemory {
    private let readers: [any GPUReader]
    private let choice: VisibleDevices

    /// - Parameter environment: that of the engines, which may choose among the GPUs (`CUDA_VISIBLE_DEVICES`).
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
