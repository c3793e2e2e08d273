/// Counts the weights of a checkpoint from its tensor headers.
///
/// FLOPs are 2N per text token, so N leaves out what such a token does not pass through: parts for images and sound,
/// layers that predict further tokens, experts that are not chosen, and a second copy of tied embeddings.
struct WeightCount {
    private var dense = 0
    /// Weights of routed experts.
    private var routed = 0
    private var leftOut: Set<String> = []
    /// The numbers of the experts in each layer, by their name prefix.
    private var numbers: [Substring: Set<Substring>] = [:]
    /// Sizes of tensors that contain all experts of a layer.
    private var together: Set<Int> = []

    /// - Parameters:
    ///   - tensors: of all files together.
    ///   - quantisation: settings in a file other than config.json.
    static func size(
        _ tensors: [String: StoredTensor], config: CheckpointConfig, quantisation: CheckpointJSON?, source: String
    ) -> ModelSize {
        do throws(WeightPacking.Unknown) {
            let packing = try WeightPacking(tensors, settings: quantisation)
            var count = WeightCount()
            // Sorted, so that the same checkpoint always gives the same reason.
            for (name, tensor) in tensors.sorted(by: { $0.key < $1.key }) {
                try count.add(name, tensor, packing, config)
            }
            return try count.size(config, packing, source: source)
        } catch {
            return ModelSize(parameters: nil, source: error.reason)
        }
    }

    private mutating func add(
        _ name: String, _ tensor: StoredTensor, _ packing: WeightPacking, _ config: CheckpointConfig
    ) throws(WeightPacking.Unknown) {
        let path = TensorPath(name)
        if let part = path.partNotMet(by: config) {
            leftOut.insert(part)
            return
        }
        if let reason = path.reasonToSkipOutput(of: config, hasInput: { packing.tensors.keys.hasInput }) {
            leftOut.insert(reason)
            return
        }
        let weights = try packing.weights(in: name, tensor)
        switch path.experts(tensor, of: config) {
        case nil: dense = dense.plus(weights)
        case .one(let number, let layer):
            numbers[layer, default: []].insert(number)
            routed = routed.plus(weights)
        case .all:
            if tensor.shape.count > 2, let first = tensor.shape.first { together.insert(first) }
            routed = routed.plus(weights)
        }
    }

    private func size(_ config: CheckpointConfig, _ packing: WeightPacking, source: String)
        throws(WeightPacking.Unknown) -> ModelSize
    {
        var notes = [source]
        if let method = packing.method { notes.append("unpacked from \(method)") }
        notes += leftOut.sorted().map { "without \($0)" }
        let total = dense.plus(routed)
        guard routed > 0 || (config.experts ?? 0) > 1 else {
            return ModelSize(parameters: total, total: total, source: notes.joined(separator: ", "))
        }
        do throws(WeightPacking.Unknown) {
            let (all, chosen) = try experts(config)
            notes.append("\(chosen) of \(all) experts")
            let active = dense.plus(Int(bounding: Double(routed) * Double(chosen) / Double(all)))
            return ModelSize(parameters: active, total: total, source: notes.joined(separator: ", "))
        } catch {
            return ModelSize(parameters: nil, total: total, source: error.reason)
        }
    }

    /// The number of experts in a layer, and of those that a token passes through.
    private func experts(_ config: CheckpointConfig) throws(WeightPacking.Unknown) -> (all: Int, chosen: Int) {
        func unknown(_ reason: String) -> WeightPacking.Unknown {
            WeightPacking.Unknown(reason: "the model is a mixture of experts, but \(reason)")
        }
        guard routed > 0 else { throw unknown("its expert tensors are unknown") }
        guard !config.hasRestingExperts else { throw unknown("the number of active experts varies") }
        let seen = together.union(numbers.values.map(\.count))
        guard let all = config.experts ?? seen.first, all > 0, seen.subtracting([all]).isEmpty else {
            throw unknown("the number of experts differs between layers")
        }
        guard let chosen = config.expertsPerToken, (1...all).contains(chosen) else {
            throw unknown("config.json does not give the number of active experts")
        }
        return (all, chosen)
    }
}

