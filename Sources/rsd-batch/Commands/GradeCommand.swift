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
        abstract: "Grade answers, a run's or your own; nothing is generated and no engine starts.",
        discussion: """
            A run that is not finished is graded as far as it is. results.jsonl and summary.json are written anew, and the \
            table is printed; how many verdicts changed goes to standard error.

              rsd-batch grade runs/my-run --with math-verify
              rsd-batch grade runs/my-run --with command -- python3 my-grader.py

            With --answers, each line of a file of yours is graded: JSON with text (a whole response) or answer, and gold; \
            id, choices, question and cut (whether a limit ended the text) may be there too. For each, a line of JSON with \
            line, id, verdict, answer, gold and reason is printed.

              rsd-batch grade --answers answers.jsonl --with exact > verdicts.jsonl
            """)

    @Argument(help: ArgumentHelp("The run's directory.", valueName: "run"), completion: .directory)
    var directory: String?

    @Option(help: "A file of answers to grade instead of a run's; - for standard input.", completion: .file())
    var answers: String?

    @Option(
        name: .customLong("output"), help: "With --answers: where the verdicts go; standard output when left out.",
        completion: .file())
    var verdicts: String?

    @Option(help: "The grader: exact, math-verify or command; when left out, that of the run's job, or exact.")
    var with: GraderKey?

    @Option(help: "For math-verify: a Python that has it, or its virtual environment.", completion: .file())
    var python: String?

    @Option(help: "Seconds: of math-verify for one answer, of a command for all.")
    var timeout: Double?

    @Argument(
        parsing: .postTerminator, help: ArgumentHelp("After --: the command and its arguments.", valueName: "command"))
    var words: [String] = []

    @OptionGroup var output: OutputOptions

    func validate() throws {
        if let directory, answers != nil {
            throw ValidationError("a run (\(directory)) and --answers are two things to grade: name one of them.")
        }
        if directory == nil, answers == nil {
            throw ValidationError("name what to grade: a run's directory, or a file with --answers.")
        }
        if answers == nil, verdicts != nil { throw ValidationError("--output is for --answers.") }
        if let answers, let verdicts,
            URL(filePath: answers).resolvingSymlinksInPath() == URL(filePath: verdicts).resolvingSymlinksInPath()
        {
            throw ValidationError("--output \(verdicts) would take the place of the answers: name another file.")
        }
        if answers != nil, output.json {
            throw ValidationError("--json is for a run; --answers always prints a line of JSON for each answer.")
        }
        if with != .mathVerify, python != nil { throw ValidationError("--python is for --with math-verify.") }
        if with == nil || with == .exact, timeout != nil {
            throw ValidationError("--timeout is for --with math-verify and --with command.")
        }
        if let timeout, !(timeout > 0 && timeout.isFinite) { throw ValidationError("--timeout must be more than 0.") }
        if (with == .command) == words.isEmpty {
            throw ValidationError("--with command is followed by -- and the command, such as -- python3 my-grader.py")
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
        var parts = [changed == 0 ? "no verdict changed" : "\(NumberFormat.counted(changed, "verdict")) changed"]
        if nowRight > 0 { parts.append("\(NumberFormat.grouped(nowRight)) now right") }
        if nowWrong > 0 { parts.append("\(NumberFormat.grouped(nowWrong)) now wrong") }
        if new > 0 { parts.append("\(NumberFormat.grouped(new)) new") }
        return parts.joined(separator: ", ")
    }
}
