/// How a quantised checkpoint packs its weights; gives the number of weights in each tensor.
///
/// Covers the layouts that vLLM loads: GPTQ and AWQ (`qweight`), compressed-tensors (`weight_packed`), bitsandbytes
/// (`weight` with `weight.quant_state…` or `SCB`), FP8 (`weight` with `weight_scale`), NVFP4 and MXFP4 (two per byte).
struct WeightPacking {
    /// Why the weights of a checkpoint cannot be counted.
    struct Unknown: Error { var reason: String }

    let tensors: [String: StoredTensor]
    /// `quant_method`; nil if nothing shows that the checkpoint is quantised.
    let method: String?
    /// Bits of a packed weight, if the configuration gives a single number.
    private let bits: Int?

    /// Known methods.
    private static let methods: Set<String> = [
        "auto-round", "awq", "awq_marlin", "bitsandbytes", "compressed-tensors", "eetq", "fbgemm_fp8", "fp8", "gptq",
        "gptq_marlin", "intel/auto-round", "modelopt", "modelopt_fp4", "modelopt_mixed", "modelopt_mxfp8", "mxfp4",
        "mxfp8",
        "quark",
    ]

    /// Name suffixes of auxiliary tensors for unpacking: scales, zero points, orders, shapes.
    private static let helpers: Set<String> = [
        "SCB", "absmax", "activation_scale", "g_idx", "input_global_scale", "input_scale", "input_scale_inv",
        "input_scale_ub", "input_zero_point", "k_scale", "k_zero_point", "kv_scale", "nested_absmax",
        "nested_quant_map",
        "output_scale", "output_zero_point", "pre_quant_scale", "prob_scale", "q_scale", "quant_map", "qzeros",
        "scales",
        "v_scale", "v_zero_point", "weight_format", "weight_g_idx", "weight_global_scale", "weight_scale",
        "weight_scale_2",
        "weight_scale_inv", "weight_shape", "weight_zero_point",
    ]
    /// The same for weights outside modules, such as all experts of a layer in one tensor.
    private static let helperEnds = [
        "_weight_scale", "_weight_scale_2", "_weight_scale_inv", "_input_scale", "_scales", "_scale", "_scale_2",
        "_scale_inv", "_zero_point",
    ]

    /// Buffers, which are computed or looked up rather than multiplied with.
    private static let buffers: Set<String> = [
        "causal_mask", "inv_freq", "masked_bias", "num_batches_tracked", "position_ids", "relative_position_index",
    ]

    /// - Parameter settings: `quantization_config` of config.json, or a file with the same content.
    init(_ tensors: [String: StoredTensor], settings: CheckpointJSON?) throws(Unknown) {
        self.tensors = tensors
        let isGPTQ = tensors.keys.contains { $0.hasSuffix(".qweight") }
        method =
            settings.map {
                ($0["quant_method"] ?? $0["producer"]?.object?["name"])?.text?.lowercased()
                    ?? (isGPTQ ? $0["w_bit"] == nil ? "gptq" : "awq" : "an unnamed method")
            } ?? (isGPTQ ? "gptq" : nil)
        if let method, !Self.methods.contains(method) {
            throw Unknown(reason: "the packing of '\(method)' is unknown")
        }
        bits = settings.flatMap(Self.bits)
    }

    private static func bits(_ settings: CheckpointJSON) -> Int? {
        let groups = settings["config_groups"]?.object?.values.compactMap {
            $0.object?["weights"]?.object?["num_bits"]?.whole
        }
        let all = Set(groups ?? [(settings["bits"] ?? settings["w_bit"])?.whole].compactMap(\.self))
        return all.count == 1 ? all.first.flatMap { (1...16).contains($0) ? $0 : nil } : nil
    }

    /// Number of weights in a tensor; 0 if it contains none.
    func weights(in name: String, _ tensor: StoredTensor) throws(Unknown) -> Int {
        let (stem, leaf) = Self.split(name)
        if Self.buffers.contains(leaf) || tensor.type == "BOOL" || isMask(stem, leaf, tensor) { return 0 }
        // Scales indicate packed weights even if the configuration does not.
        if Self.helpers.contains(leaf) || name.contains(".quant_state.") { return 0 }
        guard method != nil else {
            if tensor.isFraction { return tensor.count }
            return try plainWholeNumbers(name, tensor)
        }
        if leaf == "qweight" { return try packedByGPTQ(stem, name, tensor) }
        if leaf == "weight_packed" { return try packed(name, tensor) }
        if leaf.hasSuffix("_blocks"), tensors[name.dropLast(7) + "_scales"] != nil { return tensor.count.times(2) }
        if isHelperOfFused(name) { return 0 }
        if isFourBitOfBitsandbytes(name) { return tensor.count.times((tensor.bits ?? 0) / 4) }
        if tensor.isFraction { return tensor.count }
        return try wholeNumbers(name, tensor)
    }

