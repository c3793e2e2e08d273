import ArgumentParser
import Foundation
import JobSpecs
import RSDJobs
import RunStore
import Support

extension GraderKey: ExpressibleByArgument {}

struct GradeCommand: AsyncParsableCommand, StoppableCommand {
    static let configuration = CommandConfiguration(
        commandName: "grade",
        abstract: "Grade the answers of a run or of a file; generates nothing and starts no engine.",
        discussion: """
            An unfinished run is graded as far as it got. Rewrites results.jsonl and summary.json and prints the table; the \
            number of changed verdicts goes to standard error.

              rsd-batch grade runs/my-run --with math-verify
              rsd-batch grade runs/my-run --with command -- python3 my-grader.py

            With --answers, grades each line of a file: JSON with text (a whole response) or answer, and gold; optionally \
            id, choices, question and cut (whether a limit ended the text). Prints one line of JSON for each, with line, id, \
            verdict, answer, gold and reason.

              rsd-batch grade --answers answers.jsonl --with exact > verdicts.jsonl
            """)

    @Argument(help: ArgumentHelp("The run directory.", valueName: "run"), completion: .directory)
    var directory: String?

    @Option(help: "Grade this file of answers instead of a run; - for standard input.", completion: .file())
    var answers: String?

    @Option(
        name: .customLong("output"), help: "With --answers: the file for the verdicts. (default: standard output)",
        completion: .file())
    var verdicts: String?

    @Option(help: "The grader. Without this option, the grader of the run's job, or exact.")
    var with: GraderKey?

    @Option(help: "For math-verify: a Python that has it, or its virtual environment.", completion: .file())
    var python: String?

    @Option(help: "Time limit in seconds: per answer for math-verify, for all answers for a command.")
    var timeout: Double?

    @Argument(
        parsing: .postTerminator, help: ArgumentHelp("After --: the command and its arguments.", valueName: "command"))
    var words: [String] = []

    @OptionGroup var output: OutputOptions

    func validate() throws {
        if let directory, answers != nil {
            throw ValidationError("give a run directory (\(directory)) or --answers, not both.")
        }
        if directory == nil, answers == nil {
            throw ValidationError("give a run directory, or a file with --answers.")
        }
        if answers == nil, verdicts != nil { throw ValidationError("--output requires --answers.") }
        if let answers, let verdicts,
            URL(filePath: answers).resolvingSymlinksInPath() == URL(filePath: verdicts).resolvingSymlinksInPath()
        {
            throw ValidationError("--output \(verdicts) would overwrite the answers; give another file.")
        }
        if answers != nil, output.json {
            throw ValidationError("--json is for runs; --answers always prints one line of JSON per answer.")
        }
        if with != .mathVerify, python != nil { throw ValidationError("--python requires --with math-verify.") }
        if with == nil || with == .exact, timeout != nil {
            throw ValidationError("--timeout requires --with math-verify or --with command.")
        }
        if let timeout, !(timeout > 0 && timeout.isFinite) { throw ValidationError("--timeout must be positive.") }
        if (with == .command) == words.isEmpty {
            throw ValidationError("--with command needs a command after --, such as -- python3 my-grader.py")
        }
    }

    func run() async throws {
        let console = Console()
        let interruption = Interruption()
        let signals = StopSignals(interruption) { _ in console.message("rsd-batch: stopping\n") }
        defer { withExtendedLifetime(signals) {} }
        if let answers {
            return try await AnswersOutput(console: console, path: verdicts).grade(
                AnswerFile(path: answers), with: grader ?? .exact, interruption: interruption)
        }
        guard let directory else { return }
        let regrading = try await Job.grade(
            RunDirectory(URL(filePath: directory)), with: grader, interruption: interruption
        ) { console.grading($0, finished: $1, of: $2) }
        try console.report(regrading.outcome, in: directory, example: nil, output)
        console.message("rsd-batch: \(regrading.changes)\n")
        try console.endRun(regrading.outcome, in: directory)
    }

    private var grader: GraderKind? {
        let here = FileManager.default.currentDirectoryPath
        return switch with {
        case nil: nil
        case .exact: .exact
        case .mathVerify: .mathVerify(python: python, timeout: timeout ?? GraderKind.standardTimeout)
        case .command:
            .command(
                GraderCommand(words: words, directory: here, timeout: timeout ?? GraderCommand.standardTimeout))
        }
    }
}

extension Regrading {
    fileprivate var changes: String {
        let changed = nowRight + nowWrong
        var parts = [
            changed == 0 ? "no answer became right or wrong" : "\(NumberFormat.counted(changed, "verdict")) changed"
        ]
        if nowRight > 0 { parts.append("\(NumberFormat.grouped(nowRight)) now right") }
        if nowWrong > 0 { parts.append("\(NumberFormat.grouped(nowWrong)) now wrong") }
        if new > 0 { parts.append("\(NumberFormat.grouped(new)) new") }
        return parts.joined(separator: ", ")
    }
}
