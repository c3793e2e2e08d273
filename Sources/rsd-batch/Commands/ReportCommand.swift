import ArgumentParser
import Foundation
import Reporting
import RunStore

struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Make a report of a run, finished or not.",
        discussion: """
            Starts no engine, and changes nothing in the run but the report itself. Of a run that goes on it tells what is \
            finished.

            html: one page with everything in it; report.html in the run when no file is named. md, csv, json: tables, on \
            standard output when no file is named. lm-eval: the files of lm-evaluation-harness's --log_samples, in the \
            directory that -o names.
            """)

    enum Format: String, CaseIterable, ExpressibleByArgument {
        case html, md, csv, json
        case lmEval = "lm-eval"
    }

    @Argument(help: ArgumentHelp("The run's directory.", valueName: "run"), completion: .directory)
    var directory: String

    @Option(help: "html, md, csv, json or lm-eval.")
    var format = Format.html

    @Option(name: .shortAndLong, help: "The file to write, or - for standard output.", completion: .file())
    var output: String?

    func validate() throws {
        guard format == .lmEval, output == nil || output == "-" else { return }
        throw ValidationError("--format lm-eval writes several files: name a directory for them with -o DIR.")
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
