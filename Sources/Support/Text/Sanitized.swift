extension String {
    /// One line without control characters or bidirectional marks, which may come from models, data sets, engines and specs.
    /// What is replaced stays visible.
    package var sanitized: String { sanitized(keepingLines: false) }

    /// The same for text of several lines.
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
    /// The visible replacement; nil for harmless characters.
    fileprivate var replacement: String? {
        switch value {
        case 0x09: "    "
        case 0x00..<0x20: Unicode.Scalar(value + 0x2400).map { String($0) }
        case 0x7F..<0xA0, 0x2028, 0x2029: "\u{FFFD}"
        default: isBidirectionalControl ? "\u{FFFD}" : nil
        }
    }

    /// Marks, embeddings, overrides and isolates (Unicode's UAX #9): they reorder the text around them.
    fileprivate var isBidirectionalControl: Bool {
        switch value {
        case 0x061C, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069: true
        default: false
        }
    }

    /// Whether JSON should escape it as `\uXXXX` although it need not.
    fileprivate var isHarmfulInJSON: Bool { value >= 0x7F && replacement != nil }
}

extension String {
    /// An equivalent JSON document without characters that a terminal would interpret.
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
