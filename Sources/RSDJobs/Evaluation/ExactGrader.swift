import Foundation

/// Compares answers as text, and as numbers where both are numbers. Needs no Python and knows no algebra.
public struct ExactGrader: Sendable {
    public init() {}

    /// What the report calls it.
    public static let id = "exact/1"

    /// - Parameter answer: what was found in a response; nil or blank is always wrong.
    public func isCorrect(_ answer: String?, gold: String) -> Bool {
        let found = normalise(answer ?? "")
        let wanted = normalise(AnswerExtraction.boxed(in: gold) ?? gold)
        guard !found.isEmpty else { return false }
        if found == wanted { return true }
        guard let left = Self.number(found), let right = Self.number(wanted) else { return false }
        return left == right
    }

    private func normalise(_ answer: String) -> String {
        var text = answer.trimmingCharacters(in: .whitespacesAndNewlines)
        if text.hasPrefix("$"), text.hasSuffix("$"), text.count > 1 { text = String(text.dropFirst().dropLast()) }
        if text.hasSuffix(".") { text.removeLast() }
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// A whole or decimal number, with commas between groups of three digits, exactly.
    static func number(_ text: String) -> Decimal? {
        let pattern = /[-+]?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?|[-+]?\.\d+/
        guard text.wholeMatch(of: pattern) != nil else { return nil }
        return Decimal(string: text.replacing(",", with: ""), locale: Locale(identifier: "en_US_POSIX"))
    }
}
