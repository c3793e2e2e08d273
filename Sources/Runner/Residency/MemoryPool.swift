import ModelLifecycle

/// The memory that engines share: one GPU's, or the machine's if engines use no GPU.
package struct MemoryPool: Sendable, Equatable {
    /// Its name in messages: `GPU 0`, `this machine's memory`.
    package var name: String
    var isGPU: Bool
    /// Total bytes.
    package var total: Int
    /// Bytes that are free.
    package var free: Int
    /// The share of `total` that the job allows its engines together.
    var ceiling: Double?

    package init(name: String, isGPU: Bool, total: Int, free: Int, ceiling: Double? = nil) {
        self.name = name
        self.isGPU = isGPU
        self.total = total
        self.free = free
        self.ceiling = ceiling
    }

    /// Share kept in reserve, since demands are estimates.
    private static let slack = 0.02

    /// Bytes for engines that are up together, including what they need outside their shares.
    package var budget: Int {
        let allowed = ceiling.map { Int(bounding: $0 * Double(total)) } ?? .max
        return max(0, min(free.plus(-Int(bounding: Self.slack * Double(total))), allowed))
    }

    /// `the 79.1 GiB of GPU 0`, or the part of it that is free.
    package var description: String {
        let whole = "the \(total.inGiB) GiB of \(name)"
        return total - free > .gibibytes(1) ? "the \(free.inGiB) GiB free of \(whole)" : whole
    }
}

extension MachineMemory {
    /// The memory to divide; nil if it is unknown. Of several GPUs, the one with the least free memory.
    package func pool(ceiling: Double?) -> MemoryPool? {
        switch self {
        case .gpu(let devices, _):
            devices.min { $0.free < $1.free }.map {
                MemoryPool(name: "GPU \($0.index)", isGPU: true, total: $0.total, free: $0.free, ceiling: ceiling)
            }
        case .host(let memory):
            MemoryPool(
                name: memory.isLimited ? "this job's memory limit" : "this machine's memory", isGPU: false,
                total: memory.total, free: memory.available, ceiling: ceiling)
        case .unknown: nil
        }
    }
}
