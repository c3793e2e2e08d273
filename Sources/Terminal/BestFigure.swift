/// Marks the best of the figures of a column, where there are several. Figures that look alike are equally good.
struct BestFigure {
    static let mark = "•"
    static let note =
        "\(mark): best on the data set: most right answers, or fewest FLOPs; all that tie are marked."

    private let best: String?
    private let words: (Double?) -> String

    /// - Parameters:
    ///   - figures: of the rows of one data set; nil where a row has none.
    ///   - highest: whether the highest is the best.
    init(_ figures: [Double?], highest: Bool, words: @escaping (Double?) -> String) {
        let known = figures.compactMap(\.self)
        best = known.count < 2 ? nil : (highest ? known.max() : known.min()).map(words)
        self.words = words
    }

    /// Whether a figure is marked.
    var isMarked: Bool { best != nil }

    func cell(_ figure: Double?) -> Line {
        let text = words(figure)
        return figure != nil && text == best ? Line(Self.mark + text, .green) : Line(text)
    }
}
