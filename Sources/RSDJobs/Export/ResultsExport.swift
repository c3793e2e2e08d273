import Foundation
import Hub
import JobSpecs
import ModelLifecycle
import Reporting
import RunStore
import Support

/// Exports a run's results with the Python libraries at hand.
package struct ResultsExport: Sendable {
    private let report: RunReport
    private let find: FindPython
    /// Longest time for an export.
    private static let limit = Duration.seconds(3600)

    /// - Parameter find: by default, finds a Python on this machine: that of vLLM first.
    package init(_ report: RunReport, find: FindPython? = nil) {
        let search = PythonSearch(venv: report.job.spec.engine.venv)
        self.report = report
        self.find = find ?? { try await search.first(with: $0)?.python }
    }

    /// Writes one Parquet file with all results; needs pyarrow.
    ///
    /// - Throws: ``ExportUnavailable``, ``ExportFailed``, ``FileFailure``, ``SpawnError``.
    package func writeParquet(to file: URL) async throws {
        let python = try await python(with: "pyarrow", for: "parquet")
        try await writeParquet([(try report.completeResults(), file)], with: python)
    }

    /// Writes a data set as on the Hugging Face hub, with a configuration per method: a card and Parquet files. Needs pyarrow.
    ///
    /// - Throws: as ``writeParquet(to:)``.
    package func writeHubDataset(to folder: URL) async throws {
        let python = try await python(with: "pyarrow", for: "hf")
        let methods = report.job.spec.methods.map(\.name)
        try await writeParquet(
            methods.map { (try report.completeResults(of: $0), folder.appending(path: "data/\($0).parquet")) },
            with: python)
        let configurations = methods.enumerated().map { place, name in
            "- config_name: \(doubleQuoted(name))\n  data_files: \(doubleQuoted("data/\(name).parquet"))"
                + (place == 0 ? "\n  default: true" : "")
        }
        let card = "---\nconfigs:\n\(configurations.joined(separator: "\n"))\n---\n\n\(report.markdown)"
        try RunReport.write(Data(card.utf8), to: folder.appending(path: "README.md"))
    }

    /// Logs the summary and a table of the results to Weights & Biases; needs wandb.
    ///
    /// - Parameter folder: for an offline run, which `wandb sync` uploads later; nil to log as wandb is set up.
    /// - Throws: as ``writeParquet(to:)``.
    package func logToWandb(in folder: URL?) async throws {
        let python = try await python(with: "wandb", for: "wandb")
        if let folder { try Folder.make(folder.path) }
        let settings = SpecSettings.all(report.job.spec)
        let run = WandbRun(
            name: report.job.spec.name, config: settings, summary: report.summary, manifest: report.manifest)
        try await inTemporaryFolder { scratch in
            let (results, run) = (scratch.appending(path: "results"), try JSONText.encode(run))
            try AtomicFile.write(try report.completeResults(), to: results)
            try AtomicFile.write(run, to: scratch.appending(path: "run"))
            try await self.run(
                python, ["wandb", results.path, scratch.appending(path: "run").path, folder?.path ?? ""], "wandb")
        }
    }

    private func writeParquet(_ files: [(lines: Data, file: URL)], with python: String) async throws {
        try await inTemporaryFolder { scratch in
            var arguments = ["parquet"]
            for (place, (lines, file)) in files.enumerated() {
                let input = scratch.appending(path: "\(place)")
                try AtomicFile.write(lines, to: input)
                try Folder.make(file.deletingLastPathComponent().path)
                arguments += [input.path, file.path]
            }
            try await run(python, arguments, "pyarrow")
        }
    }

    private func inTemporaryFolder(_ body: (URL) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "rsd-export-\(RandomName.hex(bytes: 8))")
        try Folder.make(folder.path)
        defer { try? FileManager.default.removeItem(at: folder) }
        try await body(folder)
    }

    private func python(with module: String, for format: String) async throws -> String {
        if let python = try await find(module) { return python }
        throw ExportUnavailable(format: format, module: module, python: try await find("sys"))
    }

    private func run(_ python: String, _ arguments: [String], _ library: String) async throws {
        let script = PythonScript.ownPath + String(decoding: PackageResources.export_py, as: UTF8.self)
        let result = try await CommandOutput.run(python, ["-c", script] + arguments, limit: Self.limit)
        guard result.status != .exited(code: 0) else { return }
        // Libraries may have printed something before.
        let last = result.text.split(whereSeparator: \.isNewline).last.map(String.init) ?? "no output"
        if let failure = try? JSONDecoder().decode(Failure.self, from: Data(last.utf8)) {
            throw ExportFailed(library: library, reason: failure.failed)
        }
        let end = result.status.map { "ended with \($0)" } ?? "took longer than an hour"
        throw ExportFailed(library: library, reason: "\(python) \(end): \(last)")
    }

    private struct Failure: Decodable { var failed: String }
}

/// What `export.py` reads of a run.
private struct WandbRun: Encodable {
    var name: String
    var config: [String: String]
    var summary: Summary
    var versions: [String: String]

    init(name: String, config: [String: String], summary: Summary, manifest: Manifest) {
        (self.name, self.config, self.summary) = (name, config, summary)
        versions = ["rsd_batch": manifest.program, "engine": manifest.engine, "begun": manifest.created]
    }
}

/// The library that an export needs is not at hand.
package struct ExportUnavailable: ProgramError, Equatable {
    package var format: String
    package var module: String
    /// A Python to install it for; nil if there is none.
    package var python: String?

    package init(format: String, module: String, python: String?) {
        (self.format, self.module, self.python) = (format, module, python)
    }

    package var explanation: Explanation {
        let how = python.map {
            "Install it with `\($0) -m pip install \(module)`, or with `uv pip install --python \($0) \(module)`."
        }
        return Explanation(
            "export-unavailable", .badJob, "--format \(format) needs a Python with \(module), and none is found",
            remedy: how
                ?? "Install Python and \(module), or run scripts/setup-vllm for an environment and install it there.")
    }
}

/// A library could not export the results.
package struct ExportFailed: ProgramError, Equatable {
    package var library: String
    package var reason: String

    package init(library: String, reason: String) {
        (self.library, self.reason) = (library, reason)
    }

    package var explanation: Explanation {
        Explanation("export-failed", .badJob, "\(library) could not export the results: \(reason)", remedy: nil)
    }
}
