import Checkpoints
import Decoding
import JobSpecs

/// The demand of one engine's model on the memory that engines share.
package struct ModelDemand: Sendable, Equatable {
    package var engine: EngineID
    /// Whether its engine only reads text, as a PRM's does; false for a PRM that shares its engine.
    var readsOnly = false
    /// Bytes of the loaded weights.
    package var weights: Int
    /// Bytes of KV cache per token.
    package var cachePerToken: Int
    /// Tokens of the longest request that the engine accepts; its cache must have room for one.
    package var context: Int
    /// Tokens of a long request of this job.
    var longRequest: Int
    /// Maximum number of requests that the engine runs concurrently.
    package var sideBySide: Int
    /// The share of the GPU that the job sets for this model.
    var fixedShare: Double?
    /// Bytes of cache that the job sets for this model.
    var fixedCache: Int?

    /// Number of long requests that a cache should hold. Generators keep many long texts; a PRM reads a text once and drops it.
    var usefulRequests: Int { min(sideBySide, readsOnly ? 2 : 8) }

    /// Bytes of cache that the engine needs to start.
    var leastCache: Int { fixedCache ?? cachePerToken.times(context) }

    /// Bytes of cache that let requests run concurrently.
    var usefulCache: Int { fixedCache ?? max(leastCache, cachePerToken.times(longRequest).times(usefulRequests)) }

    /// Bytes of cache beyond which more would hardly help: few texts reach the limit, and texts in progress are on average half
    /// written.
    var greatestCache: Int {
        fixedCache ?? max(leastCache, cachePerToken.times(longRequest).times(min(sideBySide, Self.mostLongRequests)))
    }

    private static let mostLongRequests = 64

    /// Number of concurrent requests that a cache can hold, each with its prompt and half of a response of so many tokens.
    package func requests(inCache bytes: Int, answering tokens: Double) -> Int {
        let each = min(longRequest, Self.promptTokens.plus(Int(bounding: tokens / 2)))
        return bytes / max(1, cachePerToken.times(each))
    }
}

extension ModelDemand {
    /// Assumed tokens of a prompt.
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

    /// Demands of the engines that a job's methods need, in the order of a wave.
    ///
    /// - Parameter models: see ``LoadedJob/memory``.
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

    /// Bytes of weights that vLLM quantises while loading. The saving depends on the layers, so this is a cautious estimate.
    private static func quantised(_ bytes: Int, _ memory: CheckpointMemory, by method: String?) -> Int {
        guard let method, !memory.isQuantised else { return bytes }
        return method == "bitsandbytes" ? bytes.times(2) / 5 : method == "fp8" ? bytes.times(3) / 5 : bytes
    }
}

extension EngineSpec {
    private static let mostGPUs = 4096

    /// Number of GPUs over which one model is spread.
    package func parallelism(of model: ModelSpec) -> Int {
        let flags = args(for: model)
        let product = ["tensor-parallel-size", "pipeline-parallel-size"].reduce(1) { product, name in
            product.times(max(1, flags.last { $0.flag == name }?.value.flatMap { Int($0) } ?? 1))
        }
        return min(product, Self.mostGPUs)
    }
}
