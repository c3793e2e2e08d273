/// Cuts text into the pieces that byte-pair encoding may not cross, in stages: each stage cuts every piece of the one before it.
struct PreTokenizer: Sendable {
    /// A pattern and what becomes of its matches.
    struct Stage: Sendable {
        var pattern: Pattern
        /// Whether what lies between the matches counts as a match, and the matches do not.
        var isInverted = false
        /// Whether matches are dropped, rather than being pieces of their own.
        var dropsMatches = false
    }

    /// GPT-2's, which the stage `ByteLevel` has built in.
    static let byteLevel = #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#

    let stages: [Stage]

    /// The pieces of a text in order, as UTF-8.
    func pieces(_ text: String) -> [ArraySlice<UInt8>] {
        let scalars = ScalarText(text)
        var pieces = [0..<scalars.scalars.count]
        for stage in stages { pieces = pieces.flatMap { stage.cut($0, of: scalars) } }
        return pieces.map(scalars.utf8)
    }
}

extension PreTokenizer.Stage {
    fileprivate func cut(_ piece: Range<Int>, of text: ScalarText) -> [Range<Int>] {
        var parts: [Range<Int>] = []
        func add(_ part: Range<Int>, isMatch: Bool) {
            if !part.isEmpty, !dropsMatches || isMatch == isInverted { parts.append(part) }
        }
        var (done, place) = (piece.lowerBound, piece.lowerBound)
        while place < piece.upperBound {
            guard let end = pattern.end(in: text, from: place, limit: piece.upperBound) else {
                place += 1
                continue
            }
            add(done..<place, isMatch: false)
            add(place..<end, isMatch: true)
            (done, place) = (end, end)
        }
        add(done..<piece.upperBound, isMatch: false)
        return parts
    }
}
