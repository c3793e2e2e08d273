/// The `\boxed{…}`, `\fbox{…}` and `\framebox{…}` of a text.
struct AnswerBoxes {
    struct Box {
        /// From the backslash to the end of the content or its closing brace.
        var range: Range<Int>
        var content: Range<Int>
        /// Whether the content is in braces. Without them, it extends to the end of the formula or the line.
        var isBraced: Bool
    }

    /// Outermost and nested boxes, in order of their start.
    private(set) var all: [Box] = []
    /// Start of the last box with an opening brace and no closing one.
    private(set) var lastUnclosed: Int?
    private let scalars: [Unicode.Scalar]

    init(_ scalars: [Unicode.Scalar]) {
        self.scalars = scalars
        let partners = Self.partners(of: scalars)
        var lineEnd = scalars.count
        for start in scalars.indices.reversed() {
            if scalars[start] == "$" || scalars[start] == "\n" { lineEnd = start }
            guard scalars[start] == "\\", let name = Self.names.first(where: { scalars.has($0, at: start + 1) }) else {
                continue
            }
            let command = start + 1 + name.count
            guard command < scalars.count, !scalars[command].isASCIILetter,
                let open = scalars[command...].firstIndex(where: { $0 != " " })
            else { continue }
            if scalars[open] != "{" {
                let content = open..<max(open, lineEnd)
                all.append(Box(range: start..<content.upperBound, content: content, isBraced: false))
            } else if let close = partners[open] {
                all.append(Box(range: start..<(close + 1), content: (open + 1)..<close, isBraced: true))
            } else if lastUnclosed == nil {
                lastUnclosed = start
            }
        }
        all.reverse()
    }

    func text(_ box: Box) -> String {
        let content = scalars.string(box.content)
        return box.isBraced ? content : AnswerExtraction.trimmed(content)
    }

    /// The last box, and the boxes before it that belong to the same answer: `\boxed{1} and \boxed{2}`.
    ///
    /// As in math-verify, only a comma, a word such as *and*, or a name such as `x =` may be between them.
    var lastAnswers: [Box] {
        guard let place = all.lastIndex(where: { $0.isBraced || !text($0).isEmpty }) else { return [] }
        var first = all[place]
        var answers = [first]
        for box in all[..<place].suffix(Self.mostJoined).reversed() {
            guard box.isBraced, box.range.upperBound <= first.range.lowerBound else { break }
            guard Self.joins(scalars[box.range.upperBound..<first.range.lowerBound]) else { break }
            answers.insert(box, at: 0)
            first = box
        }
        return answers
    }

    /// The content of the last box without a closing brace, up to the end of the formula or the line; nil if blank.
    var unclosedText: String? {
        guard let start = lastUnclosed, let open = scalars[start...].firstIndex(of: "{") else { return nil }
        let text = AnswerExtraction.trimmed(
            scalars.string((open + 1)..<(scalars[open...].firstIndex { $0 == "$" || $0 == "\n" } ?? scalars.count)))
        return text.isEmpty ? nil : text
    }

    private static let mostJoined = 30
    private static let names = ["boxed", "fbox", "framebox"].map(\.scalars)

    /// The closing brace of each opening one that has one. Escaped braces are text.
    private static func partners(of scalars: [Unicode.Scalar]) -> [Int: Int] {
        var partners: [Int: Int] = [:]
        var open: [Int] = []
        var index = 0
        while index < scalars.count {
            switch scalars[index] {
            case "\\": index += 1
            case "{": open.append(index)
            case "}": if let last = open.popLast() { partners[last] = index }
            default: break
            }
            index += 1
        }
        return partners
    }

    private static let joining: Set = ["", "and", "or", "&", "和", "或", "及", "与"]

    private static func joins(_ between: ArraySlice<Unicode.Scalar>) -> Bool {
        guard between.count <= 60 else { return false }
        var words = String(String.UnicodeScalarView(between)).replacing("\\text", with: " ").replacing(
            "\\quad", with: " ")
        words.removeAll { "$(){}[]\\;\n".contains($0) }
        let commas = words.contains(",")
        words = words.replacing(",", with: " ").replacing("=", with: " = ")
        var parts = words.split(separator: " ")[...]
        // `x = 2 or x = 3`
        if parts.count >= 2, parts.last == "=" {
            guard parts.dropLast().last?.count == 1 else { return false }
            parts = parts.dropLast(2)
        }
        guard parts.count <= 1, joining.contains(parts.first?.lowercased() ?? "") else { return false }
        return commas || !parts.isEmpty || String(String.UnicodeScalarView(between)).contains(";")
    }
}
