/// The text that a model's tokens stand for, as a pattern for the text that an engine may return for them.
///
/// Special tokens are left out of a text, half a character at its end may be, and some tokenizers drop the space before a
/// token that is decoded alone. Everything else matches byte by byte.
struct TokenText {
    private enum Element {
        case byte(UInt8)
        case optionalSpace
    }

    private var elements: [Element] = []
    /// Where to continue after an optional piece, by its start.
    private var exits: [Int: Int] = [:]
    /// The earliest position at which the text may end.
    private var earliestEnd = 0

    /// Whether an engine may return this text for the tokens.
    ///
    /// - Parameters:
    ///   - pieces: the text of each token alone, or of several together that share a character.
    ///   - dropsSpaces: whether a token decoded alone loses the space before it.
    ///   - isCut: whether the text ends at a stop string, after which the tokens may continue.
    static func allows(_ text: String, for pieces: [String], dropsSpaces: Bool, isCut: Bool = false) -> Bool {
        isJust(pieces, text) || TokenText(pieces, dropsSpaces: dropsSpaces).allows(text, isCut: isCut)
    }

    /// Whether a text is just these pieces, with no half of a character among them: so it is nearly always, and no pattern is needed.
    static func isJust(_ pieces: some Sequence<String>, _ text: String) -> Bool {
        var text = text
        return text.withUTF8 { text in
            var place = 0
            for var piece in pieces {
                let isNext = piece.withUTF8 { piece in
                    defer { place += piece.count }
                    return place + piece.count <= text.count
                        && piece.elementsEqual(UnsafeBufferPointer(rebasing: text[place..<(place + piece.count)]))
                }
                guard isNext else { return false }
            }
            return place == text.count && !text.contains(Self.firstByteOfHalf)
        }
    }

    /// Of the character that halves of others are shown as, U+FFFD.
    private static let firstByteOfHalf: UInt8 = 0xEF

    private init(_ pieces: [String], dropsSpaces: Bool) {
        var isInTail = false
        for piece in pieces {
            let start = elements.count
            var whole = start
            // `clean_up_tokenization_spaces`, which some tokenizers set, drops the space before "n't" and punctuation.
            if dropsSpaces || piece.hasPrefix("n't") { elements.append(.optionalSpace) }
            for scalar in piece.unicodeScalars {
                if ".?!,'".unicodeScalars.contains(scalar) { elements.append(.optionalSpace) }
                for byte in String(scalar).utf8 { elements.append(.byte(byte)) }
                if !scalar.isASCII, scalar != "\u{fffd}" { whole = elements.count }
            }
            if Self.isSpecial(piece) {
                exits[start] = elements.count
            } else if piece.unicodeScalars.last == "\u{fffd}" {
                // The token with the half character may begin with other text, which is then missing too.
                if !isInTail || whole > start { earliestEnd = whole }
                isInTail = true
            } else if !piece.isEmpty {
                earliestEnd = elements.count
                isInTail = false
            }
        }
    }

    private func allows(_ text: String, isCut: Bool) -> Bool {
        var places = reached(from: [0])
        for byte in text.utf8 {
            places = reached(
                from: places.compactMap { $0 < elements.count && takes(elements[$0], byte) ? $0 + 1 : nil })
            if places.isEmpty { return false }
        }
        return isCut || places.contains { $0 >= earliestEnd }
    }

    private func takes(_ element: Element, _ byte: UInt8) -> Bool {
        switch element {
        case .byte(let wanted): wanted == byte
        case .optionalSpace: byte == 0x20
        }
    }

    /// These positions, and those reachable from them without a byte.
    private func reached(from starts: [Int]) -> [Int] {
        var places: [Int] = []
        var open = starts
        while let place = open.popLast() {
            if places.contains(place) { continue }
            places.append(place)
            if let exit = exits[place] { open.append(exit) }
            if place < elements.count, case .optionalSpace = elements[place] { open.append(place + 1) }
        }
        return places
    }

    /// Whether a token looks like `<|im_end|>`, `</s>` or `[INST]`. Not all that do are special.
    static func isSpecial(_ piece: String) -> Bool {
        guard let last = piece.utf8.last, ">]|<".utf8.contains(last) else { return false }
        let bare = piece.utf8.drop { $0 == 0x20 }
        guard bare.count > 2, let first = bare.first else { return false }
        return "<[|>".utf8.contains(first)
    }
}
