/// What the tokens that a model wrote stand for, as a pattern of the text that an engine may tell of them.
///
/// Special tokens are left out of a text, half a character at its end may be, and some tokenizers drop the space before a
/// token that is read alone. Everything else is there byte by byte.
struct TokenText {
    private enum Element {
        case byte(UInt8)
        case optionalSpace
    }

    private let plain: String
    private var elements: [Element] = []
    /// Where to go on after a piece that may be missing, by where it begins.
    private var exits: [Int: Int] = [:]
    /// The text may end here or later.
    private var earliestEnd = 0

    /// - Parameters:
    ///   - pieces: what each token stands for by itself, or several together that share a character.
    ///   - dropsSpaces: whether a token that is read alone loses the space before it.
    init(_ pieces: [String], dropsSpaces: Bool) {
        plain = pieces.joined()
        var isInTail = false
        for piece in pieces {
            let start = elements.count
            var whole = start
            // That before "n't" and before marks is lost with `clean_up_tokenization_spaces`, which some tokenizers ask for.
            if dropsSpaces || piece.hasPrefix("n't") { elements.append(.optionalSpace) }
            for scalar in piece.unicodeScalars {
                if ".?!,'".unicodeScalars.contains(scalar) { elements.append(.optionalSpace) }
                for byte in String(scalar).utf8 { elements.append(.byte(byte)) }
                if !scalar.isASCII, scalar != "\u{fffd}" { whole = elements.count }
            }
            if Self.isSpecial(piece) {
                exits[start] = elements.count
            } else if piece.unicodeScalars.last == "\u{fffd}" {
                // The token that holds the half may have more before it, which is then missing too.
                if !isInTail || whole > start { earliestEnd = whole }
                isInTail = true
            } else if !piece.isEmpty {
                earliestEnd = elements.count
                isInTail = false
            }
        }
    }

    /// Whether an engine may tell the tokens in this text.
    ///
    /// - Parameter isCut: whether it ends at a stop string, where the tokens may go on.
    func allows(_ text: String, isCut: Bool = false) -> Bool {
        if text.utf8.elementsEqual(plain.utf8) { return true }
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

    /// These places, and those that are reached without a byte.
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

    /// Whether a token looks like `<|im_end|>`, `</s>` or `[INST]`. Not every one of that look is special.
    static func isSpecial(_ piece: String) -> Bool {
        let bare = piece.utf8.drop { $0 == 0x20 }
        guard bare.count > 2, let first = bare.first, let last = bare.last else { return false }
        return "<[|>".utf8.contains(first) && ">]|<".utf8.contains(last)
    }
}
