import Foundation

/// Text of any origin, made harmless for the language around it. Control characters and marks that reorder text become visible.
extension String {
    /// Plain text in Markdown, also inside tables.
    package var markdown: String {
        sanitized.reduce(into: "") { text, character in
            if #"\`*_{}[]<>|#~&"#.contains(character) { text.append("\\") }
            text.append(character.isNewline ? " " : character)
        }
    }

    /// Plain text in HTML, also inside quoted attributes.
    package var html: String {
        sanitized.reduce(into: "") { text, character in
            switch character {
            case "&": text += "&amp;"
            case "<": text += "&lt;"
            case ">": text += "&gt;"
            case "\"": text += "&quot;"
            case "'": text += "&#39;"
            default: text.append(character)
            }
        }
    }

    /// Plain text in LaTeX, also at the start of a table's row, where `[` and `*` would belong to the `\\` before.
    package var latex: String {
        sanitized.reduce(into: "") { text, character in
            switch character {
            case "\\": text += #"\textbackslash{}"#
            case "{", "}", "$", "&", "#", "%", "_": text += "\\\(character)"
            case "~": text += #"\textasciitilde{}"#
            case "^": text += #"\textasciicircum{}"#
            case "<": text += #"\textless{}"#
            case ">": text += #"\textgreater{}"#
            case "|": text += #"\textbar{}"#
            case "\"": text += "''"
            case "[", "]", "*": text += "{\(character)}"
            // Two in a row would become a dash.
            case "-": text += text.hasSuffix("-") ? "{}-" : "-"
            case "`", "'": text += "{\(character)}"
            case "−": text += "$-$"
            case "×": text += #"$\times$"#
            case "–": text += "--"
            case "…": text += #"\ldots{}"#
            case "→": text += #"$\to$"#
            // What stands for a control character; fonts of LaTeX lack it.
            case "\u{2400}"..."\u{2424}", "\u{FFFD}": text += "?"
            default: text.append(character)
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
        return "\"" + cell.replacing("\"", with: "\"\"") + "\""
    }
}
