import Foundation

/// Finds the final answer in a solution. Takes time in proportion to the text.
public enum AnswerExtraction {
    /// The answer of a response: its last box, or else what it says the answer is, or else its last number.
    ///
    /// The order and the phrases are those of the Qwen2.5-Math evaluation, which looks for the phrases first where a text
    /// has both.
    ///
    /// - Parameter isCut: whether a limit ended the response. Its last number is no answer then.
    /// - Returns: nil where there is none; an empty box is an empty answer.
    public static func answer(in text: String, isCut: Bool = false) -> String? {
        if let marked = marked(in: text) { return marked }
        let bytes = Array(text.utf8)
        for phrase in phrases {
            guard let end = bytes.lastEnd(of: phrase) else { continue }
            if let said = said(bytes[end...]) { return said }
        }
        return isCut ? nil : lastNumber(in: bytes)
    }

    /// The answer that a response sets apart as such: its last box, or else what follows the last `####`, as in GSM8K.
    public static func marked(in text: String) -> String? {
        if let boxed = boxed(in: text) { return boxed }
        let bytes = Array(text.utf8)
        return bytes.lastEnd(of: Array("####".utf8)).flatMap { said(bytes[$0...]) }
    }

    // MARK: Boxes

    private static let boxes = ["boxed", "fbox", "framebox"].map { Array($0.utf8) }

    /// What the last `\boxed{…}` (`\fbox`, `\framebox`) holds, braces balanced, or what follows a `\boxed` without braces;
    /// nil where there is none or it is never closed.
    public static func boxed(in text: String) -> String? {
        let bytes = Array(text.utf8)
        let partners = partners(of: bytes)
        var start = bytes.count - 1
        while start >= 0 {
            defer { start -= 1 }
            guard bytes[start] == UInt8(ascii: "\\"),
                let box = boxes.first(where: { bytes[(start + 1)...].starts(with: $0) }),
                let content = content(of: bytes, after: start + 1 + box.count, partners: partners)
            else { continue }
            return content
        }
        return nil
    }

    private static func content(of bytes: [UInt8], after command: Int, partners: [Int: Int]) -> String? {
        guard command < bytes.count, !bytes[command].isLetter else { return nil }
        var open = command
        while open < bytes.count, bytes[open] == UInt8(ascii: " ") { open += 1 }
        guard open < bytes.count else { return nil }
        if bytes[open] == UInt8(ascii: "{") {
            return partners[open].map { String(decoding: bytes[(open + 1)..<$0], as: UTF8.self) }
        }
        // `\boxed 5`: to the end of the formula or the line.
        let rest = bytes[open...]
        let end = rest.firstIndex { $0 == UInt8(ascii: "$") || $0 == UInt8(ascii: "\n") } ?? bytes.count
        let word = trimmed(String(decoding: bytes[open..<end], as: UTF8.self))
        return word.isEmpty ? nil : word
    }

    /// The closing brace of each opening one that has one. Escaped braces are text.
    private static func partners(of bytes: [UInt8]) -> [Int: Int] {
        var partners: [Int: Int] = [:]
        var open: [Int] = []
        var index = 0
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\\"): index += 1
            case UInt8(ascii: "{"): open.append(index)
            case UInt8(ascii: "}"): if let last = open.popLast() { partners[last] = index }
            default: break
            }
            index += 1
        }
        return partners
    }

    // MARK: Without a box

    private static let phrases = ["final answer is", "he answer is", "nswer:", "答案是"].map { Array($0.utf8) }

    /// What follows a phrase: a formula where one begins there, else the rest of the line or sentence.
    private static func said(_ rest: ArraySlice<UInt8>) -> String? {
        let end = rest.firstIndex(of: UInt8(ascii: "\n")) ?? rest.endIndex
        let line = rest[..<end].drop { [UInt8(ascii: " "), UInt8(ascii: ":"), UInt8(ascii: "*")].contains($0) }
        for (open, close) in [("$$", "$$"), ("$", "$"), (#"\("#, #"\)"#), (#"\["#, #"\]"#)]
        where line.starts(with: open.utf8) {
            let inner = line.dropFirst(open.utf8.count)
            guard let close = Array(inner).firstStart(of: Array(close.utf8)) else { continue }
            let formula = trimmed(String(decoding: inner.prefix(close), as: UTF8.self))
            if !formula.isEmpty { return formula }
        }
        let sentence = Array(line).firstStart(of: Array(". ".utf8)).map { line.prefix($0) } ?? line
        let words = trimmed(String(decoding: sentence, as: UTF8.self))
        return words.isEmpty ? nil : words
    }

    private static func lastNumber(in bytes: [UInt8]) -> String? {
        guard let last = bytes.lastIndex(where: \.isDigit) else { return nil }
        var start = last
        func isPart(_ index: Int) -> Bool {
            if bytes[index].isDigit { return true }
            // A comma or a point counts between digits; a point also before the first.
            return bytes[index] == UInt8(ascii: ".")
                || bytes[index] == UInt8(ascii: ",") && index > 0 && bytes[index - 1].isDigit
        }
        while start > 0, isPart(start - 1) { start -= 1 }
        if start > 0, bytes[start - 1] == UInt8(ascii: "-") { start -= 1 }
        return String(decoding: bytes[start...last], as: UTF8.self)
    }

    /// Without blanks and Markdown's asterisks around it, and the full stop after it.
    private static func trimmed(_ text: String) -> String {
        let around = CharacterSet.whitespacesAndNewlines.union(CharacterSet(charactersIn: "*"))
        var text = text.trimmingCharacters(in: around)[...]
        while text.hasSuffix(".") { text.removeLast() }
        return text.trimmingCharacters(in: around)
    }
}

extension UInt8 {
    var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
    var isLetter: Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20) }
}

extension [UInt8] {
    fileprivate func firstStart(of word: [UInt8]) -> Int? {
        guard count >= word.count else { return nil }
        return (0...(count - word.count)).first {
            self[$0] == word[0] && self[$0..<($0 + word.count)].elementsEqual(word)
        }
    }

    /// The place after the last occurrence.
    fileprivate func lastEnd(of word: [UInt8]) -> Int? {
        guard count >= word.count else { return nil }
        return (0...(count - word.count)).last {
            self[$0] == word[0] && self[$0..<($0 + word.count)].elementsEqual(word)
        }
        .map { $0 + word.count }
    }
}
