import Foundation
import Support

/// NVIDIA's management library, loaded at run time, since machines without a driver lack it.
///
/// Structures and names are those of `nvml.h`, unchanged since driver 450; newer entry points are used if present.
struct NVML: @unchecked Sendable {
    typealias Handle = OpaquePointer?

    /// `nvmlMemory_t`
    private struct Memory {
        var total: UInt64 = 0
        var free: UInt64 = 0
        var used: UInt64 = 0
    }

    /// `nvmlMemory_v2_t`; its version tag is `NVML_STRUCT_VERSION(Memory, 2)`.
    private struct Memory2 {
        var version = UInt32(MemoryLayout<Memory2>.size) | 2 << 24
        var total: UInt64 = 0
        var reserved: UInt64 = 0
        var free: UInt64 = 0
        var used: UInt64 = 0
    }

    /// `nvmlProcessInfo_t` of `nvmlDeviceGetComputeRunningProcesses_v2` and `_v3`
    private struct Process {
        var pid: UInt32 = 0
        var bytes: UInt64 = 0
        var instance: UInt32 = 0
        var computeInstance: UInt32 = 0
    }

    private typealias Plain = @convention(c) () -> Int32
    private typealias Count = @convention(c) (UnsafeMutablePointer<UInt32>) -> Int32
    private typealias ByIndex = @convention(c) (UInt32, UnsafeMutablePointer<Handle>) -> Int32
    private typealias Text = @convention(c) (Handle, UnsafeMutablePointer<CChar>, UInt32) -> Int32
    private typealias IntoStructure = @convention(c) (Handle, UnsafeMutableRawPointer) -> Int32
    private typealias Processes =
        @convention(c) (Handle, UnsafeMutablePointer<UInt32>, UnsafeMutableRawPointer?) -> Int32
    private typealias MigMode =
        @convention(c) (Handle, UnsafeMutablePointer<UInt32>, UnsafeMutablePointer<UInt32>) -> Int32
    private typealias Energy = @convention(c) (Handle, UnsafeMutablePointer<UInt64>) -> Int32
    private typealias SystemText = @convention(c) (UnsafeMutablePointer<CChar>, UInt32) -> Int32
    private typealias SystemNumber = @convention(c) (UnsafeMutablePointer<Int32>) -> Int32
    private typealias ErrorText = @convention(c) (Int32) -> UnsafePointer<CChar>?

    private static let insufficientSize: Int32 = 7
    /// `NVML_VALUE_NOT_AVAILABLE`
    private static let notAvailable = UInt64.max

    private let start: Plain
    private let count: Count
    private let byIndex: ByIndex
    private let name: Text
    private let uuid: Text
    private let memory: IntoStructure
    private let memory2: IntoStructure?
    private let processes: Processes?
    private let migMode: MigMode?
    private let energy: Energy?
    private let driverVersion: SystemText?
    private let cudaVersion: SystemNumber?
    private let errorText: ErrorText?

    /// Loads the library; nil if it is missing or lacks a function needed here.
    init?(library: String = "libnvidia-ml.so.1") {
        guard let image = dlopen(library, RTLD_NOW | RTLD_LOCAL) else { return nil }
        func symbol<Function>(_ names: String..., as type: Function.Type) -> Function? {
            for name in names {
                if let address = dlsym(image, name) { return unsafeBitCast(address, to: type) }
            }
            return nil
        }
        guard let start = symbol("nvmlInit_v2", as: Plain.self),
            let count = symbol("nvmlDeviceGetCount_v2", as: Count.self),
            let byIndex = symbol("nvmlDeviceGetHandleByIndex_v2", as: ByIndex.self),
            let name = symbol("nvmlDeviceGetName", as: Text.self),
            let uuid = symbol("nvmlDeviceGetUUID", as: Text.self),
            let memory = symbol("nvmlDeviceGetMemoryInfo", as: IntoStructure.self)
        else {
            dlclose(image)
            return nil
        }
        self.start = start
        self.count = count
        self.byIndex = byIndex
        self.name = name
        self.uuid = uuid
        self.memory = memory
        memory2 = symbol("nvmlDeviceGetMemoryInfo_v2", as: IntoStructure.self)
        processes = symbol(
            "nvmlDeviceGetComputeRunningProcesses_v3", "nvmlDeviceGetComputeRunningProcesses_v2", as: Processes.self)
        migMode = symbol("nvmlDeviceGetMigMode", as: MigMode.self)
        energy = symbol("nvmlDeviceGetTotalEnergyConsumption", as: Energy.self)
        driverVersion = symbol("nvmlSystemGetDriverVersion", as: SystemText.self)
        cudaVersion = symbol("nvmlSystemGetCudaDriverVersion_v2", as: SystemNumber.self)
        errorText = symbol("nvmlErrorString", as: ErrorText.self)
    }

