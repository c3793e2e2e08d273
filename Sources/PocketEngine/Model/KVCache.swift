/// The keys and values of one sequence, for every layer and key/value head.
///
/// Keys are stored with sixteen positions per vector (one vector per dimension), values with sixteen dimensions per vector
/// (one vector per position), so that both halves of attention are a matrix product.
final class KVCache {
    let capacity: Int
    private(set) var length = 0
    private let heads: Int
    private let headDim: Int
    private let keys: FloatBuffer
    private let values: FloatBuffer

    /// Allocates a sequence of at most `capacity` tokens.
    init(config: ModelConfig, capacity: Int) {
        self.capacity = capacity.paddedToPanel
        heads = config.keyValueHeads
        headDim = config.headDim
        let slots = config.layers * heads * self.capacity
        keys = FloatBuffer(slots * headDim)
        values = FloatBuffer(slots * headDim.paddedToPanel)
    }

    /// The vectors of positions 16p ..< 16p + 16, dimension d: `[p * headDim + d]`.
    func keys(layer: Int, head: Int) -> UnsafePointer<Panel> {
        UnsafePointer(keys.panels + (layer * heads + head) * capacity.panelCount * headDim)
    }

    /// The vectors of dimensions 16p ..< 16p + 16 at a position: `[p * capacity + position]`.
    func values(layer: Int, head: Int) -> UnsafePointer<Panel> {
        UnsafePointer(values.panels + (layer * heads + head) * capacity * headDim.panelCount)
    }

    /// Writes one token's key and value ([heads, headDim] each) at `position`.
    func store(key: UnsafePointer<Float>, value: UnsafePointer<Float>, layer: Int, position: Int) {
        let (panel, lane) = position.quotientAndRemainder(dividingBy: panelWidth)
        for head in 0..<heads {
            let slot = layer * heads + head
            let k = keys.pointer + (slot * capacity.panelCount + panel) * headDim * panelWidth + lane
            let v = values.pointer + slot * capacity * headDim.paddedToPanel
            for dim in 0..<headDim {
                k[dim * panelWidth] = key[head * headDim + dim]
                let (p, l) = dim.quotientAndRemainder(dividingBy: panelWidth)
                v[(p * capacity + position) * panelWidth + l] = value[head * headDim + dim]
            }
        }
    }

    func advance(by tokens: Int) { length += tokens }
}
