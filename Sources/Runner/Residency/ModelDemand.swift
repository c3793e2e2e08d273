import Checkpoints
import Decoding
import JobSpecs
import ModelLifecycle

/// The demand of one engine's model on the memory that engines share.
package struct ModelDemand: Sendable, Equatable {
    package var engine: EngineID
    /// Whether its engine only reads text, as a PRM's does; false for a PRM that shares its engine.
    var readsOnly = false
    /// Bytes of the loaded weights, on each of its GPUs.
    package var weights: Int
    /// How it is spread over GPUs.
    package var gpus = ModelSpread.one
    /// Bytes of KV cache per token, on each of its GPUs.
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

    /// Number of requests of full length that a cache holds.
    func longRequests(inCache bytes: Int) -> Int {
        (bytes / max(1, cachePerToken.times(longRequest))).times(gpus.data)
    }

    /// Number of concurrent requests that a cache can hold, each with its prompt and half of a response of so many tokens.
    package func requests(inCache bytes: Int, answering tokens: Double) -> Int {
        let each = min(longRequest, Self.promptTokens.plus(Int(bounding: tokens / 2)))
        return (bytes / max(1, cachePerToken.times(each))).times(gpus.data)
    }
}

extension ModelDemand {
    /// Assumed tokens of a prompt.
    private static let promptTokens = 512

    init(
        _ id: EngineID, model: ModelSpec, memory: CheckpointMemory, job: JobSpec, sideBySide: Int,
        readsOnly: Bool = false, isOnGPU: Bool = true
    ) {
        let engine = job.engine
        let flags = engine.args(for: model)
        func flag(_ name: String) -> String? { flags.last { $0.flag == name }?.value }
        let type = engine.kind.numberType ?? flag("dtype").flatMap(NumberType.init(flag:)) ?? .automatic
        let cacheType = flag("kv-cache-dtype").flatMap(NumberType.init(flag:)) ?? type
        // Without GPUs, all parts of a model share the machine's memory.
        let spread = isOnGPU ? engine.spread(of: model) : .one
        let wanted = job.decoding.maxTokens.plus(Self.promptTokens)
        let context = model.context ?? flag("max-model-len").flatMap(Int.init(humanReadable:)) ?? memory.contextLength
        self.engine = id
        self.readsOnly = readsOnly
        let weights = memory.weights(
            as: type, over: spread, quantisedBy: flag("quantization").flatMap(LoadQuantisation.init))
        let offloaded = max(0, flag("cpu-offload-gb").flatMap(Double.init).map(Int.gibibytes) ?? 0)
        self.weights = max(0, weights.plus(-offloaded))
        gpus = engine.spread(of: model)
        cachePerToken = memory.cachePerToken(as: cacheType, over: spread)
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
        of job: JobSpec, models: [Role: CheckpointMemory], on machine: MachineMemory, requests: RequestsInFlight
    ) -> [ModelDemand] {
        let engines = JobEngines(job)
        return engines.all.compactMap { engine in
            guard let role = engines.namesake(of: engine), let model = job.models[role], let memory = models[role]
            else { return nil }
            return ModelDemand(
                engine, model: model, memory: memory, job: job, sideBySide: requests.sideBySide(engine),
                readsOnly: engines.roles(of: engine) == [.prm], isOnGPU: machine.mayHaveGPUs)
        }
    }
}

extension MachineMemory {
    fileprivate var mayHaveGPUs: Bool { if case .host = self { false } else { true } }
}
