/// What one iteration of an engine costs on a GPU, from public measurements.
package struct GPU: Sendable, Equatable {
    package var name: String
    /// Bytes.
    package var memory: Double
    /// Bytes per second that reading weights and caches reaches.
    package var bandwidth: Double
    /// BF16 operations per second that matrix products of a serving engine reach.
    package var compute: Double
    /// vLLM's defaults of `max_num_seqs` and `max_num_batched_tokens` for `vllm serve`: `EngineArgs.get_batch_defaults` of 0.32.0.
    package var sequences: Int
    package var batchedTokens: Int
    /// Bytes per second between the machine's memory and the GPU.
    package var transfer: Double

    /// H100 SXM, 80 GB. Specified: 3.35 TB/s, 989 TFLOP/s BF16 (NVIDIA's data sheet). Measured: 3.0 TB/s for copies (PyTorch, CUDA
    /// events), 780 TFLOP/s for the best matrix shapes (gist.github.com/Chillee/2ec89696db8b7ed1c24461159e325405). Layers of models reach less of
    /// both: 2.7 TB/s and 550 TFLOP/s are assumed. PCIe 5: 50 GB/s, as an 8B model that wakes in 0.33 s (llm-d-benchmark PR 399).
    package static let h100 = GPU(
        name: "H100", memory: 80e9, bandwidth: 2.7e12, compute: 550e12, sequences: 1024, batchedTokens: 8192,
        transfer: 50e9)

    /// RTX 4090, 24 GB. Specified: 1.008 TB/s, 165.2 TFLOP/s BF16 with 32-bit sums (NVIDIA's Ada white paper). Measured: 18.0 ms per
    /// token with Qwen2.5-7B in BF16 (stackbytes.beehiiv.com, "Why your GPU is idle but your requests are queued"), which is 846 GB/s. 850 GB/s and 120 TFLOP/s
    /// are assumed, and 25 GB/s for PCIe 4.
    package static let rtx4090 = GPU(
        name: "RTX 4090", memory: 25.3e9, bandwidth: 0.85e12, compute: 120e12, sequences: 256, batchedTokens: 2048,
        transfer: 25e9)

    package static let all = ["h100": h100, "rtx4090": rtx4090]
}

/// Seconds that an engine spends outside the GPU, and on its way up and down.
package struct EngineTimes: Sendable {
    /// Between two iterations, while vLLM's scheduler and its sampler work: a part per iteration and one per sequence. vLLM 0.32
    /// schedules an iteration while the one before it runs, so only what exceeds the GPU's time counts. Assumed; vLLM 0.6 took 2 to
    /// 4 ms with one sequence (Qwen's speed benchmarks, A100: 183 tokens per second with 1.5B weights).
    package static let perIteration = 0.001
    package static let perSequence = 0.000_01

    /// From a fork to an engine that listens, without weights and graphs: 0.76 to 0.89 s measured with vLLM's CPU build.
    package static let fork = 0.8
    /// Capturing CUDA graphs: 10 s for Llama-3-8B (vLLM PR 11005).
    package static let graphs = 10.0
    /// Bytes per second from the page cache into the GPU: 2.5 GiB/s (llm-d-benchmark PR 399).
    package static let loading = 2.7e9
    /// From SIGTERM to the end of an idle engine: 0.4 to 0.6 s measured with vLLM's CPU build.
    package static let stop = 0.5
    /// Of a second and later sleep: 0.68 s (llm-d-benchmark PR 103).
    package static let sleep = 0.7
}
