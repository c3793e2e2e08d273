/// Splits text into steps and counts their tokens. Works on UTF-8, since a delimiter is bytes, not characters.
package struct StepSplitter: Sendable {
    private let delimiter: [UInt8]

    package init(delimiter: String) {
        self.delimiter = Array(delimiter.utf8)
    }

    /// The steps of a text, each with its delimiter. Text after the last delimiter is a step of its own.
    package func split(_ text: String) -> [String] {
        var steps: [String] = []
        var step: [UInt8] = []
        for byte in text.utf8 {
            step.append(byte)
            if endsWithDelimiter(step) {
                steps.append(String(decoding: step, as: UTF8.self))
                step.removeAll(keepingCapacity: true)
            }
        }
        if !step.isEmpty { steps.append(String(decoding: step, as: UTF8.self)) }
        return steps
    }

    /// Number of tokens of each step. A token belongs to the step whose delimiter it ends, or to the step that is open
    /// at its end.
    ///
    /// - Parameter pieces: the text of each token by itself. Halves of a character may read as anything but delimiter
    ///   bytes.
    /// - Returns: a count per complete step, then one for the text after the last delimiter (0 if there is none).
    package func tokenCounts(pieces: [String]) -> [Int] { cut(pieces: pieces).counts }

    /// The counts of ``tokenCounts(pieces:)``, and the number of leading steps that end at the end of a token.
    package func cut(pieces: [String]) -> (counts: [Int], whole: Int) {
        var counts: [Int] = []
        var whole: Int?
        var step: [UInt8] = []
        var tokens = 0
        for piece in pieces {
            tokens += 1
            for (place, byte) in piece.utf8.enumerated() {
                step.append(byte)
                if endsWithDelimiter(step) {
                    if place < piece.utf8.count - 1 { whole = whole ?? counts.count }
                    counts.append(tokens)
                    tokens = 0
                    step.removeAll(keepingCapacity: true)
                }
            }
        }
        return (counts + [tokens], whole ?? counts.count)
    }

    package func endsWithDelimiter(_ text: String) -> Bool {
        text.utf8.count >= delimiter.count && text.utf8.suffix(delimiter.count).elementsEqual(delimiter)
    }

    /// A step's text without the delimiter that ends it.
    package func withoutDelimiter(_ step: String) -> String {
        endsWithDelimiter(step) ? String(decoding: step.utf8.dropLast(delimiter.count), as: UTF8.self) : step
    }

    private func endsWithDelimiter(_ step: [UInt8]) -> Bool {
        guard step.count >= delimiter.count, step.last == delimiter.last else { return false }
        return step.suffix(delimiter.count).elementsEqual(delimiter)
    }
}
