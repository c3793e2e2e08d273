import CKernels

/// The vector operations of a transformer besides the matrix product. Each has one fixed order of operations.
enum Kernels {
    /// Whether this processor has vectors of eight floats.
    static let areWide = rsd_has_wide_vectors()

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

    /// The sum of lanes, as a fixed tree.
    @inline(__always)
    private static func total(_ v: Panel) -> Float {
        let eight = v.lowHalf + v.highHalf
        let four = eight.lowHalf + eight.highHalf
        let two = four.lowHalf + four.highHalf
        return two.x + two.y
    }
}
