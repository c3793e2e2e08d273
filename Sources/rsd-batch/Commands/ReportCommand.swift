import ArgumentParser
import Foundation
import Reporting
import RunStore

struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Write a report of a run, finished or not.",
        discussion: """
            Starts no engine and changes only the report. The report of a run in progress covers the finished answers.

            html: one page with everything, by default report.html in the run directory. md, csv, json: tables, by default on \
            standard output. lm-eval: the files that lm-evaluation-harness writes with --log_samples, in the directory given \
            with -o.
            """)

    enum Format: String, CaseIterable, ExpressibleByArgument {
        case html, md, csv, json
        case lmEval = "lm-eval"
    }

    @Argument(help: ArgumentHelp("The run directory.", valueName: "run"), completion: .directory)
    var directory: String

    @Option(help: "The format of the report.")
    var format = Format.html

    @Option(name: .shortAndLong, help: "The file to write, or - for standard output.", completion: .file())
    var output: String?

    func validate() throws {
        guard format == .lmEval, output == nil || output == "-" else { return }
        throw ValidationError("--format lm-eval writes several files: give a directory with -o DIR.")
    }

    func run() throws {
        let console = Console()
        let run = RunDirectory(URL(filePath: directory))
        let report = try RunReport(run)
        if report.finished < report.total {
            console.message("rsd-batch: \(report.finished) of \(report.total) answers are finished\n")
        }
        switch format {
        case .html: try write(try report.html(), to: output ?? run.report.relativePath, console)
        case .md: try write(Data(report.markdown.utf8), to: output, console)
        case .csv: try write(Data(report.summary.csv.utf8), to: output, console)
        case .json: try write(try report.summaryJSON(), to: output, console)
        case .lmEval:
            let root = URL(filePath: output ?? "")
            for (path, content) in try report.lmEvalFiles() {
                try write(content, to: root.appending(path: path).path, console)
            }
        }
    }

    private func write(_ data: Data, to file: String?, _ console: Console) throws {
        guard let file, file != "-" else { return try console.out(String(decoding: data, as: UTF8.self)) }
        try RunReport.write(data, to: URL(filePath: file))
        console.message("\(file)\n")
    }
}
