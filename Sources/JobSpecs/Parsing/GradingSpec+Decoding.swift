import SpecYAML

/// The graders' keys in a spec, and their settings.
package enum GraderKey: String, Sendable, CaseIterable {
    case exact
    case mathVerify = "math-verify"
    case command

    package var settings: [String] {
        switch self {
        case .exact: []
        case .mathVerify: ["python", "timeout"]
        case .command: ["command", "directory", "timeout"]
        }
    }
}

extension GraderKind {
    package var key: GraderKey {
        switch self {
        case .exact: .exact
        case .mathVerify: .mathVerify
        case .command: .command
        }
    }
}

extension GradingSpec {
    static let keys = ["with", "python", "command", "directory", "timeout"]

    /// - Parameter directory: that of the spec file, for relative paths and as a command's working directory.
    init?(field: SpecField, directory: String) {
        guard let section = SpecSection(field, "grading", keys: Self.keys),
            let key = section.required("with")?.choice(of: GraderKey.self, called: "grader")
        else { return nil }
        for (name, field) in section.fields where name != "with" && !key.settings.contains(name) {
            field.error("'\(name)' does not apply to the grader '\(key.rawValue)'")
        }
        func timeout(_ standard: Double) -> Double {
            section.value("timeout", default: standard) { $0.seconds() }
        }
        switch key {
        case .exact: self.init(grader: .exact)
        case .mathVerify:
            let python = section["python"].flatMap { $0.path(from: directory) }
            self.init(grader: .mathVerify(python: python, timeout: timeout(GraderKind.standardTimeout)))
        case .command:
            let words = section.required("command")?.elements(named: "a word of the command")?.compactMap { $0.word() }
            let runsIn = section["directory"].flatMap { $0.path(from: directory) } ?? directory
            let limit = timeout(GraderCommand.standardTimeout)
            guard let words else { return nil }
            self.init(grader: .command(GraderCommand(words: words, directory: runsIn, timeout: limit)))
        }
    }
}
