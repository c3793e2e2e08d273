/// A line of parts that drops the least important ones until it fits.
struct FittedLine {
    struct Part {
        var line: Line
        /// Parts with the highest rank are dropped first; rank 0 is never dropped.
        var rank: Int
    }

    private var left: [Part] = []
    private var right: [Part] = []
    private let separator: Line

    init(separator: Line = Line(" · ", .dim)) {
        self.separator = separator
    }

    /// - Parameter rank: parts are dropped from the highest rank down; those of rank 0 stay and are cut.
    mutating func add(_ line: Line?, rank: Int) {
        if let line { left.append(Part(line: line, rank: rank)) }
    }

    mutating func addRight(_ line: Line?, rank: Int) {
        if let line { right.append(Part(line: line, rank: rank)) }
    }

    func line(width: Int) -> Line {
        var (left, right) = (left, right)
        while true {
            let (start, end) = (joined(left), joined(right))
            let gap = end.isEmpty ? 0 : 2
            if start.width + gap + end.width <= width {
                return end.isEmpty ? start : start.padded(to: width - end.width) + end
            }
            let worst = (left + right).map(\.rank).max() ?? 0
            guard worst > 0 else { return (start + (end.isEmpty ? "" : "  ") + end).truncated(to: width) }
            if let index = right.firstIndex(where: { $0.rank == worst }) {
                right.remove(at: index)
            } else if let index = left.lastIndex(where: { $0.rank == worst }) {
                left.remove(at: index)
            }
        }
    }

    private func joined(_ parts: [Part]) -> Line {
        parts.enumerated().reduce(Line()) { $0 + ($1.offset > 0 ? separator : Line()) + $1.element.line }
    }
}
