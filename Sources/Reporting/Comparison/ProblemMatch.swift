import RunStore

/// Which problems of two runs are the same. Decided by what was asked, and by the data set's answer: never by name or number alone.
///
/// Questions are known from the data sets, or from what the run kept of them (`problems.jsonl`). Where they are not, two problems are
/// the same if both runs asked the same data set by their identities, ids and order included.
struct ProblemMatch: Sendable {
    typealias Name = ComparedRun.ProblemName

    /// Problems of the first run, each with the same one of the second.
    private(set) var pairs: [(own: Name, other: Name)] = []
    /// Problems that only one run has.
    private(set) var onlyOwn: [Name] = []
    private(set) var onlyOther: [Name] = []
    /// Problems of both that may be shared, which cannot be known.
    private(set) var unknown = 0
    /// Problems of the first run whose name the second gives to another question.
    private(set) var otherQuestion: [Name] = []
    /// Problems of the first run whose question the second has with another answer of the data set.
    private(set) var otherGold: [Name] = []

    init(_ own: ComparedRun, _ other: ComparedRun) {
        guard own.directory != other.directory else {
            pairs = own.problems.map { ($0, $0) }
            return
        }
        var rest = Set(other.problems)
        var partners: [Name: Name] = [:]
        func pair(_ name: Name, _ partner: Name) {
            partners[name] = partner
            rest.remove(partner)
        }
        // The same name first, so that of a question that is asked twice each is paired with itself.
        for name in own.problems where rest.contains(name) {
            let isSame: Bool =
                if let one = own.asked[name], let another = other.asked[name] {
                    one == another
                } else {
                    own.golds[name] == other.golds[name] && Self.areOneDataset(name.dataset, own, other)
                }
            if isSame { pair(name, name) }
        }
        var byQuestion = Dictionary(grouping: other.problems.reversed().filter(rest.contains)) { other.asked[$0] }
        byQuestion[nil] = nil
        for name in own.problems where partners[name] == nil {
            guard let asked = own.asked[name], let partner = byQuestion[asked]?.popLast() else { continue }
            pair(name, partner)
        }
        pairs = own.problems.compactMap { name in partners[name].map { (name, $0) } }
        note(own, other, own.problems.filter { partners[$0] == nil }, other.problems.filter(rest.contains))
    }

    private static func areOneDataset(_ name: String, _ own: ComparedRun, _ other: ComparedRun) -> Bool {
        let key = "datasets.\(name).questions"
        return own.manifest.identity[key].map { $0 == other.manifest.identity[key] } ?? false
    }

    /// Notes why problems are left.
    private mutating func note(_ own: ComparedRun, _ other: ComparedRun, _ mine: [Name], _ theirs: [Name]) {
        let isOwnKnown = mine.allSatisfy { own.asked[$0] != nil }
        let isOtherKnown = theirs.allSatisfy { other.asked[$0] != nil }
        // A problem that is not known may be any of the other run's.
        onlyOwn = mine.filter { own.asked[$0] != nil && isOtherKnown }
        onlyOther = theirs.filter { other.asked[$0] != nil && isOwnKnown }
        unknown = mine.count - onlyOwn.count + theirs.count - onlyOther.count
        let questions = Set(other.asked.values.map(\.question))
        for name in mine {
            guard let asked = own.asked[name] else { continue }
            if questions.contains(asked.question) {
                otherGold.append(name)
            } else if other.asked[name] != nil {
                otherQuestion.append(name)
            }
        }
    }
}
