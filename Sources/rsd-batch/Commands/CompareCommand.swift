import ArgumentParser
import Foundation
import Reporting
import RunStore
import Support
import Terminal

struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Compare the methods of several runs, with paired tests on the problems they share.",
        discussion: """
            Starts no engine and changes nothing. Takes finished and unfinished runs, merged ones and single shards. Two problems \
            are the same if their question and the data set's answer are, whatever they are called.

              rsd-batch compare runs/base runs/cot
              rsd-batch compare runs/* --against base/target_only --format latex -o table.tex

            Each method is tested against one, given with --against: McNemar's exact test where both have one answer per \
            problem, otherwise a paired t test on the problems' means; Holm's correction over all tests. Also lists \
            which settings of the jobs differ.
            """)

    enum Format: String, CaseIterable, ExpressibleByArgument {
        case table, markdown, csv, latex, json, html

        /// Also `md`, as of `report`.
        init?(argument: String) {
            self.init(rawValue: argument == "md" ? "markdown" : argument)
        }
    }

    @Argument(help: ArgumentHelp("The run directories.", valueName: "run"), completion: .directory)
    var directories: [String]

    @Option(
        help: ArgumentHelp(
            """
            The method that the others are tested against: RUN/METHOD, or METHOD if only one run has it. (default: the first \
            run's target_only, else its first method)
            """,
            valueName: "method"))
    var against: String?

    @Option(help: "The format of the comparison. (default: table)")
    var format: Format?

    @Option(name: .shortAndLong, help: "The file to write, or - for standard output. (default: -)", completion: .file())
    var output: String?

    @OptionGroup var options: OutputOptions

    func validate() throws {
        guard options.json, let format, format != .json else { return }
        throw ValidationError("give --json or --format \(format.rawValue), not both.")
    }

    func run() throws {
        let console = Console()
        var runs: [ComparedRun] = []
        var places: Set<String> = []
        for path in directories where places.insert(URL(filePath: path).resolvingSymlinksInPath().path).inserted {
            runs.append(try ComparedRun(path: path))
        }
        let comparison = try Comparison(runs, against: against)
        switch options.json ? .json : format ?? .table {
        case .table:
            let lines = ComparisonView(comparison).lines(width: toFile ? 120 : console.outWidth)
            guard toFile else { return try console.out(lines, colour: options.colour) }
            try write(lines.map(\.text).joined(separator: "\n") + "\n", console)
        case .markdown: try write(comparison.markdown, console)
        case .csv: try write(comparison.csv, console)
        case .latex: try write(comparison.latex, console)
        case .html: try write(comparison.page, console)
        case .json: try write(String(decoding: JSONText.pretty(comparison), as: UTF8.self).harmlessJSON + "\n", console)
        }
    }

    private var toFile: Bool { output != nil && output != "-" }

    private func write(_ text: String, _ console: Console) throws {
        guard let output, toFile else { return try console.out(text) }
        try RunReport.write(Data(text.utf8), to: URL(filePath: output))
        console.message("\(output)\n")
    }
}
