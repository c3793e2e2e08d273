import ModelLifecycle

/// The memory that engines share: that of one GPU, or the machine's where there is none.
package struct MemoryPool: Sendable, Equatable {
    /// As sentences call it: `GPU 0`, `this machine`.
    package var name: String
    var isGPU: Bool
    /// Bytes in all.
    package var total: Int
    /// Bytes that nobody has.
    package var free: Int
    /// The part of `total` that the job lets its engines have together.
    var ceiling: Double?

    package init(name: String, isGPU: Bool, total: Int, free: Int, ceiling: Double? = nil) {
        self.name = name
        self.isGPU = isGPU
        self.total = total
        self.free = free
        self.ceiling = ceiling
    }

    /// Kept back, since estimates are no measurements.
    private static let slack = 0.02

    /// Bytes for engines that are up together, and for what they need beside their shares.
    package var budget: Int {
        let allowed = ceiling.map { Int(bounding: $0 * Double(total)) } ?? .max
        return max(0, min(free.plus(-Int(bounding: Self.slack * Double(total))), allowed))
    }

    /// `the 79.1 GiB of GPU 0`, or what others leave of them.
    package var description: String {
        let whole = "the \(total.inGiB) GiB of \(name)"
        return total - free > .gibibytes(1) ? "the \(free.inGiB) GiB that are free of \(whole)" : whole
    }
}

extension MachineMemory {
    /// nil where it is not known. On several GPUs the one with the least counts.
    package func pool(ceiling: Double?) -> MemoryPool? {
        switch self {
        case .gpu(let devices, _):
            devices.min { $0.free < $1.free }.map {
                MemoryPool(name: "GPU \($0.index)", isGPU: true, total: $0.total, free: $0.free, ceiling: ceiling)
            }
        case .host(let memory):
            MemoryPool(
                name: memory.isLimited ? "memory that this job is limited to" : "this machine's memory", isGPU: false,
                total: memory.total, free: memory.available, ceiling: ceiling)
        case .unknown: nil
        }
    }
}
