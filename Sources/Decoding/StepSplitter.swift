/// Splits text into steps and counts their tokens. Works on UTF-8, since a delimiter is bytes, not characters.
package struct StepSplitter: Sendable {
    private let delimiter: [UInt8]

    package init(delimiter: String) {
        self.delimiter = Array(delimiter.utf8)
    }

    /// The steps of a text, each with its delimiter. Text after the last delimiter is a step of its own.
    package func split(_ text: String) -> [String] {
        var text = text
        return text.withUTF8 { bytes in
            var steps: [String] = []
            var start = 0
            for end in ends(in: bytes) + [bytes.count] where end > start {
                steps.append(String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<end]), as: UTF8.self))
                start = end
            }
            return steps
        }
    }

    /// Where the delimiters in a text end. A delimiter does not begin within another.
    private func ends(in bytes: UnsafeBufferPointer<UInt8>) -> [Int] {
        guard let last = delimiter.last else { return [] }
        var ends: [Int] = []
        var place = delimiter.count - 1
        while place < bytes.count {
            if bytes[place] == last, bytes[(place + 1 - delimiter.count)...place].elementsEqual(delimiter) {
                ends.append(place + 1)
                place += delimiter.count
            } else {
                place += 1
            }
        }
        return ends
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
        var bytes: [UInt8] = []
        bytes.reserveCapacity(4 * pieces.count)
        for var piece in pieces { piece.withUTF8 { bytes.append(contentsOf: $0) } }
        var counts: [Int] = []
        var whole: Int?
        // The tokens so far, those of the complete steps, and where the text of the former ends.
        var (tokens, before, reached) = (0, 0, 0)
        for end in bytes.withUnsafeBufferPointer(ends) {
            while reached < end {
                reached += pieces[tokens].utf8.count
                tokens += 1
            }
            if reached > end { whole = whole ?? counts.count }
            counts.append(tokens - before)
            before = tokens
        }
        return (counts + [pieces.count - before], whole ?? counts.count)
    }

    package func endsWithDelimiter(_ text: String) -> Bool {
        text.utf8.count >= delimiter.count && text.utf8.suffix(delimiter.count).elementsEqual(delimiter)
    }

    /// A step's text, with the delimiter if it ends without it.
    package func withDelimiter(_ step: String) -> String {
        endsWithDelimiter(step) ? step : step + String(decoding: delimiter, as: UTF8.self)
    }

    /// A step's text without the delimiter that ends it.
    package func withoutDelimiter(_ step: String) -> String {
        endsWithDelimiter(step) ? String(decoding: step.utf8.dropLast(delimiter.count), as: UTF8.self) : step
    }
}
