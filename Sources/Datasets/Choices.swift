import Foundation
import Support

/// The choices of a multiple-choice problem.
package struct Choices: Equatable {
    private static let letters = (UInt8(ascii: "A")...UInt8(ascii: "Z")).map { String(UnicodeScalar($0)) }

    /// In the order of the letters.
    var texts: [String]
    /// Their form at the end of the question.
    var listing: String

    init(_ texts: [String], listing: String) {
        self.texts = texts
        self.listing = listing
    }

    /// Lists them as the Qwen2.5-Math evaluation does: `Answer Choices: (A) … (B) …` on a line of its own.
    init(_ texts: [String]) throws(FieldFault) {
        let texts = texts.map { $0.trimmed }
        guard (2...Self.letters.count).contains(texts.count) else {
            throw .other("expected 2 to \(Self.letters.count) choices, found \(texts.count)")
        }
        if let empty = texts.firstIndex(of: "") { throw .other("the choice \(Self.letters[empty]) is empty") }
        self.init(
            texts,
            listing: "\nAnswer Choices: "
                + zip(Self.letters, texts).map { "(\($0)) \($1)" }.joined(separator: " "))
    }

    /// The letter for an answer given as an index from 0.
    func letter(at place: String, in field: String) throws(FieldFault) -> String {
        guard let index = Int(place), texts.indices.contains(index) else {
            throw .other("expected a number from 0 to \(texts.count - 1) in '\(field)', found \(quoted(place))")
        }
        return Self.letters[index]
    }

    /// The letter for an answer given as a letter, as the text of a choice, or, if it is a number, as an index from 0.
    ///
    /// - Parameter numbersAreText: whether the format cannot distinguish numbers from text. Digits are then also an
    ///   index.
    func letter(of value: JSONValue, in field: String, numbersAreText: Bool) throws(FieldFault) -> String {
        switch value {
        case .number(let place): return try letter(at: place, in: field)
        case .string(let text):
            let text = text.trimmed
            let isPlace = numbersAreText && !text.isEmpty && text.utf8.allSatisfy(\.isDigit)
            return try letter(ofText: text, place: isPlace ? Int(text) : nil, in: field)
        default: throw .unexpected("text or a number", in: field, value)
        }
    }

    /// - Parameter place: the text as a number, if it can be one.
    private func letter(ofText text: String, place: Int?, in field: String) throws(FieldFault) -> String {
        let meant = zip(Self.letters, texts).filter { $0 == text || $1 == text }.map(\.0)
        let placed = place.flatMap { texts.indices.contains($0) ? Self.letters[$0] : nil }
        if let placed, let letter = meant.first(where: { $0 != placed }) {
            throw .other(
                "\(quoted(text)) in '\(field)' may be the text of \(letter) or, as an index from 0, \(placed); write the letter"
            )
        }
        guard let letter = placed ?? meant.first else {
            throw .other(
                "\(quoted(text)) in '\(field)' is neither a choice nor the letter of one, A to \(Self.letters[texts.count - 1])"
                    + (place == nil ? "" : ", nor an index from 0 to \(texts.count - 1)"))
        }
        guard meant.count <= 1 else {
            throw .other("\(quoted(text)) in '\(field)' may be \(meant.joined(separator: " or "))")
        }
        return letter
    }
}
