import Support

/// A GPU that CUDA programs see, with its memory and energy at one moment.
package struct GPUDevice: Sendable, Hashable {
    /// Its number in CUDA's count of visible devices.
    package var index: Int
    /// `NVIDIA H100 80GB HBM3`
    package var name: String
    package var uuid: String
    /// Bytes available to programs, without what the driver reserves.
    package var total: Int
    /// Free bytes.
    package var free: Int
    /// Processes that use its memory, the largest first. Processes hidden by a container may be missing.
    package var holders: [GPUHolder]
    /// Energy used since the driver was loaded, by all processes; nil if the GPU does not count it.
    package var joules: Double?

    package init(
        index: Int, name: String, uuid: String, total: Int, free: Int, holders: [GPUHolder] = [], joules: Double? = nil
    ) {
        self.index = index
        self.name = name
        self.uuid = uuid
        self.total = total
        self.free = free
        self.holders = holders
        self.joules = joules
    }

    /// Bytes in use.
    package var used: Int { max(0, total - free) }
}

/// A process that uses a GPU's memory.
package struct GPUHolder: Sendable, Hashable, CustomStringConvertible {
    package var pid: Int32
    /// nil if the process is not visible from here.
    package var name: String?
    /// nil if the driver does not report it.
    package var bytes: Int?

    package init(pid: Int32, name: String? = nil, bytes: Int? = nil) {
        self.pid = pid
        self.name = name
        self.bytes = bytes
    }

    /// `VLLM::EngineCore (pid 4711, 70.2 GiB)`
    package var description: String {
        let size = bytes.map { ", \($0.inGiB) GiB" } ?? ""
        return "\(name ?? "a process outside this container") (pid \(pid)\(size))"
    }
}

/// Reports the GPUs and their state.
package protocol GPUMemory: Sendable {
    /// The GPUs that engines will see, in CUDA's order; empty if the machine has none.
    func devices() async throws(GPUUnmeasurable) -> [GPUDevice]
}

extension GPUMemory {
    /// The GPUs once their memory is stable: the driver takes seconds to release the memory of a killed process.
    ///
    /// - Parameter limit: how long to wait for that.
    package func devicesAtRest(
        limit: Duration = .seconds(60), clock: any Clock<Duration> = ContinuousClock()
    ) async throws(GPUUnmeasurable) -> [GPUDevice] {
        let pause = Duration.milliseconds(500)
        var devices = try await devices()
        var least = devices.reduce(0) { $0 + $1.used }
        var calm = 0
        var waited = Duration.zero
        while least > 0, calm < 3, waited < limit {
            do { try await clock.sleep(for: pause) } catch { throw GPUUnmeasurable("the measurement was cancelled") }
            waited += pause
            devices = try await self.devices()
            let used = devices.reduce(0) { $0 + $1.used }
            calm = used < least - .gibibytes(0.06) ? 0 : calm + 1
            least = min(least, used)
        }
        return devices
    }
}

/// There is a GPU, but its memory cannot be read; the reason in one sentence.
package struct GPUUnmeasurable: ProgramError, Hashable {
    package let description: String
    package var explanation: Explanation { Explanation("gpu-unmeasurable", .engine, description, remedy: nil) }

    package init(_ description: String) { self.description = description }
}

extension Int {
    /// Bytes in GiB with one decimal, as vLLM and nvidia-smi show them: `14.2`.
    package var inGiB: String {
        let tenths = (Double(self) / 1_073_741_824 * 10).rounded() / 10
        return "\(tenths == 0 ? 0.0 : tenths)"
    }

    /// GiB in bytes.
    package static func gibibytes(_ count: Double) -> Int { Int(bounding: count * 1_073_741_824) }
}