extension TensorPath {
    /// Why engines do not load an output layer; nil for one that they load, and for all other tensors.
    fileprivate func reasonToSkipOutput(of config: CheckpointConfig, hasInput: () -> Bool) -> String? {
        guard isOutput else { return nil }
        if config.scores { return "the output layer, which a model that scores does not use" }
        return config.tiesEmbeddings && hasInput() ? "the output layer, which is the embedding" : nil
    }
}

extension Collection<String> {
    fileprivate var hasInput: Bool { contains { TensorPath($0).isInput } }
}

extension CheckpointMemory {
    /// Adds the tensors that engines load.
    mutating func add(_ files: [any WeightsFile], of config: CheckpointConfig) {
        for file in files where file.tensors == nil { stored.merge(file.bytesByType) { $0.plus($1) } }
        let tensors = files.compactMap(\.tensors)
        let hasInput = tensors.contains { $0.keys.hasInput }
        for (name, tensor) in tensors.joined() {
            let path = TensorPath(name)
            guard path.reasonToSkipOutput(of: config, hasInput: { hasInput }) == nil,
                !path.predictsFurther(of: config)
            else { continue }
            func add(to part: Part) { parts[part, default: [:]][tensor.type, default: 0] += tensor.bytes }
            stored[tensor.type, default: 0] = stored[tensor.type, default: 0].plus(tensor.bytes)
            if path.isInput { add(to: .input) }
            if path.isOutput { add(to: .output) }
            if path.experts(tensor, of: config) != nil { add(to: .experts) }
            if path.isInLayer, tensor.shape.count > 1, tensor.isFraction { add(to: .matrices) }
        }
    }
}

extension CheckpointConfig {
    /// Whether the model returns scores rather than text.
    fileprivate var scores: Bool {
        architectures.contains { name in
            [
                "ForTokenClassification", "ForSequenceClassification", "ForProcessRewardModel", "ForPrmModel",
                "RewardModel",
            ]
            .contains(where: name.hasSuffix)
        }
    }

    /// Experts per layer that the router chooses from; nil if there are none, or their number differs between layers.
    fileprivate var experts: Int? {
        alike(["num_local_experts", "num_experts", "n_routed_experts", "moe_num_experts", "num_moe_experts"])
    }

    /// Experts that the router chooses per token.
    fileprivate var expertsPerToken: Int? {
        alike([
            "num_experts_per_tok", "num_experts_per_token", "experts_per_token", "moe_topk", "moe_top_k", "moe_k",
            "top_k_experts",
        ])
    }

    /// LongCat's router may choose experts that compute nothing.
    fileprivate var hasRestingExperts: Bool { (whole("zero_expert_num") ?? 0) > 0 }

    /// A number that some models give per layer; nil if the layers differ.
    private func alike(_ keys: [String]) -> Int? {
        let value =
            first(of: keys) ?? self["ffn_config"]?.object.flatMap { inner in keys.lazy.compactMap { inner[$0] }.first }
        guard let list = value?.elements else { return value?.whole }
        let numbers = Set(list.map(\.whole))
        return numbers.count == 1 ? numbers.first ?? nil : nil
    }

    /// Whether the output layer is the embedding. config.json omits the model's default.
    fileprivate var tiesEmbeddings: Bool {
        if let written = self["tie_word_embeddings"]?.truth { return written }
        return modelType.map(Self.tyingTypes.contains) ?? false
    }

    /// Models that tie their embeddings by default.
    private static let tyingTypes: Set<String> = [
        "bloom", "cohere", "cohere2", "falcon", "gemma", "gemma2", "gemma3", "gemma3_text", "gemma3n", "gemma3n_text",
        "gemma4", "gemma4_text", "gpt2", "gpt_bigcode", "gpt_neo", "granite_swa", "jetmoe", "lfm2", "lfm2_moe", "mpt",
        "opt",
        "recurrent_gemma", "smollm3", "starcoder2", "vaultgemma", "xglm",
    ]
}
