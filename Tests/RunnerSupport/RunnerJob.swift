import Foundation
import ModelLifecycle
import Reporting
import RunStore
import TestSupport

/// A job, and its run directory.
package final class RunnerJob<Source: JobSource>: Sendable {
    package let setup: Source
    private let folder: Scratch
    package let file: URL
    package let directory: RunDirectory

    package init(_ setup: Source) throws {
        self.setup = setup
        folder = try Scratch()
        file = folder.file("job.yaml")
        directory = RunDirectory(folder.file("run"))
        try write(setup)
    }

    deinit {
        for pid in (try? livingEngines()) ?? [] { kill(pid, SIGKILL) }
    }

    package var scratch: URL { folder.url }

    /// Writes the spec and the data anew.
    package func write(_ setup: Source) throws {
        try Data(setup.records().utf8).write(to: scratch.appending(path: "problems.jsonl"))
        try Data(setup.yaml(scratch: scratch).utf8).write(to: file)
    }

    // MARK: Running

    package func start(_ options: [String] = [], environment: [String: String] = [:]) throws -> RunnerProcess {
        try RunnerProcess(
            ["run", file.path, "--run-dir", directory.url.path] + options, scratch: scratch, environment: environment,
            limit: Source.limit)
    }

    /// Runs it to its end.
    package func run(_ options: [String] = [], environment: [String: String] = [:]) async throws -> Ended {
        try await command(
            ["run", file.path, "--run-dir", directory.url.path] + options, environment: environment)
    }

    /// Runs any command of the program to its end.
    package func command(_ arguments: [String], environment: [String: String] = [:]) async throws -> Ended {
        let process = try RunnerProcess(arguments, scratch: scratch, environment: environment, limit: Source.limit)
        let code = await process.exitCode()
        return Ended(code: code, output: process.standardOutput, messages: process.standardError)
    }

    package struct Ended: Sendable {
        package var code: Int32
        package var output: String
        package var messages: String

        package init(code: Int32, output: String, messages: String) {
            (self.code, self.output, self.messages) = (code, output, messages)
        }
    }

    // MARK: What it left

    package func results() throws -> Data { try Data(contentsOf: directory.results) }

    package func resultLines() throws -> [ResultLine] { try Self.lines(of: results()) }

    package static func lines(of results: Data) throws -> [ResultLine] {
        try results.split(separator: UInt8(ascii: "\n")).map { try JSONDecoder().decode(ResultLine.self, from: $0) }
    }

    package func summary() throws -> Summary {
        try JSONDecoder().decode(Summary.self, from: Data(contentsOf: directory.summary))
    }

    package func figures() throws -> RunFigures { RunFigures(records: try records(), waves: 0) }

    package func records() throws -> [JournalRecord] { try JournalReader.read(directory.journal).records }

    /// What an untouched run of the same job writes.
    package func reference() async throws -> Data { try await reference(of: setup) }

    package func reference(of setup: Source) async throws -> Data { try await References.shared.results(of: setup) }

    /// Every file of the run directory and its content, without those of the lock, which every process writes to.
    package func snapshot() throws -> [String: Data] {
        var files: [String: Data] = [:]
        let root = directory.url.path
        for path in try FileManager.default.subpathsOfDirectory(atPath: root) where !path.hasPrefix("lock") {
            files[path] = FileManager.default.contents(atPath: "\(root)/\(path)")
        }
        return files
    }

    // MARK: Its engines

    /// Processes that the ledger tells of, in the order of their starts.
    package func engineStarts() throws -> [LedgerStart] { try starts().filter { !$0.isForkServer } }

    /// These and the processes that engines are forked from.
    package func starts() throws -> [LedgerStart] {
        LedgerStart.all(ledger: (try? Data(contentsOf: directory.engines)) ?? Data())
    }

    /// Living processes that carry the tag of one of this run's engines.
    package func livingEngines() throws -> [pid_t] {
        let tags = Set(try starts().map { "RSD_BATCH_ENGINE_TAG=\($0.tag)" })
        return try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { pid_t($0) }.filter { pid in
            !ProcessFacts.isDead(pid) && ProcessFacts.environment(of: pid).contains(where: tags.contains)
        }
    }
}