    /// `NVML_ERROR_LIB_RM_VERSION_MISMATCH`: the driver was updated while its old module was loaded.
    private static let versionMismatch: Int32 = 18

    /// Whether there is a driver to talk to. The library counts these calls; any number is allowed.
    func begin() throws(GPUUnmeasurable) -> Bool {
        let code = start()
        guard code != Self.versionMismatch else {
            throw GPUUnmeasurable(
                "NVIDIA's driver and its library have different versions, so no GPU works; restart the machine, or reload "
                    + "the driver")
        }
        return code == 0
    }

    /// The driver's own version, and the newest CUDA that it supports.
    func driver() -> GPUDriver {
        var buffer = [CChar](repeating: 0, count: 128)
        let hasVersion = driverVersion.map { $0(&buffer, UInt32(buffer.count)) == 0 } ?? false
        var number: Int32 = 0
        let hasCUDA = cudaVersion.map { $0(&number) == 0 } ?? false
        let kernel = hasCUDA ? CUDAVersion(number: Int(number)) : nil
        return GPUDriver(
            version: hasVersion ? Self.text(buffer) : nil, cuda: [kernel, Self.compatible].compactMap(\.self).max())
    }

    /// The CUDA of the loaded `libcuda`, which is newer than the driver's with NVIDIA's package for compatibility.
    private static var compatible: CUDAVersion? {
        guard let image = dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL) else { return nil }
        defer { dlclose(image) }
        var number: Int32 = 0
        guard let ask = dlsym(image, "cuDriverGetVersion"), unsafeBitCast(ask, to: SystemNumber.self)(&number) == 0
        else { return nil }
        return CUDAVersion(number: Int(number))
    }

    /// All GPUs, in the order of their PCI addresses.
    func devices() throws(GPUUnmeasurable) -> [PhysicalGPU] {
        var number: UInt32 = 0
        try check(count(&number), "count the GPUs")
        var devices: [PhysicalGPU] = []
        for index in 0..<number { devices.append(try device(index)) }
        return devices
    }

    private func device(_ index: UInt32) throws(GPUUnmeasurable) -> PhysicalGPU {
        var handle: Handle = nil
        try check(byIndex(index, &handle), "reach GPU \(index)")
        let (total, free) = try memory(of: handle, index)
        return PhysicalGPU(
            name: text(name, handle) ?? "GPU", uuid: text(uuid, handle) ?? "", total: total, free: free,
            isSliced: isSliced(handle), holders: holders(handle), joules: joules(handle))
    }

    private func memory(of handle: Handle, _ index: UInt32) throws(GPUUnmeasurable) -> (total: Int, free: Int) {
        // Version 2 separates the memory reserved by the driver, which CUDA does not count.
        if let memory2 {
            var info = Memory2()
            if memory2(handle, &info) == 0 {
                return (Int(memory: info.total - min(info.reserved, info.total)), Int(memory: info.free))
            }
        }
        var info = Memory()
        try check(memory(handle, &info), "read the memory of GPU \(index)")
        return (Int(memory: info.total), Int(memory: info.free))
    }

    private func holders(_ handle: Handle) -> [GPUHolder] {
        guard let processes else { return [] }
        var number: UInt32 = 0
        var code = processes(handle, &number, nil)
        var list: [Process] = []
        // Processes may be added between the two calls.
        for _ in 0..<3 where code == Self.insufficientSize {
            number = min(number, 65_536) + 8
            list = [Process](repeating: Process(), count: Int(number))
            code = list.withUnsafeMutableBytes { processes(handle, &number, $0.baseAddress) }
        }
        guard code == 0 else { return [] }
        return list.prefix(Int(number)).map { process in
            GPUHolder(
                pid: Int32(bitPattern: process.pid),
                bytes: process.bytes == Self.notAvailable ? nil : Int(memory: process.bytes))
        }
    }

    private func isSliced(_ handle: Handle) -> Bool {
        var now: UInt32 = 0
        var later: UInt32 = 0
        return migMode.map { $0(handle, &now, &later) == 0 && now == 1 } ?? false
    }

    /// Counted by GPUs since Volta.
    private func joules(_ handle: Handle) -> Double? {
        var millijoules: UInt64 = 0
        guard let energy, energy(handle, &millijoules) == 0 else { return nil }
        return Double(millijoules) / 1000
    }

    private func text(_ ask: Text, _ handle: Handle) -> String? {
        var buffer = [CChar](repeating: 0, count: 128)
        guard ask(handle, &buffer, UInt32(buffer.count)) == 0 else { return nil }
        return Self.text(buffer)
    }

    private static func text(_ buffer: [CChar]) -> String {
        String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    private func check(_ code: Int32, _ what: String) throws(GPUUnmeasurable) {
        guard code != 0 else { return }
        let why = errorText?(code).map { String(cString: $0) } ?? "error \(code)"
        throw GPUUnmeasurable("NVIDIA's driver could not \(what): \(why)")
    }
}

