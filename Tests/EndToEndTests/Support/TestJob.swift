import Foundation
@testable import RSDJobs

/// A job on the demo's models, and its run directory.
final class TestJob: Sendable {
    let setup: JobSetup
    let scratch: URL
    let file: URL
    let directory: RunDirectory

    init(_ setup: JobSetup = JobSetup()) throws {
        self.setup = setup
        scratch = FileManager.default.temporaryDirectory.appending(path: "rsd-e2e-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
        file = scratch.appending(path: "job.yaml")
        directory = RunDirectory(scratch.appending(path: "run"))
        try write(setup)
    }

    deinit {
        for pid in (try? livingEngines()) ?? [] { kill(pid, SIGKILL) }
        try? FileManager.default.removeItem(at: scratch)
    }

    /// Writes the spec and the data anew.
    func write(_ setup: JobSetup) throws {
        try Data(setup.records().utf8).write(to: scratch.appending(path: "problems.jsonl"))
        try Data(setup.yaml(scratch: scratch).utf8).write(to: file)
    }

    // MARK: Running

    func start(_ options: [String] = []) throws -> RunnerProcess {
        try RunnerProcess(["run", file.path, "--run-dir", directory.url.path] + options, scratch: scratch)
    }

    /// Runs it to its end.
    func run(_ options: [String] = [], environment: [String: String] = [:]) async throws -> Ended {
        try await command(
            ["run", file.path, "--run-dir", directory.url.path] + options, environment: environment)
    }

    /// Runs any command of the program to its end.
    func command(_ arguments: [String], environment: [String: String] = [:]) async throws -> Ended {
        let process = try RunnerProcess(arguments, scratch: scratch, environment: environment)
        let code = await process.exitCode()
        return Ended(code: code, output: process.standardOutput, messages: process.standardError)
    }

    struct Ended: Sendable {
        var code: Int32
        var output: String
        var messages: String
    }

    // MARK: What it left

    func results() throws -> Data { try Data(contentsOf: directory.results) }

    func resultLines() throws -> [ResultLine] { try Self.lines(of: results()) }

    static func lines(of results: Data) throws -> [ResultLine] {
        try results.split(separator: UInt8(ascii: "\n")).map { try JSONDecoder().decode(ResultLine.self, from: $0) }
    }

    func summary() throws -> Summary {
        try JSONDecoder().decode(Summary.self, from: Data(contentsOf: directory.summary))
    }

    func records() throws -> [JournalRecord] { try JournalReader.read(directory.journal).records }

    /// What an untouched run of the same job writes.
    func reference() async throws -> Data { try await References.shared.results(of: setup) }

    /// Every file of the run directory and its content, without the lock, which each process writes its pid to.
    func snapshot() throws -> [String: Data] {
        var files: [String: Data] = [:]
        let root = directory.url.path
        for path in try FileManager.default.subpathsOfDirectory(atPath: root) where path != "lock" {
            files[path] = FileManager.default.contents(atPath: "\(root)/\(path)")
        }
        return files
    }

    // MARK: Its engines

    /// Processes that the ledger tells of, in the order of their starts.
    func engineStarts() throws -> [EngineStart] {
        guard let ledger = try? Data(contentsOf: directory.engines) else { return [] }
        struct Line: Decodable {
            var event: String
            var tag: String
            var engine: String?
            var pid: Int32?
        }
        var starts: [EngineStart] = []
        for text in ledger.split(separator: UInt8(ascii: "\n")) {
            guard let line = try? JSONDecoder().decode(Line.self, from: text) else { continue }
            let index = starts.firstIndex { $0.tag == line.tag }
            switch (line.event, index) {
            case ("intent", _): starts.append(EngineStart(tag: line.tag, engine: line.engine ?? "?"))
            case ("started", let index?): starts[index].pid = line.pid
            case ("stopped", let index?): starts[index].isStopped = true
            default: break
            }
        }
        return starts
    }

    struct EngineStart {
        var tag: String
        var engine: String
        var pid: pid_t?
        var isStopped = false
    }

    /// Living processes that carry the tag of one of this run's engines.
    func livingEngines() throws -> [pid_t] {
        let tags = Set(try engineStarts().map { "RSD_BATCH_ENGINE_TAG=\($0.tag)" })
        return try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { pid_t($0) }.filter { pid in
            !ProcessFacts.isDead(pid) && ProcessFacts.environment(of: pid).contains(where: tags.contains)
        }
    }
}
