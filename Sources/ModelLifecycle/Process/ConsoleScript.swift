import Foundation

/// A program that pip, pipx or uv installed: a small script whose first lines name its Python.
package enum ConsoleScript {
    /// The Python that runs a script; nil if its first lines name none.
    package static func python(of program: String, on path: SearchPath = SearchPath()) -> String? {
        let head = (try? FileHandle(forReadingFrom: URL(filePath: program)))?.readData(ofLength: 1024) ?? Data()
        let lines = String(decoding: head, as: UTF8.self).split(separator: "\n", maxSplits: 2)
        guard let first = lines.first, first.hasPrefix("#!") else { return nil }
        let words = first.dropFirst(2).split(separator: " ")
        if words.first?.hasSuffix("/env") == true {
            return words.dropFirst().first { $0.hasPrefix("python") }.flatMap { path.program(String($0)) }
        }
        // Paths too long for the kernel, or with blanks, are run by the shell: '''exec' "/path/python" "$0" "$@"
        let named =
            lines.dropFirst().first?.firstMatch(of: /^'''exec' "?([^"]*?)"? "\$0"/).map { String($0.1) }
            ?? first.dropFirst(2).trimmingCharacters(in: .whitespaces)
        return named.contains("python") && SearchPath.isProgram(named) ? named : nil
    }
}
