/// A regular expression of a pre-tokenizer, in the part of Oniguruma's syntax that `tokenizer.json` files use: alternatives, groups,
/// classes of characters, `* + ? {n,m}` (also possessive), lookahead and `$`. It is matched by backtracking, with Oniguruma's results.
///
/// Foundation's and Swift's own expressions differ from Oniguruma in what a character and a line are, and take ten times as long.
struct Pattern: Sendable {
    indirect enum Node: Sendable {
        case one(ScalarSet)
        case group(Alternatives)
        case repetition(Alternatives, min: Int, max: Int, isPossessive: Bool)
        case lookahead(Alternatives, isNegative: Bool)
        /// `$`: the end of the text, or before a line feed.
        case lineEnd
    }

    typealias Alternatives = [[Node]]

    let alternatives: Alternatives

    /// - Throws: ``TokenizerError`` if the expression has anything else, or can match an empty text.
    init(_ source: String) throws(TokenizerError) {
        var parser = PatternParser(source)
        alternatives = try parser.parse()
        guard alternatives.allSatisfy({ $0.contains(where: \.takesText) }) else {
            throw TokenizerError("the pattern \(source) can match an empty text")
        }
    }

    /// The end of the match that begins at `start`; nil if there is none.
    ///
    /// - Parameter limit: the end of the text.
    func end(in text: ScalarText, from start: Int, limit: Int) -> Int? {
        Matcher(text: text, limit: limit).any(alternatives, start) { $0 }
    }
}

extension Pattern.Node {
    /// Whether it never matches an empty text.
    fileprivate var takesText: Bool {
        switch self {
        case .one: true
        case .group(let alternatives): alternatives.allSatisfy { $0.contains(where: \.takesText) }
        case .repetition(let alternatives, let min, _, _):
            min > 0 && alternatives.allSatisfy { $0.contains(where: \.takesText) }
        case .lookahead, .lineEnd: false
        }
    }
}

/// Each function passes on the places where its part may end, the preferred one first, until the rest of the pattern matches too.
private struct Matcher {
    typealias Rest = (Int) -> Int?

    let text: ScalarText
    let limit: Int

    func any(_ alternatives: Pattern.Alternatives, _ place: Int, _ rest: Rest) -> Int? {
        for nodes in alternatives {
            if let end = all(nodes, 0, place, rest) { return end }
        }
        return nil
    }

    private func all(_ nodes: [Pattern.Node], _ index: Int, _ place: Int, _ rest: Rest) -> Int? {
        guard index < nodes.count else { return rest(place) }
        switch nodes[index] {
        case .one(let set):
            guard place < limit, text.isMember(place, of: set) else { return nil }
            return all(nodes, index + 1, place + 1, rest)
        case .group(let alternatives):
            return any(alternatives, place) { all(nodes, index + 1, $0, rest) }
        case .repetition(let alternatives, let min, let max, let isPossessive):
            if alternatives.count == 1, alternatives[0].count == 1, case .one(let set) = alternatives[0][0] {
                var end = place
                while end < limit, end - place < max, text.isMember(end, of: set) { end += 1 }
                guard end - place >= min else { return nil }
                for end in stride(from: end, through: isPossessive ? end : place + min, by: -1) {
                    if let found = all(nodes, index + 1, end, rest) { return found }
                }
                return nil
            }
            guard isPossessive else {
                return again(alternatives, 0, min, max, place) { all(nodes, index + 1, $0, rest) }
            }
            return again(alternatives, 0, min, max, place) { $0 }.flatMap { all(nodes, index + 1, $0, rest) }
        case .lookahead(let alternatives, let isNegative):
            guard (any(alternatives, place) { $0 } == nil) == isNegative else { return nil }
            return all(nodes, index + 1, place, rest)
        case .lineEnd:
            guard place == limit || text.scalars[place] == 0x0A else { return nil }
            return all(nodes, index + 1, place, rest)
        }
    }

    private func again(
        _ alternatives: Pattern.Alternatives, _ count: Int, _ min: Int, _ max: Int, _ place: Int, _ rest: Rest
    ) -> Int? {
        if count < max {
            let more = any(alternatives, place) { end in
                // What takes nothing is not repeated.
                end == place ? nil : again(alternatives, count + 1, min, max, end, rest)
            }
            if let more { return more }
        }
        return count >= min ? rest(place) : nil
    }
}

/// A text as scalars, with what patterns ask about each.
struct ScalarText {
    let scalars: [UInt32]
    private let kinds: [ScalarSet.Kind]
    /// The text in UTF-8, and where each scalar begins in it; one more for the end.
    private let bytes: [UInt8]
    private let starts: [Int]

    init(_ text: String) {
        bytes = Array(text.utf8)
        var (scalars, kinds, starts) = ([UInt32](), [ScalarSet.Kind](), [Int]())
        scalars.reserveCapacity(bytes.count)
        kinds.reserveCapacity(bytes.count)
        starts.reserveCapacity(bytes.count + 1)
        var start = 0
        for scalar in text.unicodeScalars {
            scalars.append(scalar.value)
            kinds.append(ScalarSet.kind(of: scalar))
            starts.append(start)
            start += UTF8.width(scalar)
        }
        starts.append(start)
        (self.scalars, self.kinds, self.starts) = (scalars, kinds, starts)
    }

    func isMember(_ place: Int, of set: ScalarSet) -> Bool { set.contains(scalars[place], kind: kinds[place]) }

    /// A part in UTF-8.
    func utf8(_ range: Range<Int>) -> ArraySlice<UInt8> { bytes[starts[range.lowerBound]..<starts[range.upperBound]] }
}
