import ArgumentParser
import Foundation
import RSDJobs
import Reporting
import RunStore
import Terminal

struct ReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Write a report of a run, finished or not.",
        discussion: """
            Starts no engine and changes only the report. The report of a run in progress covers the finished answers.

            html, the default: one page with everything, in report.html of the run directory or where -o says, and on standard \
            output the table that `rsd-batch run` ends with. md, csv, json, latex: tables, by default on standard output. jsonl: results.jsonl with question, prompt and the tokens of each step.

            To what -o names: lm-eval, a directory with the files that lm-evaluation-harness writes with --log_samples; \
            parquet, one file; hf, a directory that datasets.load_dataset reads, with a configuration per method. wandb: logs \
            to Weights & Biases, or, with -o DIR, offline. The last three need Python's pyarrow or wandb, in vLLM's environment \
            or on PATH.
            """)

    enum Format: String, CaseIterable, ExpressibleByArgument {
        case html, md, csv, json, latex, jsonl, parquet, hf, wandb
        case lmEval = "lm-eval"

        /// What -o has to name; nil if it may be left out.
        var needed: String? {
            switch self {
            case .lmEval, .hf: "several files: give a directory with -o DIR"
            case .parquet: "a binary file: name it with -o FILE"
            default: nil
            }
        }
    }

    @Argument(help: ArgumentHelp("The run directory.", valueName: "run"), completion: .directory)
    var directory: String

    @Option(help: "The format of the report. (default: html)")
    var format: Format?

    @Option(name: .shortAndLong, help: "The file to write, or - for standard output.", completion: .file())
    var output: String?

    @OptionGroup var options: OutputOptions

    private var chosen: Format { options.json ? .json : format ?? .html }

    func validate() throws {
        if options.json, let format, format != .json {
            throw ValidationError("give --json or --format \(format.rawValue), not both.")
        }
        let format = chosen
        if format == .wandb, output == "-" {
            throw ValidationError("--format wandb writes no file to standard output.")
        }
        guard let needed = format.needed, output == nil || output == "-" else { return }
        throw ValidationError("--format \(format.rawValue) writes \(needed).")
    }

    func run() async throws {
        let console = Console()
        let run = RunDirectory(URL(filePath: directory))
        let report = try RunReport(run)
        if report.finished < report.total {
            console.message("rsd-batch: \(report.finished) of \(report.total) answers are finished\n")
        }
        switch chosen {
        case .html: try page(report, in: run, console)
        case .md: try write(Data(report.markdown.utf8), to: output, console)
        case .csv: try write(Data(report.summary.csv.utf8), to: output, console)
        case .json: try write(try report.summaryJSON(), to: output, console)
        case .latex:
            let table = try Comparison([ComparedRun(report, in: run, path: directory)], against: nil)
            try write(Data(table.latex.utf8), to: output, console)
        case .jsonl: try write(try report.completeResults(), to: output, console)
        case .parquet, .hf, .wandb: try await export(report, console)
        case .lmEval:
            let root = URL(filePath: output ?? "")
            for (path, content) in try report.lmEvalFiles() {
                try write(content, to: root.appending(path: path).path, console)
            }
        }
    }

    /// Writes the page, and prints the table where it does not take its place.
    private func page(_ report: RunReport, in run: RunDirectory, _ console: Console) throws {
        let file = output ?? run.report.relativePath
        try write(try report.html(), to: file, console)
        guard file != "-" else { return }
        let isFinished = report.finished == report.total
        try console.table(
            RunFooter(
                report.summary, directory: directory, example: report.job.firstTrajectory, page: output,
                hasResults: isFinished),
            options)
    }

    /// Writes what needs a Python library.
    private func export(_ report: RunReport, _ console: Console) async throws {
        let (export, place) = (ResultsExport(report), output.map { URL(filePath: $0) })
        switch (chosen, place) {
        case (.parquet, let place?): try await export.writeParquet(to: place)
        case (.hf, let place?): try await export.writeHubDataset(to: place)
        default: try await export.logToWandb(in: place)
        }
        if let output { console.message("\(output)\n") }
    }

    private func write(_ data: Data, to file: String?, _ console: Console) throws {
        guard let file, file != "-" else { return try console.out(String(decoding: data, as: UTF8.self)) }
        try RunReport.write(data, to: URL(filePath: file))
        console.message("\(file)\n")
    }
}
