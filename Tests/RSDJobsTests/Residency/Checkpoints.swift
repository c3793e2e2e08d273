@testable import Checkpoints
@testable import Decoding
@testable import JobSpecs
@testable import Methods
import ModelLifecycle
import OrderedCollections
@testable import Runner
@testable import Support

/// Checkpoints that people use, as their files describe them.
enum Checkpoints {
    static let math1B = qwen(layers: 28, heads: 12, groups: 2, hidden: 1536, context: 4096, bytes: 3_087_428_608)
    static let prm1B = qwen(layers: 28, heads: 12, groups: 2, hidden: 1536, context: 4096, bytes: 3_091_000_000)
    static let math7B = qwen(layers: 28, heads: 28, groups: 4, hidden: 3584, context: 4096, bytes: 15_231_233_024)
    static let math72B = qwen(layers: 80, heads: 64, groups: 8, hidden: 8192, context: 4096, bytes: 145_412_407_296)
    static let awq72B = qwen(
        layers: 80, heads: 64, groups: 8, hidden: 8192, context: 32768, bytes: 41_600_000_000, quantised: true)

    static func qwen(
        layers: Int, heads: Int, groups: Int, hidden: Int, context: Int, bytes: Int, quantised: Bool = false
    ) -> CheckpointMemory {
        let sizes = [
            "num_hidden_layers": layers, "num_attention_heads": heads, "num_key_value_heads": groups,
            "hidden_size": hidden, "max_position_embeddings": context,
        ]
        let file = CheckpointJSON(
            fields: OrderedDictionary(
                uniqueKeysWithValues: sizes.map { ($0.key, JSONValue.number(String($0.value))) }))
        var memory = CheckpointMemory(config: CheckpointConfig(file))
        memory.isQuantised = quantised
        memory.stored = quantised ? ["I32": bytes - 5_000_000_000, "F16": 5_000_000_000] : ["BF16": bytes]
        return memory
    }
}

/// Machines that people run jobs on.
enum Machines {
    static func gpu(
        _ name: String = "NVIDIA H100 80GB HBM3", total: Double = 79.1, free: Double? = nil, ram: Double = 500,
        limited: Bool = false, holders: [GPUHolder] = []
    ) -> MachineMemory {
        let device = GPUDevice(
            index: 0, name: name, uuid: "GPU-0", total: .gibibytes(total), free: .gibibytes(free ?? total),
            holders: holders)
        let host = HostMemory(total: .gibibytes(ram), available: .gibibytes(ram), isLimited: limited)
        return .gpu([device], host)
    }

    static func cpu(_ ram: Double, limited: Bool = false) -> MachineMemory {
        .host(HostMemory(total: .gibibytes(ram), available: .gibibytes(ram), isLimited: limited))
    }
}

extension JobSpec {
    /// A job that needs all three models, or one.
    static func sample(
        _ residency: ResidencyKind = .auto, kind: EngineKind = .vllm, args: [EngineArgument] = [],
        models: [Role: [EngineArgument]] = [:], groups: [[Role]]? = nil, sleepLevel: Int = 1,
        methods: [MethodKind] = [.rsd(.binaryStep(threshold: 0.7))]
    ) -> JobSpec {
        var engine = EngineSpec(
            kind: kind, residency: residency, args: args, env: [:], concurrency: 64, startTimeout: 600,
            stallTimeout: 600, stopGrace: 10)
        engine.groups = groups
        engine.sleepLevel = sleepLevel
        return JobSpec(
            name: "sample", seeds: [0],
            models: Dictionary(
                uniqueKeysWithValues: Role.named.map { role in
                    (role, ModelSpec(model: "/m/\(role)", args: models[role] ?? []))
                }),
            engine: engine, datasets: [], prompt: .template(.standard),
            decoding: DecodingSpec(
                delimiter: "\n\n", tokens: .response(2048), maxSteps: 100, temperature: 0, topP: 1, lookahead: .all),
            methods: methods.map { MethodSpec(name: "m", kind: $0) }, grading: GradingSpec(grader: .exact))
    }
}

extension RequestsInFlight {
    /// Of a job whose engines all run 256 sequences at once.
    init(_ job: JobSpec) {
        self.init(
            job,
            capacities: Dictionary(
                uniqueKeysWithValues: JobEngines(job).all.map { ($0, EngineCapacity(sequences: 256)) }))
    }

    static let sample = RequestsInFlight(.sample())
}

extension ResidencyPlan {
    init(_ job: JobSpec, models: [Role: CheckpointMemory], on machine: MachineMemory) throws {
        try self.init(job, models: models, on: machine, requests: RequestsInFlight(job))
    }
}

func argument(_ name: String, _ value: String) -> EngineArgument { EngineArgument(name: name, value: value) }
