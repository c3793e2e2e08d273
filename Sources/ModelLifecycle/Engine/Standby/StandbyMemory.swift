/// Whether the machine has memory for an engine that is started ahead of time, next to the working engines.
package struct StandbyMemory: Sendable {
    /// Bytes that an engine's processes use before it touches the device.
    let bytes: Int
    private let memory: @Sendable () -> HostMemory?

    package init(bytes: Int, memory: @escaping @Sendable () -> HostMemory? = HostMemory.now) {
        self.bytes = bytes
        self.memory = memory
    }

    /// - Parameter reserve: bytes that are about to be needed.
    func allows(beside reserve: Int) -> Bool { (memory()?.allowed(beside: reserve) ?? 0) >= bytes }
}
