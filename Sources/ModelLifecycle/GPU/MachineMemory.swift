/// What a machine has for a job's engines.
package enum MachineMemory: Sendable, Equatable {
    /// The GPUs over which each model is spread, mostly one, and the machine's own memory.
    case gpu([GPUDevice], HostMemory?)
    case host(HostMemory)
    /// It cannot be told: one sentence why.
    case unknown(String)

    package var host: HostMemory? {
        switch self {
        case .gpu(_, let host): host
        case .host(let host): host
        case .unknown: nil
        }
    }

    /// What strangers have on the GPU.
    package var holders: [GPUHolder] {
        if case .gpu(let devices, _) = self { devices.flatMap(\.holders) } else { [] }
    }
}
