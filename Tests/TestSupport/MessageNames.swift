import Foundation

extension String {
    /// Whether all of these are words of the text: what a message has to name, however it is worded.
    package func names(_ values: String...) -> Bool {
        let marks = CharacterSet(charactersIn: "'\"`,.;:()")
        let words = split(whereSeparator: \.isWhitespace).map { $0.trimmingCharacters(in: marks) }
        return Set(words).isSuperset(of: values)
    }
}
