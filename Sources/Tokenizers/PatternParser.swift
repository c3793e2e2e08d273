/// Reads the regular expressions of ``Pattern``. What it does not know for certain, it refuses.
struct PatternParser {
    private let source: [Unicode.Scalar]
    private var place = 0
    private var ignoresCase = false

    init(_ source: String) { self.source = Array(source.unicodeScalars) }

    mutating func parse() throws(TokenizerError) -> Pattern.Alternatives {
        let alternatives = try self.alternatives()
        guard place == source.count else { throw refusal("an unmatched ')'") }
        return alternatives
    }

    private func refusal(_ what: String) -> TokenizerError {
        let text = String(String.UnicodeScalarView(source))
        return TokenizerError("\(what) at position \(place) of the pattern \(text) is not supported")
    }

    private var next: Unicode.Scalar? { place < source.count ? source[place] : nil }

    private mutating func take(_ text: String) -> Bool {
        let wanted = Array(text.unicodeScalars)
        guard source[place...].starts(with: wanted) else { return false }
        place += wanted.count
        return true
    }

    private mutating func alternatives() throws(TokenizerError) -> Pattern.Alternatives {
        var alternatives: Pattern.Alternatives = [[]]
        while let scalar = next, scalar != ")" {
            if take("|") {
                alternatives.append([])
            } else {
                alternatives[alternatives.count - 1].append(try repeated(try atom()))
            }
        }
        return alternatives
    }

    private mutating func atom() throws(TokenizerError) -> Pattern.Node {
        let scalar = source[place]
        switch scalar {
        case "(": return try group()
        case "[": return .one(try brackets())
        case "$":
            place += 1
            return .lineEnd
        case "\\": return .one(try escape())
        case ".", "^", "*", "+", "?", "{", "}", "]": throw refusal("'\(scalar)'")
        default:
            place += 1
            return .one(try literal(scalar))
        }
    }

    /// A character itself, and its other cases where they are the same.
    private func literal(_ scalar: Unicode.Scalar) throws(TokenizerError) -> ScalarSet {
        guard ignoresCase else { return ScalarSet(scalar) }
        guard scalar.isASCII else { throw refusal("case of '\(scalar)'") }
        var cases = [scalar]
        let properties = scalar.properties
        cases += properties.lowercaseMapping.unicodeScalars + properties.uppercaseMapping.unicodeScalars
        // The long s and the Kelvin sign are cases of ASCII letters.
        if cases.contains("s") { cases.append("\u{17F}") }
        if cases.contains("k") { cases.append("\u{212A}") }
        guard let set = ScalarSet(anyOf: cases.map { ScalarSet($0) }, isNegated: false) else { throw refusal("case") }
        return set
    }

    private mutating func group() throws(TokenizerError) -> Pattern.Node {
        let outer = ignoresCase
        defer { ignoresCase = outer }
        var lookahead: Bool?
        if take("(?=") {
            lookahead = false
        } else if take("(?!") {
            lookahead = true
        } else if take("(?i:") {
            ignoresCase = true
        } else if !take("(?:") {
            _ = take("(")
            if next == "?" { throw refusal("this kind of group") }
        }
        let alternatives = try self.alternatives()
        guard take(")") else { throw refusal("a group without an end") }
        return lookahead.map { .lookahead(alternatives, isNegative: $0) } ?? .group(alternatives)
    }

    private mutating func repeated(_ node: Pattern.Node) throws(TokenizerError) -> Pattern.Node {
        let (min, max): (Int, Int)
        var mayBePossessive = true
        if take("*") {
            (min, max) = (0, .max)
        } else if take("+") {
            (min, max) = (1, .max)
        } else if take("?") {
            (min, max) = (0, 1)
        } else if take("{") {
            (min, max) = try bounds()
            mayBePossessive = false
        } else {
            return node
        }
        switch node {
        case .one, .group: break
        default: throw refusal("a repetition of what takes no text")
        }
        let isPossessive = mayBePossessive && take("+")
        if let scalar = next, "*+?{".unicodeScalars.contains(scalar) { throw refusal("'\(scalar)' after a repetition") }
        return .repetition([[node]], min: min, max: max, isPossessive: isPossessive)
    }

    private mutating func bounds() throws(TokenizerError) -> (Int, Int) {
        func number(_ parser: inout PatternParser) -> Int? {
            var digits = ""
            while let scalar = parser.next, ("0"..."9").contains(scalar), digits.count < 4 {
                digits.unicodeScalars.append(scalar)
                parser.place += 1
            }
            return Int(digits)
        }
        guard let min = number(&self) else { throw refusal("'{'") }
        guard take(",") else {
            guard take("}") else { throw refusal("'{'") }
            return (min, min)
        }
        let max = number(&self) ?? .max
        guard take("}"), max >= min else { throw refusal("'{'") }
        return (min, max)
    }

    private mutating func brackets() throws(TokenizerError) -> ScalarSet {
        place += 1
        let isNegated = take("^")
        var parts: [ScalarSet] = []
        while let scalar = next, scalar != "]" {
            if scalar == "[" || source[place...].starts(with: "&&".unicodeScalars) || ignoresCase {
                throw refusal("this in brackets")
            }
            let start = place
            let part = try member()
            guard next == "-", place + 1 < source.count, source[place + 1] != "]" else {
                parts.append(part)
                continue
            }
            guard let low = character(from: start) else { throw refusal("this range") }
            place += 1
            let end = place
            _ = try member()
            guard let high = character(from: end), low.value <= high.value else { throw refusal("this range") }
            parts.append(ScalarSet(low.value...high.value))
        }
        guard take("]"), !parts.isEmpty, let set = ScalarSet(anyOf: parts, isNegated: isNegated) else {
            throw refusal("these brackets")
        }
        return set
    }

    private mutating func member() throws(TokenizerError) -> ScalarSet {
        guard let scalar = next else { throw refusal("brackets without an end") }
        if scalar == "\\" { return try escape() }
        place += 1
        return ScalarSet(scalar)
    }

    /// The one character that was read from `start` up to here; nil for a class.
    private func character(from start: Int) -> Unicode.Scalar? {
        if place == start + 1 { return source[start] }
        return place == start + 2 ? Self.named[source[start + 1]] ?? Self.punctuation(source[start + 1]) : nil
    }

    private static let named: [Unicode.Scalar: Unicode.Scalar] = ["r": "\r", "n": "\n", "t": "\t"]

    private static func punctuation(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
        let isWord = scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
        return scalar.isASCII && !isWord ? scalar : nil
    }

    private mutating func escape() throws(TokenizerError) -> ScalarSet {
        place += 1
        guard let scalar = next else { throw refusal("'\\'") }
        place += 1
        switch scalar {
        case "s": return .whiteSpace
        case "S": return ScalarSet.whiteSpace.negated
        case "d", "D":
            guard let digits = ScalarSet(category: "Nd") else { break }
            return scalar == "d" ? digits : digits.negated
        case "p", "P":
            guard take("{"), let end = source[place...].firstIndex(of: "}"),
                let set = ScalarSet(category: String(String.UnicodeScalarView(source[place..<end])))
            else { break }
            place = end + 1
            return scalar == "p" ? set : set.negated
        default:
            if let character = Self.named[scalar] ?? Self.punctuation(scalar) { return try literal(character) }
        }
        throw refusal("'\\\(scalar)'")
    }
}
