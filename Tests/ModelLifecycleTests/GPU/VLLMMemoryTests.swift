import Testing

@testable import ModelLifecycle

/// What vLLM says when memory is short, as its source has it.
@Suite("vLLM without enough memory")
struct VLLMMemoryTests {
    @Test(
        "a lack of memory is worth another start",
        arguments: [
            (
                "ValueError: Free memory on device cuda:0 (5.2/79.1 GiB) on startup is less than desired GPU memory utilization "
                    + "(0.92, 72.77 GiB). Decrease GPU memory utilization or reduce GPU memory used by other processes.",
                "5.2 of 79.1 GiB are free on GPU cuda:0, but the engine needs 72.77 GiB"
            ),
            (
                "AssertionError: Error in memory profiling. Initial free memory 70.1 GiB, current free memory 75.0 GiB. This "
                    + "happens when other processes sharing the same container release GPU memory",
                "another process allocated or released GPU memory while vLLM measured it"
            ),
            (
                "ValueError: Available memory on node 0 (3.1/17.84 GiB) on kv cache allocation is less than requested memory for "
                    + "kv (8.0 GiB). Decrease --kv-cache-memory-bytes, VLLM_CPU_KVCACHE_SPACE",
                "3.1 GiB of this machine's memory are free, but the KV cache needs 8.0 GiB"
            ),
        ])
    func anotherStart(line: String, told: String) {
        let log =
            "(EngineCore pid=7) ERROR 11-24 10:00:00 [core.py:1] \(line)\nRuntimeError: Engine core initialization failed."
        guard case .noMemory(let why, _) = VLLMLog(log).failure else {
            Issue.record("not understood: \(line)")
            return
        }
        #expect(why.hasPrefix(told))
    }
}
