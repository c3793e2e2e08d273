/// The vector operations of a transformer besides the matrix product. Each has one fixed order of operations.
enum Kernels {
    /// start + Σ vectors[i] · factors[i], i ascending.
    @inline(__always)
    static func weightedSum(
        _ vectors: UnsafePointer<Panel>, _ factors: UnsafePointer<Float>, count: Int,
        from start: Panel = .zero
    ) -> Panel {
        var sum = start
        for index in 0..<count { sum += vectors[index] * factors[index] }
        return sum
    }

    /// The sum of lanes, as a fixed tree.
    @inline(__always)
    static func total(_ v: Panel) -> Float {
        let eight = v.lowHalf + v.highHalf
        let four = eight.lowHalf + eight.highHalf
        let two = four.lowHalf + four.highHalf
        return two.x + two.y
    }

    /// e^x to about one unit in the last place for -87 <= x <= 88; clamped to the end values outside, never infinity.
    ///
    /// Implemented here so that it is the same on every machine: the C library's result depends on the processor.
    @inline(__always)
    static func exponential(_ x: Panel) -> Panel {
        let bounded = x.clamped(lowerBound: Panel(repeating: -87), upperBound: Panel(repeating: 88))
        // Adding 1.5 · 2^23 leaves the nearest integer in the low bits of the mantissa.
        let magic = Panel(repeating: 12_582_912)
        let shifted = bounded * 1.442_695_04 + magic
        let n = shifted - magic
        let r = (bounded - n * 0.693_359_375) - n * -2.121_944_4e-4
        var p = r * 1.987_569_15e-4 + 1.398_199_95e-3
        p = p * r + 8.333_452e-3
        p = p * r + 4.166_579_6e-2
        p = p * r + 1.666_666_55e-1
        p = p * r + 5.000_000_1e-1
        p = p * (r * r) + r + 1
        let bits = unsafeBitCast(shifted, to: SIMD16<UInt32>.self) &- 0x4B40_0000 &+ 127
        return p * unsafeBitCast(bits &<< 23, to: Panel.self)
    }

    @inline(__always)
    static func sigmoid(_ x: Panel) -> Panel {
        Panel(repeating: 1) / (exponential(-x) + 1)
    }

    /// 1 / (1 + e^-x).
    static func sigmoid(_ x: Float) -> Float { sigmoid(Panel(repeating: x))[0] }

    /// gate = gate · sigmoid(gate) · up.
    static func gate(_ gate: UnsafeMutablePointer<Panel>, _ up: UnsafePointer<Panel>, panels: Int) {
        for index in 0..<panels {
            let g = gate[index]
            gate[index] = g * sigmoid(g) * up[index]
        }
    }

    static func add(_ target: UnsafeMutablePointer<Panel>, _ other: UnsafePointer<Panel>, panels: Int) {
        for index in 0..<panels { target[index] += other[index] }
    }

    /// output = input / sqrt(mean(input²) + epsilon) · weight over `count` values. Padding of the last panel is 0.
    static func rmsNorm(
        _ input: UnsafePointer<Panel>, weight: UnsafePointer<Panel>, count: Int, epsilon: Float,
        into output: UnsafeMutablePointer<Panel>
    ) {
        var squares = Panel.zero
        for index in 0..<count.panelCount { squares += input[index] * input[index] }
        let scale = 1 / (total(squares) / Float(count) + epsilon).squareRoot()
        for index in 0..<count.panelCount { output[index] = input[index] * scale * weight[index] }
    }

    /// Replaces the first `count` of `scores` with e^(score - max), and the rest of their last panel with 0.
    ///
    /// - Returns: the sum of the `count` values.
    static func exponentials(_ scores: UnsafeMutablePointer<Panel>, count: Int) -> Float {
        let flat = UnsafeMutableRawPointer(scores).assumingMemoryBound(to: Float.self)
        var top = Panel(repeating: -.infinity)
        for index in count..<count.paddedToPanel { flat[index] = -.infinity }
        for index in 0..<count.panelCount { top = pointwiseMax(top, scores[index]) }
        let maximum = top.max()
        for index in 0..<count.panelCount { scores[index] = exponential(scores[index] - maximum) }
        for index in count..<count.paddedToPanel { flat[index] = 0 }
        var sum = Panel.zero
        for index in 0..<count.panelCount { sum += scores[index] }
        return total(sum)
    }
}
