/// What an engine takes beside its weights and its KV cache, in bytes.
package struct EngineFootprint: Sendable, Hashable {
    /// Beside the share that it is given: CUDA's context and what its libraries keep.
    package var outside: Int
    /// Within its share: activations of the largest batch, and CUDA graphs.
    package var working: Int
    /// What it keeps on the GPU while it sleeps.
    package var asleep: Int
    /// What its processes keep in the machine's memory, whether it sleeps or not.
    package var host: Int
    /// What its processes have in the machine's memory before they touch the device.
    package var standby: Int
    /// The least cache worth starting it with.
    package var leastCache: Int
}
