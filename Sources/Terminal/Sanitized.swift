extension String {
    /// One line, without anything that a terminal would obey or that would put characters elsewhere than they stand: models,
    /// data sets, engines and specs write what they like. What is taken out shows.
    package var sanitized: String { sanitized(keepingLines: false) }

    /// The same of a text of several lines.
    package var sanitizedLines: String { sanitized(keepingLines: true) }

    private func sanitized(keepingLines: Bool) -> String {
        guard unicodeScalars.contains(where: { $0.replacement != nil }) else { return self }
        var result = UnicodeScalarView()
        for scalar in unicodeScalars {
            if let replacement = scalar.replacement, !(keepingLines && scalar == "\n") {
                result.append(contentsOf: replacement.unicodeScalars)
            } else {
                result.append(scalar)
            }
        }
        return String(result)
    }
}

extension Unicode.Scalar {
    /// What is shown in its place; nil for all that does no harm.
    fileprivate var replacement: String? {
        switch value {
        case 0x09: "    "
        case 0x00..<0x20: Unicode.Scalar(value + 0x2400).map { String($0) }
        case 0x7F..<0xA0, 0x2028, 0x2029: "\u{FFFD}"
        default: isBidirectionalControl ? "\u{FFFD}" : nil
        }
    }

    /// Marks, embeddings, overrides and isolates (Unicode's UAX #9): they reorder what stands round them.
    fileprivate var isBidirectionalControl: Bool {
        switch value {
        case 0x061C, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069: true
        default: false
        }
    }

    /// Whether JSON, which need not, should write it as `\uXXXX`.
    fileprivate var isHarmfulInJSON: Bool { value >= 0x7F && replacement != nil }
}

extension String {
    /// A JSON document that means the same, in which nothing stands that a terminal would obey.
    package var harmlessJSON: String {
        guard unicodeScalars.contains(where: \.isHarmfulInJSON) else { return self }
        var result = UnicodeScalarView()
        for scalar in unicodeScalars {
            if scalar.isHarmfulInJSON {
                let hex = String(scalar.value, radix: 16)
                result.append(contentsOf: "\\u\(String(repeating: "0", count: 4 - hex.count))\(hex)".unicodeScalars)
            } else {
                result.append(scalar)
            }
        }
        return String(result)
    }
}
