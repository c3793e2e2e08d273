import Foundation

/// Text of any origin, made harmless for the language around it. Control characters and marks that reorder text become visible.
///
/// By scalars: a quotation mark with a combining accent is one character, but still ends an attribute.
extension String {
    /// Plain text in Markdown, also inside tables.
    package var markdown: String {
        sanitized.unicodeScalars.reduce(into: "") { text, scalar in
            if #"\`*_{}[]<>|#~&"#.unicodeScalars.contains(scalar) { text += "\\" }
            text.unicodeScalars.append(scalar)
        }
    }

    /// Plain text in HTML, also inside quoted attributes: one line.
    package var html: String { sanitized.htmlEscaped }

    /// The same for text of several lines.
    package var htmlLines: String { sanitizedLines.htmlEscaped }

    private var htmlEscaped: String {
        unicodeScalars.reduce(into: "") { text, scalar in
            switch scalar {
            case "&": text += "&amp;"
            case "<": text += "&lt;"
            case ">": text += "&gt;"
            case "\"": text += "&quot;"
            case "'": text += "&#39;"
            default: text.unicodeScalars.append(scalar)
            }
        }
    }

    /// Plain text in LaTeX, also at the start of a table's row, where `[` and `*` would belong to the `\\` before.
    package var latex: String {
        sanitized.unicodeScalars.reduce(into: "") { text, scalar in
            switch scalar {
            case "\\": text += #"\textbackslash{}"#
            case "{", "}", "$", "&", "#", "%", "_": text += "\\\(scalar)"
            case "~": text += #"\textasciitilde{}"#
            case "^": text += #"\textasciicircum{}"#
            case "<": text += #"\textless{}"#
            case ">": text += #"\textgreater{}"#
            case "|": text += #"\textbar{}"#
            case "\"": text += "''"
            case "[", "]", "*": text += "{\(scalar)}"
            // Two in a row would become a dash.
            case "-": text += text.unicodeScalars.last == "-" ? "{}-" : "-"
            case "`", "'": text += "{\(scalar)}"
            case "−": text += "$-$"
            case "×": text += #"$\times$"#
            case "–": text += "--"
            case "…": text += #"\ldots{}"#
            case "→": text += #"$\to$"#
            // What stands for a control character; fonts of LaTeX lack it.
            case "\u{2400}"..."\u{2424}", "\u{FFFD}": text += "?"
            default: text.unicodeScalars.append(scalar)
            }
        }
    }

    /// A cell of a CSV file (RFC 4180). A text that a spreadsheet would take for a formula gets an apostrophe in front; numbers stay.
    package var csvCell: String {
        var cell = self
        if let first = unicodeScalars.first, "=+-@\t\r\n＝＋－＠".unicodeScalars.contains(first), Double(self) == nil {
            cell = "'" + self
        }
        guard cell.unicodeScalars.contains(where: { "\",\r\n\u{85}\u{2028}\u{2029}".unicodeScalars.contains($0) })
        else {
            return cell
        }
        return "\"" + cell.doubling("\"") + "\""
    }

    private func doubling(_ mark: Unicode.Scalar) -> String {
        unicodeScalars.reduce(into: "") { text, scalar in
            if scalar == mark { text.unicodeScalars.append(scalar) }
            text.unicodeScalars.append(scalar)
        }
    }
}
