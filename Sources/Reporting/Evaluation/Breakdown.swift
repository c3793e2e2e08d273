import Support

/// The accuracy of a method on a data set, by the values of one field such as `level`.
package struct Breakdown: Sendable, Equatable, Codable {
    /// The answers to the problems with one value.
    package struct Group: Sendable, Equatable, Codable {
        /// null for problems without the field.
        package var value: JSONValue
        package var problems: Int
        package var total: Int
        package var correct: Int
        @Nulled package var accuracy: Double?
        /// Ends of the accuracy's 95 % interval, as in ``Summary/Row``.
        @Nulled package var accuracyLow: Double?
        @Nulled package var accuracyHigh: Double?

        private enum CodingKeys: String, CodingKey {
            case value, problems, total, correct, accuracy
            case accuracyLow = "accuracy_low"
            case accuracyHigh = "accuracy_high"
        }

        /// The value for people.
        var title: String {
            switch value {
            case .null: "none"
            case .string(""): "\"\""
            default: value.words
            }
        }

        init(value: JSONValue, lines: [ResultLine]) {
            let share = ClusteredProportion(lines)
            self.value = value
            problems = share.clusters.count
            total = share.all.total
            correct = share.all.count
            accuracy = share.all.value
            accuracyLow = share.interval?.lowerBound
            accuracyHigh = share.interval?.upperBound
        }
    }

    package var field: String
    /// The same values in the same order for every method.
    package var groups: [Group]
}

/// The fields of a data set whose accuracies are listed by value, and their values.
struct BreakdownFields {
    /// A field with more values is listed nowhere.
    static let mostValues = 20

    private let fields: [(name: String, values: [JSONValue])]

    /// - Parameter lines: of one data set.
    init(_ lines: [ResultLine]) {
        var metas: [String: [String: JSONValue]] = [:]
        for line in lines { metas[line.problem] = line.meta ?? [:] }
        var values: [String: Set<JSONValue>] = [:]
        var unfit: Set<String> = []
        for (name, value) in metas.values.joined() where !unfit.contains(name) {
            values[name, default: []].insert(value)
            if !value.isScalar || (values[name]?.count ?? 0) > Self.mostValues { unfit.insert(name) }
        }
        for meta in metas.values {
            for name in values.keys where meta[name] == nil { values[name]?.insert(.null) }
        }
        // A field with another value for every problem, such as a source, says nothing.
        fields = values.filter { name, values in
            !unfit.contains(name) && values.count > 1 && values.count < metas.count
        }
        .sorted { $0.key < $1.key }.map { ($0.key, $0.value.sorted(by: JSONValue.isBefore)) }
    }

    /// - Parameter lines: of one method; nil without fields.
    func breakdowns(of lines: [ResultLine]) -> [Breakdown]? {
        guard !fields.isEmpty else { return nil }
        return fields.map { name, values in
            let groups = Dictionary(grouping: lines) { $0.meta?[name] ?? .null }
            return Breakdown(field: name, groups: values.map { .init(value: $0, lines: groups[$0] ?? []) })
        }
    }
}

extension ClusteredProportion {
    /// The right ones of these answers, clustered by problem.
    init(_ lines: [ResultLine]) { self.init(lines.lazy.map { ($0.problem, $0.correct) }) }

    /// The same of answers to problems.
    init(_ answers: some Sequence<(problem: String, isRight: Bool)>) {
        var counts: [String: (right: Int, all: Int)] = [:]
        for (problem, isRight) in answers {
            counts[problem, default: (0, 0)].right += isRight ? 1 : 0
            counts[problem, default: (0, 0)].all += 1
        }
        // Always in the same order, so that sums over them have the same last digits.
        self.init(counts.sorted { $0.key < $1.key }.map { Proportion($0.value.right, of: $0.value.all) })
    }
}

extension JSONValue {
    fileprivate var isScalar: Bool {
        switch self {
        case .list, .object: false
        default: true
        }
    }

    private var size: Double? { Double(words).flatMap { $0.isFinite ? $0 : nil } }

    /// Numbers by size, then texts, some of which may also be numbers, then the rest.
    fileprivate static func isBefore(_ one: JSONValue, _ other: JSONValue) -> Bool {
        switch (one.size, other.size) {
        case (let one?, let other?) where one != other: one < other
        case (.some, nil): true
        case (nil, .some): false
        default: (one == .null ? 1 : 0, one.words) < (other == .null ? 1 : 0, other.words)
        }
    }
}