    /// The last part of a name, and the text before it.
    static func split(_ name: String) -> (stem: Substring, leaf: String) {
        guard let dot = name.lastIndex(of: ".") else { return ("", name) }
        return (name[..<dot], String(name[name.index(after: dot)...]))
    }

    /// GPT-2's masks are named biases.
    private func isMask(_ stem: Substring, _ leaf: String, _ tensor: StoredTensor) -> Bool {
        leaf == "bias" && tensor.shape.count == 4 && tensor.shape[2] == tensor.shape[3]
            && (stem.hasSuffix("attn") || stem.hasSuffix("attention"))
    }

    private func isHelperOfFused(_ name: String) -> Bool {
        Self.helperEnds.contains { end in
            guard name.hasSuffix(end) else { return false }
            let weights = String(name.dropLast(end.count))
            return tensors[weights] != nil || tensors[weights + "_blocks"] != nil
        }
    }

    private func isFourBitOfBitsandbytes(_ name: String) -> Bool {
        ["nf4", "fp4"].contains { tensors["\(name).quant_state.bitsandbytes__\($0)"] != nil }
            || tensors["\(name).absmax"] != nil
    }

    /// An input order has one entry per input. Otherwise, compares zero points, which are packed like the weights, with
    /// scales, which are not packed, since the configured bits do not hold for every layer.
    private func packedByGPTQ(_ stem: Substring, _ name: String, _ tensor: StoredTensor) throws(Unknown) -> Int {
        if let order = tensors["\(stem).g_idx"], order.shape.count == 1, tensor.shape.count == 2, order.count > 0 {
            return order.count.times(tensor.shape[1])
        }
        if let zeros = tensors["\(stem).qzeros"]?.shape.last, let scales = tensors["\(stem).scales"]?.shape.last,
            zeros > 0
        {
            return tensor.count.times(scales) / zeros
        }
        if let bits { return try unpacked(name, tensor, bits: bits) }
        throw unknown(name, tensor)
    }

    /// compressed-tensors: words of packed weights, or FP4 with two per byte.
    private func packed(_ name: String, _ tensor: StoredTensor) throws(Unknown) -> Int {
        if tensor.type == "U8" { return tensor.count.times(2) }
        // A word contains no partial weights: with 3 bits, some bits of it, or some weights at the end, are unused.
        guard let bits, 32 % bits == 0 else { throw unknown(name, tensor) }
        return try unpacked(name, tensor, bits: bits)
    }

    private func unpacked(_ name: String, _ tensor: StoredTensor, bits: Int) throws(Unknown) -> Int {
        guard let width = tensor.bits, !tensor.isFraction else { throw unknown(name, tensor) }
        return tensor.count.times(width) / bits
    }

    /// In a quantised checkpoint: one weight per byte, or two if there is a scale for each 16 or 32 of them.
    private func wholeNumbers(_ name: String, _ tensor: StoredTensor) throws(Unknown) -> Int {
        let scale = ["_scale", "_scale_inv", "_scales", "_weight_scale"].lazy.compactMap { tensors[name + $0] }.first
        if tensor.type == "I8" {
            let (stem, _) = Self.split(name)
            if scale != nil || tensors["\(stem).SCB"] != nil { return tensor.count }
        }
        if tensor.type == "U8", let scale, scale.count > 0,
            [8, 16].contains(where: { tensor.count == scale.count.times($0) })
        {
            return tensor.count.times(2)
        }
        return try plainWholeNumbers(name, tensor)
    }

    /// Indices and counts, which are not weights; bytes in a matrix may be packed weights.
    private func plainWholeNumbers(_ name: String, _ tensor: StoredTensor) throws(Unknown) -> Int {
        let isList = tensor.shape.count < 2 || (tensor.type == "I64" && tensor.shape.first == 1)
        guard isList, tensor.bits != nil else { throw unknown(name, tensor) }
        return 0
    }

    private func unknown(_ name: String, _ tensor: StoredTensor) -> Unknown {
        Unknown(reason: "the packing of \(name) (\(tensor.type)) is unknown")
    }
}
