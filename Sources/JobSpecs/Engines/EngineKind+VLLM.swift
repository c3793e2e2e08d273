import ModelLifecycle
import Support

extension EngineKind {
    /// vLLM, in its GPU and CPU builds.
    package static let vllm = EngineKind(
        name: "vllm", title: "vLLM", dialect: { VLLMDialect(installation: .named($0)) },
        usesVenv: true, residency: .auto, startsWarm: true, rendersChat: true, speculates: true,
        usesTransformers: true, batchInvariantVariable: "VLLM_BATCH_INVARIANT", usesGPU: true, freesGPUAsleep: true,
        dividesMemory: true,
        footprint: { if case .host = $0 { .vllmOnCPU } else { .vllmOnGPU } },
        hardware: { if case .host = $0 { .cpu } else { .gpu } },
        unknownStart: 120, leastWork: 30)
}

extension EngineFootprint {
    /// Asleep, an engine kept 1.0 GiB (3B model) and 1.75 GiB (8B) in llm-d's benchmarks; the rest are estimates.
    package static let vllmOnGPU = EngineFootprint(
        outside: .gibibytes(0.75), working: .gibibytes(1.5), asleep: .gibibytes(1.75), host: .gibibytes(3),
        standby: .gibibytes(3), leastCache: 0)

    /// Measured: 3.4 GiB with a model of 135 million weights, and 1.3 to 1.7 GiB before loading one.
    static let vllmOnCPU = EngineFootprint(
        outside: 0, working: .gibibytes(3.5), asleep: 0, host: 0, standby: .gibibytes(2),
        leastCache: .gibibytes(0.25))
}

extension HardwareAssumptions {
    /// From a small GPU to an H100. Published figures: cold starts of 21 to 60 s for vLLM 0.11 with models of 0.6B to 4B; throughput of
    /// 2,300 to 12,600 tokens per second for models of 7B and 8B (vLLM PR 7117, PR 18566).
    package static let gpu = HardwareAssumptions(
        name: "vLLM on a GPU", start: PlanRange(low: 10, expected: 40, high: 120),
        warm: WarmStarts(
            imports: PlanRange(low: 5, expected: 10, high: 25), start: PlanRange(low: 3, expected: 25, high: 110),
            source: "assumed: a cold start minus 10 to 20 s of imports"),
        loading: PlanRange(low: 3e8, expected: 1.5e9, high: 5e9), wake: PlanRange(low: 0.1, expected: 1.5, high: 10),
        bandwidth: PlanRange(low: 1e11, expected: 5e11, high: 2e12),
        compute: PlanRange(low: 2e13, expected: 1e14, high: 4e14))

    static let cpu = HardwareAssumptions(
        name: "vLLM's CPU build", start: PlanRange(low: 15, expected: 45, high: 150),
        warm: WarmStarts(
            imports: PlanRange(low: 5, expected: 6, high: 25), start: PlanRange(low: 0.7, expected: 1.2, high: 5),
            source: "0.8 to 1.5 s measured on two cores"),
        loading: PlanRange(low: 1e8, expected: 1e9, high: 5e9), wake: PlanRange(exactly: 0),
        bandwidth: PlanRange(low: 3e9, expected: 2e10, high: 1.5e11),
        compute: PlanRange(low: 2e10, expected: 2e11, high: 2e12))
}
