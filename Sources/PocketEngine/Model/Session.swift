import CKernels

/// One sequence in a model: its cache and its working memory. Used by one thread at a time.
///
/// The results at a position are bit-identical whether its token was appended alone or with others.
final class Session {
    private let model: Qwen2
    private let cache: KVCache
    private let chunk: Int
    /// One row per token, padded to a multiple of sixteen.
    private let hidden: FloatBuffer
    private let normed: FloatBuffer
    private let query: FloatBuffer
    private let key: FloatBuffer
    private let value: FloatBuffer
    private let attended: FloatBuffer
    private let gate: FloatBuffer
    private let up: FloatBuffer
    /// Of one head: what each position weighs [capacity], and the weighted sum of their values [headDim].
    private let scores: FloatBuffer
    private let sums: FloatBuffer
    private let output: FloatBuffer

    private static let longestChunk = 32

    /// Allocates a sequence of at most `capacity` tokens.
    init(model: Qwen2, capacity: Int) {
        let config = model.config
        self.model = model
        cache = KVCache(config: config, capacity: capacity)
        let chunk = min(Self.longestChunk, capacity)
        self.chunk = chunk
        func rows(_ width: Int) -> FloatBuffer { FloatBuffer(chunk * width.paddedToPanel) }
        hidden = rows(config.hiddenSize)
        normed = rows(config.hiddenSize)
        query = rows(config.heads * config.headDim)
        attended = rows(config.heads * config.headDim)
        key = rows(config.keyValueHeads * config.headDim)
        value = rows(config.keyValueHeads * config.headDim)
        gate = rows(config.intermediateSize)
        up = rows(config.intermediateSize)
        scores = FloatBuffer(capacity)
        sums = FloatBuffer(config.headDim)
        output = FloatBuffer(model.head.rows)
    }

    /// Number of tokens appended so far.
    var length: Int { cache.length }

    /// Runs `tokens` through the layers in chunks. `afterChunk` is called with the number of tokens of each chunk; it may
    /// throw to stop.
    func append(_ tokens: ArraySlice<Int>, afterChunk: (Int) throws -> Void) rethrows {
        var rest = tokens
        while !rest.isEmpty {
            let part = rest.prefix(chunk)
            rest = rest.dropFirst(chunk)
            forward(part)
            try afterChunk(part.count)
        }
    }

    /// Output of the head for a token of the last chunk, by its index in the chunk: logits [vocabularySize], or one raw score.
    /// Valid until the next call.
    func head(at index: Int) -> UnsafeBufferPointer<Float> {
        let width = model.config.hiddenSize.panelCount
        Kernels.rmsNorm(
            hidden.panels + index * width, weight: model.finalNorm.panels, count: model.config.hiddenSize,
            epsilon: model.config.rmsNormEpsilon, into: normed.panels)
        model.head.multiply(
            normed.pointer, inputStride: normed.count, tokens: 1, into: output.pointer,
            outputStride: output.count)
        return UnsafeBufferPointer(start: output.pointer, count: model.head.rows)
    }

    private func forward(_ tokens: ArraySlice<Int>) {
        let config = model.config
        for (index, token) in tokens.enumerated() {
            (hidden.pointer + index * config.hiddenSize.paddedToPanel).update(
                from: model.embeddings.pointer + token * config.hiddenSize, count: config.hiddenSize)
        }
        for (index, layer) in model.layers.enumerated() {
            attention(layer, index: index, tokens: tokens.count)
            feedForward(layer, tokens: tokens.count)
        }
        cache.advance(by: tokens.count)
    }

    private func attention(_ layer: Qwen2.Layer, index: Int, tokens: Int) {
        let config = model.config
        let queryStride = (config.heads * config.headDim).paddedToPanel
        let keyStride = (config.keyValueHeads * config.headDim).paddedToPanel
        norm(layer.inputNorm, tokens: tokens)
        project(layer.query, normed, tokens, into: query)
        project(layer.key, normed, tokens, into: key)
        project(layer.value, normed, tokens, into: value)
        for token in 0..<tokens {
            let position = cache.length + token
            model.rotation.turn(query.pointer + token * queryStride, heads: config.heads, position: position)
            model.rotation.turn(
                key.pointer + token * keyStride, heads: config.keyValueHeads, position: position)
            cache.store(
                key: key.pointer + token * keyStride, value: value.pointer + token * keyStride, layer: index,
                position: position)
        }
        for token in 0..<tokens {
            for head in 0..<config.heads {
                let offset = token * queryStride + head * config.headDim
                attend(
                    query.pointer + offset, layer: index, head: head / (config.heads / config.keyValueHeads),
                    positions: cache.length + token + 1, into: attended.pointer + offset)
            }
        }
        project(layer.attentionOutput, attended, tokens, into: normed)
        Kernels.add(hidden.panels, normed.panels, panels: tokens * config.hiddenSize.panelCount)
    }

    /// softmax(q·K / sqrt(headDim)) · V over the first `positions` tokens, for one head.
    private func attend(
        _ query: UnsafeMutablePointer<Float>, layer: Int, head: Int, positions: Int,
        into output: UnsafeMutablePointer<Float>
    ) {
        let dims = model.config.headDim
        rsd_multiply(
            false, cache.keys(layer: layer, head: head), dims, nil, positions.panelCount, dims, query, dims, 1,
            scores.pointer, scores.count, Kernels.areWide)
        let total = rsd_exponentials(scores.pointer, positions, 1 / Float(dims).squareRoot(), Kernels.areWide)
        rsd_multiply(
            false, cache.values(layer: layer, head: head), cache.capacity, nil, dims.panelCount, positions,
            scores.pointer, positions, 1, sums.pointer, sums.count, Kernels.areWide)
        for dim in 0..<dims { output[dim] = sums.pointer[dim] / total }
    }

    private func feedForward(_ layer: Qwen2.Layer, tokens: Int) {
        norm(layer.postNorm, tokens: tokens)
        project(layer.gate, normed, tokens, into: gate)
        project(layer.up, normed, tokens, into: up)
        rsd_gate(gate.pointer, up.pointer, tokens * model.config.intermediateSize.panelCount, Kernels.areWide)
        project(layer.down, gate, tokens, into: normed)
        Kernels.add(hidden.panels, normed.panels, panels: tokens * model.config.hiddenSize.panelCount)
    }

    private func norm(_ weight: FloatBuffer, tokens: Int) {
        let width = model.config.hiddenSize.panelCount
        for token in 0..<tokens {
            Kernels.rmsNorm(
                hidden.panels + token * width, weight: weight.panels, count: model.config.hiddenSize,
                epsilon: model.config.rmsNormEpsilon, into: normed.panels + token * width)
        }
    }

    private func project(_ matrix: Matrix, _ input: FloatBuffer, _ tokens: Int, into output: FloatBuffer) {
        matrix.multiply(
            input.pointer, inputStride: matrix.columns.paddedToPanel, tokens: tokens, into: output.pointer,
            outputStride: matrix.rows.paddedToPanel)
    }
}
