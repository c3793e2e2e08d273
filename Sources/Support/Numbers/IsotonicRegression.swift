extension [Double] {
    /// The sequence that never falls and is nearest to this one by the sum of squares, from pooling adjacent violators (Ayer et
    /// al. 1955).
    package var isotonic: [Double] {
        var blocks: [(mean: Double, count: Int)] = []
        for value in self {
            blocks.append((value, 1))
            while blocks.count > 1, blocks[blocks.count - 2].mean > blocks[blocks.count - 1].mean {
                let (last, before) = (blocks.removeLast(), blocks.removeLast())
                let count = before.count + last.count
                let sum = before.mean * Double(before.count) + last.mean * Double(last.count)
                blocks.append((sum / Double(count), count))
            }
        }
        return blocks.flatMap { Array(repeating: $0.mean, count: $0.count) }
    }
}
