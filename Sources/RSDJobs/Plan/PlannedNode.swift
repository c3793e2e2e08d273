import ModelLifecycle

/// A machine to plan for, as far as it is not this one.
package struct PlannedNode: Sendable, Equatable {
    /// Bytes of each GPU; nil for this machine's.
    package var gpuMemory: Int?
    /// Number of GPUs; nil for as many as the job needs.
    package var gpus: Int?
    /// Bytes of the machine's memory; nil for this machine's.
    package var ram: Int?

    package init(gpuMemory: Int? = nil, gpus: Int? = nil, ram: Int? = nil) {
        self.gpuMemory = gpuMemory
        self.gpus = gpus
        self.ram = ram
    }

    var host: HostMemory? { ram.map { HostMemory(total: $0, available: $0) } }

    /// Its GPUs, all free; nil if their memory is not given.
    func gpus(named name: String = "planned", atLeast needed: Int) -> [GPUDevice]? {
        gpuMemory.map { bytes in
            (0..<(gpus ?? needed)).map { GPUDevice(index: $0, name: name, uuid: "", total: bytes, free: bytes) }
        }
    }

    /// This machine with the planned one's memory.
    func completing(_ machine: MachineMemory) -> MachineMemory {
        guard let host else { return machine }
        return switch machine {
        case .gpu(let devices, _): .gpu(devices, host)
        case .host: .host(host)
        case .unknown: machine
        }
    }
}
