import Support

extension Comparison {
    /// What differs between the runs, a line each. Leaves out what follows from other lines: settings of methods and data sets that
    /// not all runs have, digests beside another number of problems, and where the same files are.
    package var differenceWords: [String] {
        let keys = Set(differences.map(\.key))
        let partial = Set(
            differences.flatMap { difference in
                difference.isList ? difference.partial.map { "\(difference.key).\($0)." } : []
            })
        return differences.filter { difference in
            let key = difference.key
            if partial.contains(where: key.hasPrefix) { return false }
            if let match = key.wholeMatch(of: #/(datasets\..+)\.(\w+)/#) {
                switch match.2 {
                case "questions", "answers": return !keys.contains("\(match.1).count")
                case "path", "revision", "sha256", "config", "split", "format", "reader":
                    return keys.contains("\(match.1).questions") || keys.contains("\(match.1).answers")
                default: return true
                }
            }
            guard let match = key.wholeMatch(of: #/(models\.\w+)\.(?:model|revision)/#) else { return true }
            return keys.contains("\(match.1).files")
        }.map(\.words)
    }
}

extension Comparison.Difference {
    /// Whether the value lists names.
    fileprivate var isList: Bool { ["methods", "datasets"].contains(key) }

    private func names(_ value: Value) -> [String] {
        (value.value ?? "").split(separator: ", ").map(String.init)
    }

    /// Of a list: the names that not all runs have, in order.
    fileprivate var partial: [String] {
        let lists = values.map(names)
        var seen: Set<String> = []
        return lists.joined().filter { name in
            seen.insert(name).inserted && !lists.allSatisfy { $0.contains(name) }
        }
    }

    /// `decoding.temperature: 0 in a; 0.7 in b and c`
    package var words: String {
        let groups = isList && !partial.isEmpty ? listGroups : valueGroups
        let parts = groups.map { "\($0.value) in \(Self.listed($0.runs))" }
        return "\(key): \(parts.joined(separator: "; "))"
    }

    private typealias Group = (value: String, runs: [String])

    private var valueGroups: [Group] {
        var values: [String?] = []
        for value in self.values where !values.contains(value.value) { values.append(value.value) }
        return values.map { value in
            (value.map(Self.short) ?? "not set", self.values.filter { $0.value == value }.map(\.run))
        }
    }

    /// Only the names that not all runs have, by the runs that have them.
    private var listGroups: [Group] {
        var groups: [(names: [String], runs: [String])] = []
        for name in partial {
            let runs = values.filter { names($0).contains(name) }.map(\.run)
            if let place = groups.firstIndex(where: { $0.runs == runs }) {
                groups[place].names.append(name)
            } else {
                groups.append(([name], runs))
            }
        }
        return groups.map { (Self.listed($0.names), $0.runs) }
    }

    /// A value on one line, and a digest or a long text cut.
    private static func short(_ value: String) -> String {
        if value.hasPrefix("sha256:") { return String(value.prefix(19)) + "…" }
        let line = value.contains(where: \.isNewline) ? doubleQuoted(value) : value
        return line.count > 80 ? line.prefix(79) + "…" : line
    }

    private static func listed(_ names: [String]) -> String {
        guard let last = names.last, names.count > 1 else { return names.first ?? "" }
        return names.dropLast().joined(separator: ", ") + " and " + last
    }
}
