extension [Summary.Row] {
    /// Whether a method has several samples of a problem.
    package var haveSamples: Bool { contains { $0.samples != nil } }

    /// Each k for which a row has the figure, ascending.
    package func ks(_ figure: KeyPath<SampleFigures, [SampleFigures.AtK]>) -> [Int] {
        Set(flatMap { $0.samples?[keyPath: figure].map(\.k) ?? [] }).sorted()
    }
}

extension [SampleFigures.AtK] {
    package func at(_ k: Int) -> SampleFigures.AtK? { first { $0.k == k } }
}

extension SampleFigures {
    /// The figures explained, for the foot of a table.
    package static let notes = [
        "avg@n: accuracy over all n samples of each problem, ± its standard error, clustered by problem.",
        "pass@k: at least one of k samples is right, estimated from all n. maj@k: the answer that most of the first k samples give is right.",
        "solved counts answers; FLOPs per problem are those of all its samples.",
    ]
}
