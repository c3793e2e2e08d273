/// The memory of an engine besides weights and KV cache, in bytes.
package struct EngineFootprint: Sendable, Hashable {
    /// GPU memory outside its share: the CUDA context and memory of libraries.
    package var outside: Int
    /// GPU memory within its share: activations of the largest batch, and CUDA graphs.
    package var working: Int
    /// GPU memory that it keeps while asleep.
    package var asleep: Int
    /// RAM of its processes, asleep or not.
    package var host: Int
    /// RAM of its processes before they use the device.
    package var standby: Int
    /// The smallest useful cache.
    package var leastCache: Int
}
