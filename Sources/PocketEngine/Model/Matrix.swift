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
    private let weights: FloatBuffer
    private let bias: FloatBuffer

    init(rows: Int, columns: Int, values: [Float], bias: [Float]? = nil) {
        precondition(values.count == rows * columns)
        self.rows = rows
        self.columns = columns
        weights = FloatBuffer(rows.paddedToPanel * columns)
        self.bias = bias.map { FloatBuffer($0) } ?? FloatBuffer(rows)
        for row in 0..<rows {
            let (panel, lane) = row.quotientAndRemainder(dividingBy: panelWidth)
            for column in 0..<columns {
                weights.pointer[(panel * columns + column) * panelWidth + lane] =
                    values[row * columns + column]
            }
        }
    }

    /// y = W x + b for `tokens` vectors. `input` has `inputStride` floats per token, `output` `outputStride`, which is
    /// at least `rows` rounded up to sixteen.
    func multiply(
        _ input: UnsafePointer<Float>, inputStride: Int, tokens: Int,
        into output: UnsafeMutablePointer<Float>, outputStride: Int
    ) {
        let panels = UnsafePointer(weights.panels)
        let biases = UnsafePointer(bias.panels)
        let outputs = UnsafeMutableRawPointer(output).assumingMemoryBound(to: Panel.self)
        let panelStride = outputStride / panelWidth
        let count = rows.panelCount

        // Two tokens by one panel, or one token by two panels: eight four-wide sums in flight, which is what the
        // sixteen registers of plain x86-64 allow.
        for panel in 0..<count where tokens > 1 {
            let weight = panels + panel * columns
            for token in stride(from: 0, to: tokens - 1, by: 2) {
                let x0 = input + token * inputStride
                let x1 = x0 + inputStride
                var sum0 = biases[panel]
                var sum1 = biases[panel]
                for column in 0..<columns {
                    let w = weight[column]
                    sum0 += w * x0[column]
                    sum1 += w * x1[column]
                }
                outputs[token * panelStride + panel] = sum0
                outputs[(token + 1) * panelStride + panel] = sum1
            }
        }
        guard !tokens.isMultiple(of: 2) else { return }
        let x = input + (tokens - 1) * inputStride
        let out = outputs + (tokens - 1) * panelStride
        for panel in stride(from: 0, to: count - 1, by: 2) {
            let weight0 = panels + panel * columns
            let weight1 = weight0 + columns
            var sum0 = biases[panel]
            var sum1 = biases[panel + 1]
            for column in 0..<columns {
                sum0 += weight0[column] * x[column]
                sum1 += weight1[column] * x[column]
            }
            out[panel] = sum0
            out[panel + 1] = sum1
        }
        if !count.isMultiple(of: 2) {
            out[count - 1] = Kernels.weightedSum(
                panels + (count - 1) * columns, x, count: columns, from: biases[count - 1])
        }
    }
}
