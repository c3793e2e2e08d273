import OrderedCollections

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

extension Summary {
    /// The figures of several samples explained, and how they were drawn, for the foot of a table. Empty without them.
    package var sampleNotes: [String] {
        guard rows.haveSamples else { return [] }
        return [Self.averageNote, "\(Self.passNote) \(Self.majorityNote)", Self.answersNote]
            + [drawnNote].compactMap(\.self)
    }

    package static let averageNote =
        "avg@n: accuracy over all n samples of each problem, ± its standard error, clustered by problem."
    package static let passNote = "pass@k: at least one of k samples is right, estimated from all n."
    package static let majorityNote = "maj@k: the answer that most of the first k samples give is right."
    package static let answersNote = "solved counts answers; FLOPs per problem are those of all its samples."

    /// The methods by how their samples were drawn; nil if it is not known.
    package var drawnNote: String? {
        var methods: OrderedDictionary<String, [String]> = [:]
        for row in rows {
            guard let words = row.sampling?.words, methods[words]?.contains(row.method) != true else { continue }
            methods[words, default: []].append(row.method)
        }
        let drawn = methods.map { "\($0.value.joined(separator: ", ")) \($0.key)" }.joined(separator: "; ")
        return drawn.isEmpty ? nil : "sampling: \(drawn)."
    }
}
