/// A response prepared for extraction: as scalars, with the signs of other scripts in ASCII.
///
/// Full-width forms and the digits of all scripts become ASCII, and so do blanks, minus signs and line breaks.
/// Invisible characters are removed. Chinese full stops stay.
struct ResponseText {
    let scalars: [Unicode.Scalar]

    init(_ scalars: [Unicode.Scalar]) {
        self.scalars = scalars
    }

    /// - Parameter text: a whole response, or an answer.
    init(normalizing text: String) {
        var scalars: [Unicode.Scalar] = []
        scalars.reserveCapacity(text.utf8.count)
        var previous: Unicode.Scalar = "\0"
        for scalar in text.unicodeScalars {
            if scalar.isASCII {
                if scalar == "\r" {
                    scalars.append("\n")
                } else if !(scalar == "\n" && previous == "\r") {
                    scalars.append(scalar)
                }
            } else {
                Self.append(scalar, after: previous, to: &scalars)
            }
            previous = scalar
        }
        self.scalars = scalars
    }

    private static func append(
        _ scalar: Unicode.Scalar, after previous: Unicode.Scalar, to scalars: inout [Unicode.Scalar]
    ) {
        switch scalar.value {
        case 0xFF0C:
            // Between digits of the same width it groups thousands; elsewhere it separates a list.
            scalars.append(",")
            if previous.isDigit { scalars.append(" ") }
        case 0x3001: scalars += [",", " "]
        case 0xFF01...0xFF5D: Unicode.Scalar(scalar.value - 0xFEE0).map { scalars.append($0) }
        case 0xA0, 0x2002...0x200A, 0x202F, 0x205F, 0x3000: scalars.append(" ")
        case 0x85, 0x2028, 0x2029: scalars.append("\n")
        case 0xAD, 0x200B...0x200F, 0x202A...0x202E, 0x2060...0x2069, 0xFE0E, 0xFE0F, 0xFEFF: break
        case 0x2010, 0x2011, 0x2212, 0xFE63: scalars.append("-")
        case 0x2236: scalars.append(":")
        case 0x066B: scalars.append(".")
        case 0x066C: scalars.append(",")
        case 0xFF61: scalars.append("。")
        default: scalars.append(scalar.decimalDigit ?? scalar)
        }
    }
}

extension [Unicode.Scalar] {
    /// Whether a word of lower-case ASCII is at a place, in any case.
    func has(_ word: some Sequence<Unicode.Scalar>, at start: Int) -> Bool {
        var index = start
        for letter in word {
            guard index >= 0, index < count, self[index].lowercased == letter else { return false }
            index += 1
        }
        return true
    }

    /// The next start of a word.
    func firstIndex(of word: [Unicode.Scalar], from start: Int) -> Int? {
        guard count - start >= word.count else { return nil }
        return (start...(count - word.count)).first { self[$0] == word[0] && self[$0...].starts(with: word) }
    }

    /// The place after a word's last occurrence.
    func lastEnd(of word: [Unicode.Scalar]) -> Int? {
        var start = count - word.count
        while start >= 0 {
            if self[start] == word[0], self[start...].starts(with: word) { return start + word.count }
            start -= 1
        }
        return nil
    }

    func string(_ range: Range<Int>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: self[range])
        return String(view)
    }
}

extension String {
    var scalars: [Unicode.Scalar] { Array(unicodeScalars) }
}

extension Unicode.Scalar {
    package var isBlank: Bool { self == " " || self == "\t" }
    var isCapital: Bool { (0x41...0x5A).contains(value) }

    package var lowercased: Unicode.Scalar { isCapital ? Unicode.Scalar(UInt8(value | 0x20)) : self }

    /// Whether it belongs to a script without blanks between words, or to Korean.
    var isEastAsian: Bool {
        switch value {
        case 0x3005...0x3007, 0x3040...0x30FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xAC00...0xD7AF, 0xF900...0xFAFF,
            0x20000...0x3FFFF:
            true
        default: false
        }
    }

    /// Part of a word in any script.
    package var isLetter: Bool { isASCIILetter || !isASCII && properties.isAlphabetic && !isGreek }

    /// Letters that usually stand for numbers.
    private var isGreek: Bool { (0x370...0x3FF).contains(value) }

    /// A digit, or a sign that contains one, such as `½` and `³`.
    var isNumeral: Bool { isDigit || value > 0x7F && !isEastAsian && properties.numericType != nil }

    /// A picture, or an end-of-proof sign.
    var isOrnament: Bool {
        switch value {
        case 0x220E, 0x25A0...0x25AB, 0x2600...0x27BF, 0x2B00...0x2BFF, 0x1F000...0x1FAFF: true
        default: false
        }
    }

    /// The ASCII digit for that of another script.
    fileprivate var decimalDigit: Unicode.Scalar? {
        guard properties.numericType == .decimal, let value = properties.numericValue else { return nil }
        return Unicode.Scalar(UInt8(0x30 + Int(value)))
    }
}
