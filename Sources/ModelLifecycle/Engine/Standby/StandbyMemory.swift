/// Whether the machine has the memory for an engine that is started ahead of time, beside those that work.
package struct StandbyMemory: Sendable {
    /// Bytes that the processes of an engine take before it touches the device.
    let bytes: Int
    private let memory: @Sendable () -> HostMemory?

    package init(bytes: Int, memory: @escaping @Sendable () -> HostMemory? = HostMemory.now) {
        self.bytes = bytes
        self.memory = memory
    }

    /// - Parameter reserve: bytes that are about to be needed.
    func allows(beside reserve: Int) -> Bool { (memory()?.allowed(beside: reserve) ?? 0) >= bytes }
}