/// Queries the driver through NVML on a separate thread, so that a stuck driver cannot block the program.
struct NVMLReader: GPUReader {
    private let library: NVML?
    private let limit: Duration

    init(library: NVML? = NVML(), limit: Duration = .seconds(30)) {
        self.library = library
        self.limit = limit
    }

    func read() async throws(GPUUnmeasurable) -> [PhysicalGPU]? {
        try await ask { library throws(GPUUnmeasurable) in try library.devices() }?.map { $0.naming() }
    }

    /// - Returns: nil without a driver.
    func driver() async throws(GPUUnmeasurable) -> GPUDriver? { try await ask { $0.driver() } }

    /// - Returns: nil without a driver.
    private func ask<Value: Sendable>(
        _ question: @escaping @Sendable (NVML) throws(GPUUnmeasurable) -> Value
    ) async throws(GPUUnmeasurable) -> Value? {
        guard let library else { return nil }
        let answer = Latch<Result<Value?, GPUUnmeasurable>>()
        Thread.detachNewThread {
            do throws(GPUUnmeasurable) {
                answer.set(.success(try library.begin() ? try question(library) : nil))
            } catch {
                answer.set(.failure(error))
            }
        }
        let result: Result<Value?, GPUUnmeasurable>?
        do {
            result = try await answer.wait(atMost: limit)
        } catch {
            throw GPUUnmeasurable("the query to NVIDIA's driver was cancelled")
        }
        guard let result else {
            throw GPUUnmeasurable("NVIDIA's driver did not respond within \(limit); the node may need a restart")
        }
        return try result.get()
    }
}

extension PhysicalGPU {
    /// Adds the names of processes that are visible from here.
    fileprivate func naming() -> PhysicalGPU {
        var copy = self
        for index in copy.holders.indices {
            copy.holders[index].name = ProcFS.record(of: copy.holders[index].pid)?.command
        }
        return copy
    }
}
