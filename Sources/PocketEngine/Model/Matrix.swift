import CKernels

/// Zeroed floats, owned, aligned for sixteen-wide vectors and padded to a multiple of sixteen.
final class FloatBuffer {
    let pointer: UnsafeMutablePointer<Float>
    let count: Int

    init(_ count: Int) {
        self.count = count.paddedToPanel
        let raw = UnsafeMutableRawPointer.allocate(
            byteCount: max(self.count, panelWidth) * MemoryLayout<Float>.stride,
            alignment: MemoryLayout<Panel>.alignment)
        pointer = raw.bindMemory(to: Float.self, capacity: self.count)
        pointer.initialize(repeating: 0, count: self.count)
    }

    convenience init(_ values: [Float]) {
        self.init(values.count)
        values.withUnsafeBufferPointer { source in
            if let base = source.baseAddress { pointer.update(from: base, count: source.count) }
        }
    }

    deinit { UnsafeMutableRawPointer(pointer).deallocate() }

    /// The same memory as vectors of sixteen.
    var panels: UnsafeMutablePointer<Panel> {
        UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: Panel.self)
    }
}

/// Sixteen neighbouring outputs.
typealias Panel = SIMD16<Float>
let panelWidth = 16

extension Int {
    /// Number of panels that hold this many values.
    var panelCount: Int { (self + panelWidth - 1) / panelWidth }
    var paddedToPanel: Int { panelCount * panelWidth }
}

/// A weight matrix [rows, columns] with an optional bias [rows], stored so that sixteen neighbouring rows of one column
/// are one vector: `panels[p * columns + c]` holds rows 16p ..< 16p + 16 of column c. Missing rows are 0.
///
/// Every output is `((bias + w0·x0) + w1·x1) + …`, in this order, whatever else is computed with it: so results do not depend
/// on chunking, batching or threads. Multiplication and addition are rounded separately (no fused operation), so they do not
/// depend on the processor either.
struct Matrix: @unchecked Sendable {
    let rows: Int
    let columns: Int
    /// Whether all weights are bfloat16 numbers. They are stored as such, since reading them takes most of the time of a token.
    private let areHalves: Bool
    private let weights: FloatBuffer
    private let bias: FloatBuffer

    init(rows: Int, columns: Int, values: [Float], bias: [Float]? = nil) {
        precondition(values.count == rows * columns)
        self.rows = rows
        self.columns = columns
        areHalves = rsd_are_halves(values, values.count)
        weights = FloatBuffer(rows.paddedToPanel * columns / (areHalves ? 2 : 1))
        self.bias = bias.map { FloatBuffer($0) } ?? FloatBuffer(rows)
        rsd_transpose(areHalves, values, rows, columns, weights.pointer)
    }

    /// y = W x + b for `tokens` vectors. `input` has `inputStride` floats per token, `output` `outputStride`, which is
    /// at least `rows` rounded up to sixteen. Both kinds of vectors give the same bits.
    func multiply(
        _ input: UnsafePointer<Float>, inputStride: Int, tokens: Int,
        into output: UnsafeMutablePointer<Float>, outputStride: Int, isWide: Bool = Kernels.areWide
    ) {
        rsd_multiply(
            areHalves, weights.pointer, columns, bias.pointer, rows.panelCount, columns, input, inputStride, tokens,
            output, outputStride, isWide)
    }
}
