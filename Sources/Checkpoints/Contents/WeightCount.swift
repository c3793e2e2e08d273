/// Counts the weights of a checkpoint from what its headers say of its tensors.
///
/// FLOPs are 2N for a token of text, so N leaves out what such a token does not meet: parts for images and sound, layers that
/// predict further tokens, experts that are not chosen, and a second copy of tied embeddings.
struct WeightCount {
    private var dense = 0
    /// Weights of experts among which a router chooses.
    private var routed = 0
    private var leftOut: Set<String> = []
    /// For each layer's experts, by what stands before their numbers: which there are.
    private var numbers: [Substring: Set<Substring>] = [:]
    /// How many experts a tensor holds that has those of a whole layer.
    private var together: Set<Int> = []

    /// - Parameters:
    ///   - tensors: of all files together.
    ///   - quantisation: what a file besides config.json says of it.
    static func size(
        _ tensors: [String: StoredTensor], config: CheckpointConfig, quantisation: CheckpointJSON?, source: String
    ) -> ModelSize {
        do throws(WeightPacking.Unknown) {
            let packing = try WeightPacking(tensors, settings: quantisation)
            var count = WeightCount()
            // In order, so that the same checkpoint always gives the same reason.
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
        if path.isOutput, config.tiesEmbeddings, packing.tensors.keys.contains(where: { TensorPath($0).isInput }) {
            leftOut.insert("the output layer, which is the embedding")
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

    /// How many experts a layer has, and how many of them a token meets.
    private func experts(_ config: CheckpointConfig) throws(WeightPacking.Unknown) -> (all: Int, chosen: Int) {
        func unknown(_ reason: String) -> WeightPacking.Unknown {
            WeightPacking.Unknown(reason: "the model is a mixture of experts, and \(reason)")
        }
        guard routed > 0 else { throw unknown("which of its tensors are experts is not known") }
        guard !config.hasRestingExperts else { throw unknown("how many of them a token meets varies") }
        let seen = together.union(numbers.values.map(\.count))
        guard let all = config.experts ?? seen.first, all > 0, seen.subtracting([all]).isEmpty else {
            throw unknown("how many a layer has is not the same everywhere")
        }
        guard let chosen = config.expertsPerToken, (1...all).contains(chosen) else {
            throw unknown("config.json does not say how many of them a token meets")
        }
        return (all, chosen)
    }
}

extension CheckpointConfig {
    /// Experts that the router of a layer chooses from; nil where there are none, or their number differs by layer.
    fileprivate var experts: Int? {
        alike(["num_local_experts", "num_experts", "n_routed_experts", "moe_num_experts", "num_moe_experts"])
    }

    /// Experts that the router chooses for a token.
    fileprivate var expertsPerToken: Int? {
        alike([
            "num_experts_per_tok", "num_experts_per_token", "experts_per_token", "moe_topk", "moe_top_k", "moe_k",
            "top_k_experts",
        ])
    }

    /// LongCat's router may choose experts that do nothing.
    fileprivate var hasRestingExperts: Bool { (whole("zero_expert_num") ?? 0) > 0 }

    /// A number that some models give for each layer.
    private func alike(_ keys: [String]) -> Int? {
        let value =
            first(of: keys) ?? self["ffn_config"]?.object.flatMap { inner in keys.lazy.compactMap { inner[$0] }.first }
        guard let list = value?.elements else { return value?.whole }
        let numbers = Set(list.map(\.whole))
        return numbers.count == 1 ? numbers.first ?? nil : nil
    }

    /// Whether the output layer is the embedding. config.json leaves out what is the model's default.
    fileprivate var tiesEmbeddings: Bool {
        if let written = self["tie_word_embeddings"]?.truth { return written }
        return modelType.map(Self.tyingTypes.contains) ?? false
    }

    /// Models that tie their embeddings unless config.json says otherwise.
    private static let tyingTypes: Set<String> = [
        "bloom", "cohere", "cohere2", "falcon", "gemma", "gemma2", "gemma3", "gemma3_text", "gemma3n", "gemma3n_text",
        "gemma4", "gemma4_text", "gpt2", "gpt_bigcode", "gpt_neo", "granite_swa", "jetmoe", "lfm2", "lfm2_moe", "mpt",
        "opt",
        "recurrent_gemma", "smollm3", "starcoder2", "vaultgemma", "xglm",
    ]
}
