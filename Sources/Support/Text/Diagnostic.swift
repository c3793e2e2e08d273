/// A fault in a job's files: the place and the remedy.
package struct Diagnostic: Error, Sendable, Equatable {
    /// An error stops the job before it starts; a warning does not.
    package enum Severity: String, Sendable { case error, warning }

    package var severity: Severity
    /// The path to show, as the user would type it.
    package var file: String
    /// From 1; nil for the whole file.
    package var line: Int?
    /// From 1, in Unicode scalars; nil for the whole line.
    package var column: Int?
    package var message: String
    /// The source line; nil if showing it would not help.
    package var sourceLine: String?
    /// Number of errors that it stands for: more than one only for the last of a cut list.
    package var count: Int

    package init(
        _ severity: Severity = .error, file: String, line: Int? = nil, column: Int? = nil, message: String,
        sourceLine: String? = nil, count: Int = 1
    ) {
        self.severity = severity
        self.file = file
        self.line = line
        self.column = column
        self.message = message
        self.sourceLine = sourceLine
        self.count = count
    }

    /// `file:line:column: error: message`, followed by the source line with a caret below the place.
    package var rendered: String {
        let place = ([file] + [line, column].compactMap { $0.map(String.init) }).joined(separator: ":")
        let head = "\(place): \(severity.rawValue): \(message)"
        guard let excerpt else { return head }
        return "\(head)\n\(excerpt.text)\n\(excerpt.caret)"
    }

    /// The part of the source line around the column, and the caret line below it.
    private var excerpt: (text: String, caret: String)? {
        guard let sourceLine, let column, sourceLine.contains(where: { !$0.isWhitespace }) else { return nil }
        let scalars = Array(sourceLine.unicodeScalars)
        let at = min(max(column - 1, 0), scalars.count)
        let start = at > 70 ? at - 50 : 0
        let end = min(scalars.count, start + 100)
        func text(_ range: Range<Int>) -> String {
            var view = String.UnicodeScalarView()
            view.append(contentsOf: scalars[range])
            return String(view)
        }
        let lead = start > 0 ? "…" : ""
        // Keep tabs, so that the caret stands below its character at any tab width.
        let padding = String(text(start..<at).unicodeScalars.map { $0 == "\t" ? "\t" : " " })
        return (
            lead + text(start..<end) + (end < scalars.count ? "…" : ""),
            (lead.isEmpty ? "" : " ") + padding + "^"
        )
    }
}
