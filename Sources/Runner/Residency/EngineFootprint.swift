/// What an engine takes beside its weights and its KV cache, in bytes.
package struct EngineFootprint: Sendable, Hashable {
    /// Beside the share that it is given: CUDA's context and what its libraries keep.
    var outside: Int
    /// Within its share: activations of the largest batch, and CUDA graphs.
    var working: Int
    /// What it keeps on the GPU while it sleeps.
    var asleep: Int
    /// What its processes keep in the machine's memory, whether it sleeps or not.
    var host: Int
    /// What its processes have in the machine's memory before they touch the device.
    var standby: Int
    /// The least cache worth starting it with.
    var leastCache: Int

    /// vLLM on a GPU. Asleep, llm-d's benchmarks saw it keep 1.0 GiB (3B model) and 1.75 GiB (8B); the rest are estimates.
    static let vllmOnGPU = EngineFootprint(
        outside: .gibibytes(0.75), working: .gibibytes(1.5), asleep: .gibibytes(1.75), host: .gibibytes(3),
        standby: .gibibytes(3), leastCache: 0)

    /// vLLM's CPU build: its processes had 3.4 GiB with a model of 135 million weights, and 1.3 to 1.7 GiB before they loaded one.
    static let vllmOnCPU = EngineFootprint(
        outside: 0, working: .gibibytes(3.5), asleep: 0, host: 0, standby: .gibibytes(2),
        leastCache: .gibibytes(0.25))

    static let pocket = EngineFootprint(
        outside: 0, working: .gibibytes(0.06), asleep: 0, host: 0, standby: .gibibytes(0.06), leastCache: 0)
}
