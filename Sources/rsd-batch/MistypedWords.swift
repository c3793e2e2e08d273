import ArgumentParser
import Support

/// There is no such command.
struct UnknownCommand: ProgramError {
    var name: String

    init(name: String) {
        self.name = name
    }

    /// - Parameter arguments: of the program, without its name.
    /// - Returns: nil if they begin with a command, or with an option.
    init?(in arguments: [String]) {
        let name = arguments.first == "help" ? arguments.dropFirst().first : arguments.first
        guard let name, !name.hasPrefix("-"), !Self.known.contains(name) else { return nil }
        self.init(name: name)
    }

    private static let known =
        RSDBatch.configuration.subcommands.flatMap { [$0._commandName] + $0.configuration.aliases } + ["help"]

    var explanation: Explanation {
        let isSpec = [".yaml", ".yml"].contains { name.hasSuffix($0) }
        let meant = isSpec ? "" : suggestion(for: name, among: Self.known, listedAs: "commands:")
        return Explanation(
            "unknown-command", .usage, "there is no command '\(name)'" + meant,
            remedy: isSpec ? "Run a job with `rsd-batch run \(name.shellWord)`." : nil)
    }
}

extension String {
    /// A message of the argument parser, which suggests long options that differ in three letters, with the option that was
    /// probably meant.
    func suggestingOption(of command: any ParsableCommand.Type) -> String {
        guard let found = firstMatch(of: #/Unknown option '(-[^']*)'(?:\. Did you mean '[^']*'\?)?/#) else {
            return self
        }
        let typed = "--" + found.1.drop { $0 == "-" }
        let options = RSDBatch.helpMessage(for: command, includeHidden: false, columns: 1000)
            .matches(of: #/(?m)^  (?:-\w, )?(--[\w-]+)/#).map { String($0.1) }
        let near = nearest(to: typed, among: options) ?? options.first { typed.count > 3 && $0.hasPrefix(typed) }
        return replacing(found.0, with: "Unknown option '\(found.1)'" + (near.map { ". Did you mean '\($0)'?" } ?? ""))
    }
}
