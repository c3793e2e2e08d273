import Checkpoints
import Decoding
import JobSpecs

/// What the model of one engine needs of the memory that engines share.
package struct ModelDemand: Sendable, Equatable {
    package var engine: EngineID
    /// Whether it reads texts and writes none, as a PRM does; one that shares its engine does not count.
    var readsOnly = false
    /// Bytes, loaded.
    package var weights: Int
    /// Bytes of the KV cache for one token.
    package var cachePerToken: Int
    /// Tokens of the longest request that the engine takes: it must have a cache for one such.
    package var context: Int
    /// Tokens of a long request of this job.
    var longRequest: Int
    /// Requests that the engine works on side by side at most.
    package var sideBySide: Int
    /// The part of the GPU that the job gives to this model itself.
    var fixedShare: Double?
    /// The cache that the job gives to this model itself, in bytes.
    var fixedCache: Int?

    /// Generators keep many long texts in their caches; a PRM reads a text once and drops it.
    var usefulRequests: Int { min(sideBySide, readsOnly ? 2 : 8) }

    /// Bytes without which the engine would not start.
    var leastCache: Int { fixedCache ?? cachePerToken.times(context) }

    /// Bytes with which requests run side by side.
    var usefulCache: Int { fixedCache ?? max(leastCache, cachePerToken.times(longRequest).times(usefulRequests)) }

    /// Bytes beyond which hardly a request would wait less: few texts grow as long as they may, and those that are being written
    /// have come half the way.
    var greatestCache: Int {
        fixedCache ?? max(leastCache, cachePerToken.times(longRequest).times(min(sideBySide, Self.mostLongRequests)))
    }

    private static let mostLongRequests = 64

    /// Requests that a cache holds side by side, each with its prompt and come half the way to an answer of so many tokens.
    package func requests(inCache bytes: Int, answering tokens: Double) -> Int {
        let each = min(longRequest, Self.promptTokens.plus(Int(bounding: tokens / 2)))
        return bytes / max(1, cachePerToken.times(each))
    }
}

extension ModelDemand {
    /// Tokens that a prompt is taken to have, where nothing is known of it.
    private static let promptTokens = 512

    init(
        _ id: EngineID, model: ModelSpec, memory: CheckpointMemory, job: JobSpec, sideBySide: Int,
        readsOnly: Bool = false
    ) {
        let engine = job.engine
        let flags = engine.args(for: model)
        func flag(_ name: String) -> String? { flags.last { $0.flag == name }?.value }
        let type = engine.kind.numberType ?? flag("dtype").flatMap(NumberType.init(flag:)) ?? .automatic
        let cacheType = flag("kv-cache-dtype").flatMap(NumberType.init(flag:)) ?? type
        let parts = engine.parallelism(of: model)
        let wanted = job.decoding.maxTokens.plus(Self.promptTokens)
        let context = model.context ?? flag("max-model-len").flatMap(Int.init(humanReadable:)) ?? memory.contextLength
        self.engine = id
        self.readsOnly = readsOnly
        let weights = memory.weights(as: type)
        let offloaded = max(0, flag("cpu-offload-gb").flatMap(Double.init).map(Int.gibibytes) ?? 0)
        self.weights = max(0, (Self.quantised(weights, memory, by: flag("quantization")) / parts).plus(-offloaded))
        cachePerToken = memory.cachePerToken(as: cacheType) / parts
        self.context = context ?? wanted
        longRequest = min(wanted, self.context)
        self.sideBySide = sideBySide
        fixedShare = model.args.last { $0.flag == "gpu-memory-utilization" }?.value.flatMap(Double.init)
        let space = engine.env["VLLM_CPU_KVCACHE_SPACE"].flatMap(Double.init).map(Int.gibibytes)
        fixedCache = space ?? flag("kv-cache-memory-bytes").flatMap(Int.init(humanReadable:))
    }

    /// Of the engines that a job's methods need, in the order of a wave.
    ///
    /// - Parameter models: what the checkpoints tell, see ``LoadedJob/memory``.
    package static func all(
        of job: JobSpec, models: [Role: CheckpointMemory], requests: RequestsInFlight
    ) -> [ModelDemand] {
        let engines = JobEngines(job)
        return engines.all.compactMap { engine in
            guard let role = engines.namesake(of: engine), let model = job.models[role], let memory = models[role]
            else { return nil }
            return ModelDemand(
                engine, model: model, memory: memory, job: job, sideBySide: requests.sideBySide(engine),
                readsOnly: engines.roles(of: engine) == [.prm])
        }
    }

    /// Weights that vLLM packs while it loads them take less; how much depends on the layers, so this is on the safe side.
    private static func quantised(_ bytes: Int, _ memory: CheckpointMemory, by method: String?) -> Int {
        guard let method, !memory.isQuantised else { return bytes }
        return method == "bitsandbytes" ? bytes.times(2) / 5 : method == "fp8" ? bytes.times(3) / 5 : bytes
    }
}

extension EngineSpec {
    private static let mostGPUs = 4096

    /// GPUs over which one model is spread.
    package func parallelism(of model: ModelSpec) -> Int {
        let flags = args(for: model)
        let product = ["tensor-parallel-size", "pipeline-parallel-size"].reduce(1) { product, name in
            product.times(max(1, flags.last { $0.flag == name }?.value.flatMap { Int($0) } ?? 1))
        }
        return min(product, Self.mostGPUs)
    }
}
