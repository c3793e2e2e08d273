import Testing

@testable import ModelLifecycle

/// What vLLM 0.32 writes when it cannot start, and what becomes of it.
@Suite("vLLM's log of a failed start") struct VLLMLogTests {
    struct Words: Sendable, CustomTestStringConvertible {
        var log: String
        var expected: StartFailure.Kind
        var says: [String] = []
        var testDescription: String { log }
    }

    private static func pointer(_ status: String) -> String {
        "RuntimeError: Engine core initialization failed. See root cause above. Failed core proc(s): {'EngineCore': \(status)}"
    }

    static let words = [
        Words(
            log: "vllm: error: unrecognized arguments: --max-modle-len 512", expected: .because,
            says: ["--max-modle-len 512", "`args`"]),
        Words(
            log: "vllm serve: error: argument --kv-cache-dtype: invalid choice: 'pigeon' (choose from auto, fp8)",
            expected: .because, says: ["--kv-cache-dtype", "'pigeon'"]),
        Words(log: "OSError: [Errno 98] Address already in use", expected: .portTaken),
        Words(
            log: "(APIServer pid=7) pydantic_core._pydantic_core.ValidationError: 1 validation error for ModelConfig\n"
                + "(APIServer pid=7)   Value error, User-specified max_model_len (20000) is greater than the derived "
                + "max_model_len (max_position_embeddings=8192.0 or model_max_length=None in model's config.json). To allow "
                + "overriding this maximum, set the env var VLLM_ALLOW_LONG_MAX_MODEL_LEN=1.",
            expected: .because, says: ["20000", "8192", "`context: 20000`"]),
        Words(
            log: "(APIServer pid=7)   Value error, Model architectures ['Qwen9ForCausalLM'] are not supported for now. "
                + "Supported architectures: dict_keys(['AfmoeForCausalLM'])",
            expected: .because, says: ["the architecture Qwen9ForCausalLM"]),
        Words(
            log: "(EngineCore pid=9) ERROR 11-24 21:03:39 [core.py:1093] ValueError: Free memory on device cuda:0 "
                + "(10.5/79.18 GiB) on startup is less than desired GPU memory utilization (0.92, 72.85 GiB). Decrease GPU "
                + "memory utilization or reduce GPU memory used by other processes.",
            expected: .noMemory, says: ["10.5 of 79.18 GiB", "cuda:0", "72.85 GiB", "(0.92)"]),
        Words(
            log: "ValueError: Available memory on node 0 (13.3/17.84 GiB) on startup is less than desired CPU memory "
                + "utilization (0.99, 17.66 GiB).",
            expected: .noMemory, says: ["13.3 of 17.84 GiB", "17.66 GiB", "0.99"]),
        Words(log: "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2 GiB.", expected: .noMemory),
        Words(
            log: "ValueError: To serve at least one request with the model's max seq len (8192), (0.18 GiB KV cache is "
                + "needed, which is larger than the available KV cache memory (0.02 GiB). Based on the available memory, "
                + "the estimated maximum model length is 768. Try increasing `gpu_memory_utilization`",
            expected: .because, says: ["8192 tokens", "0.18 GiB", "0.02 GiB", "768 tokens would fit"]),
        Words(
            log:
                "(EngineCore pid=9) ERROR 11-24 21:03:39 [core.py:1093] RuntimeError: start (0) + length (320) exceeds "
                + "dimension size (256).",
            expected: .because, says: ["config.json does not match its weights"]),
        Words(
            log: "AssertionError: Attempted to load weight (torch.Size([96])) into parameter (torch.Size([64]))",
            expected: .because, says: ["config.json does not match its weights"]),
        Words(
            log:
                "safetensors_rust.SafetensorError: Error while deserializing header: incomplete metadata, file not fully "
                + "covered", expected: .because, says: ["Copy them again"]),
        Words(
            log: "huggingface_hub.errors.HFValidationError: Repo id must be in the form 'repo_name' or "
                + "'namespace/repo_name': '/no/such/model'.", expected: .because,
            says: ["no checkpoint at the model's path"]),
        Words(log: "RuntimeError: Failed to infer device type", expected: .because, says: ["setup-vllm --cpu"]),
        Words(
            log: "ModuleNotFoundError: No module named 'xgrammar'", expected: .because,
            says: ["the Python package xgrammar"]),
        Words(
            log: "ValueError: Load format `pigeon` is not supported", expected: .said,
            says: ["vLLM reports", "`pigeon`"]),
        Words(
            log: "", expected: .noMemory, says: ["ended without an error message", "Request more memory for the job"]),
        Words(
            log: "(APIServer pid=7) RuntimeError: Engine core initialization failed. See root cause above. Failed core "
                + "proc(s): {'EngineCore': -9}", expected: .noMemory, says: ["ended without an error message"]),
        Words(log: pointer("-4"), expected: .because, says: ["SIGILL", "processor lacks instructions"]),
        Words(log: pointer("-7"), expected: .because, says: ["SIGBUS", "/dev/shm"]),
        Words(log: pointer("-11"), expected: .said, says: ["crashed", "SIGSEGV"]),
        // An exception without a message; what one process says within the traceback of another.
        Words(
            log: """
                (EngineCore_DP0 pid=9) ERROR 11-24 21:03:39 [core.py:1] Traceback (most recent call last):
                (EngineCore_DP0 pid=9) ERROR 11-24 21:03:39 [core.py:1]   File "/venv/vllm/v1/worker/a.py", line 7, in f
                (APIServer pid=7) INFO 11-24 21:03:39 [api.py:3] waiting
                (EngineCore_DP0 pid=9) ERROR 11-24 21:03:39 [core.py:1]     assert size
                (EngineCore_DP0 pid=9) ERROR 11-24 21:03:39 [core.py:1] AssertionError
                """, expected: .said, says: ["vLLM reports: AssertionError (a.py, line 7)"]),
        Words(
            log: "Traceback (most recent call last):\n  File \"b.py\", line 3\n    x()\nvllm.exceptions.Unheard: of",
            expected: .said, says: ["vLLM reports: vllm.exceptions.Unheard: of"]),
        // Remarks that starts make which succeed are not to blame.
        Words(
            log:
                "WARNING 11-24 21:03:39 [a.py:3] No module named 'flashinfer', errors like OSError: [Errno 98] Address already "
                + "in use\nKeyError: 'lm_head'", expected: .said, says: ["vLLM reports: KeyError: 'lm_head'"]),
        Words(
            log:
                "RuntimeError: [enforce fail at alloc_cpu.cpp:124] err == 0. DefaultCPUAllocator: can't allocate memory: you "
                + "tried to allocate 99999999999999999999999999 bytes.", expected: .noMemory, says: ["memory ran out"]),
    ]

