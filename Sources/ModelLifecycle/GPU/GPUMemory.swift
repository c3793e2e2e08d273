import Support

/// A GPU that CUDA programs see, and its memory and energy at one moment.
package struct GPUDevice: Sendable, Hashable {
    /// Its number as CUDA counts those that are visible.
    package var index: Int
    /// `NVIDIA H100 80GB HBM3`
    package var name: String
    package var uuid: String
    /// Bytes that programs can have: without what the driver keeps for itself.
    package var total: Int
    /// Bytes that nobody has.
    package var free: Int
    /// Who has some of the rest, the largest first. May lack those whom a container hides.
    package var holders: [GPUHolder]
    /// What it has used since the driver was loaded, whoever used it; nil where it does not count that.
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

    /// Bytes that somebody has.
    package var used: Int { max(0, total - free) }
}

/// A process that has memory of a GPU.
package struct GPUHolder: Sendable, Hashable, CustomStringConvertible {
    package var pid: Int32
    /// nil where the process is not to be seen from here.
    package var name: String?
    /// nil where the driver does not tell.
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

/// Tells what GPUs there are, and how they are.
package protocol GPUMemory: Sendable {
    /// The GPUs that engines will see, in CUDA's order; none where the machine has none.
    func devices() async throws(GPUUnmeasurable) -> [GPUDevice]
}

extension GPUMemory {
    /// The GPUs once no memory is coming back any more: the driver takes seconds over what a killed process had.
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
            do { try await clock.sleep(for: pause) } catch { throw GPUUnmeasurable("the measurement was given up") }
            waited += pause
            devices = try await self.devices()
            let used = devices.reduce(0) { $0 + $1.used }
            calm = used < least - .gibibytes(0.06) ? 0 : calm + 1
            least = min(least, used)
        }
        return devices
    }
}

/// There is a GPU, and its memory cannot be told: one sentence why.
package struct GPUUnmeasurable: ProgramError, Hashable {
    package let description: String
    package var explanation: Explanation { Explanation("gpu-unmeasurable", .engine, description, remedy: nil) }

    package init(_ description: String) { self.description = description }
}

extension Int {
    /// Bytes in GiB with one decimal, as vLLM and nvidia-smi count: `14.2`.
    package var inGiB: String {
        let tenths = (Double(self) / 1_073_741_824 * 10).rounded() / 10
        return "\(tenths == 0 ? 0.0 : tenths)"
    }

    /// So many GiB in bytes.
    package static func gibibytes(_ count: Double) -> Int { Int(bounding: count * 1_073_741_824) }
}