    /// The cause stands far above this, which ends the log of whatever went wrong in the engine's process.
    private static let end = """

        (APIServer pid=7) RuntimeError: Engine core initialization failed. See root cause above. Failed core proc(s): {}
        """

    @Test("the cause of a failed start is found", arguments: words)
    func causes(_ words: Words) throws {
        let failure = try #require(VLLMLog("INFO 11-24 21:03:39 [api.py:3] starting\n" + words.log + Self.end).failure)
        #expect(failure.kind == words.expected)
        for part in words.says { #expect(failure.sentence.contains(part), "'\(part)' in \(failure.sentence)") }
    }

    @Test("a core that ended with an error and said nothing of it is not explained by guesses")
    func unknownReason() {
        for status in ["1", "-2147483649"] { #expect(VLLMLog(Self.pointer(status)).failure == nil, "\(status)") }
    }

    @Test("no error, no failure; its last lines are shown")
    func silence() {
        let log = VLLMLog("INFO 11-24 21:03:39 [a.py:3] one\nINFO 11-24 21:03:39 [a.py:4] two")
        #expect(log.failure == nil)
        #expect(log.tellingLines == ["one", "two"])
    }
}

extension StartFailure {
    enum Kind { case portTaken, noMemory, because, said }

    var kind: Kind {
        switch self {
        case .portTaken: .portTaken
        case .noMemory: .noMemory
        case .because: .because
        case .said: .said
        }
    }

    var sentence: String {
        switch self {
        case .portTaken: ""
        case .noMemory(let why, let remedy), .because(let why, let remedy): "\(why). \(remedy ?? "")"
        case .said(let words): words
        }
    }
}
