import Foundation
import Testing

@testable import JobSpecs
@testable import RSDJobs
@testable import Reporting
@testable import RunStore
@testable import Runner
@testable import Support

/// Run directories to compare, each made by a run of its own on engines that answer at once.
struct ComparedRuns: ~Copyable {
    private let fixture: SpecFixture

    init() throws { fixture = try SpecFixture() }

    /// A question and its answer.
    typealias Record = (id: String, question: String, gold: String)

    static let sums: [Record] = (1...6).map { ("p\($0)", "\($0)+\($0)?", "\(2 * $0)") }

    func directory(_ name: String) -> RunDirectory { RunDirectory(fixture.directory.appending(path: name)) }

    func dataFile(_ name: String) -> URL { fixture.directory.appending(path: "\(name).jsonl") }

    /// Runs a job on these problems in the directory `name`.
    ///
    /// - Parameters:
    ///   - shard: the directory is then that of the shard, inside.
    ///   - right: the problems that each method solves.
    ///   - failing: the problems on which every method fails.
    func run(
        _ name: String, _ records: [Record] = sums, changes: [(String, String)] = [], shard: Shard? = nil,
        right: [String: Set<String>] = [:], failing: Set<String> = []
    ) async throws {
        let (data, job) = (dataFile(name), String(name.split(separator: "/").last ?? ""))
        let lines = try records.map { record in
            try JSONText.encode(["uid": record.id, "question": record.question, "answer": record.gold])
        }
        try Folder.make(data.deletingLastPathComponent().path)
        try Data(lines.joined(separator: [10])).write(to: data)
        let path = ("path: problems.jsonl", "path: \(name).jsonl, id: uid")
        try fixture.writeJob([path, ("name: demo", "name: \(job)")] + changes)
        let loaded = try fixture.load()
        let parent = directory(name)
        let place = shard.map { ShardedRun(parent).directory(of: $0) } ?? parent
        let engines = FakeEngines { request, _, _ in
            failing.contains(request.id.problem) ? .unanswerable("it is too hard") : .answer
        }
        _ = try await JobRun(try shard.map(loaded.part) ?? loaded, in: place, on: FakePool(engines: engines)).run()
        try grade(place, right)
    }

    /// Sets which answers are right, as another grader would.
    func grade(_ directory: RunDirectory, _ right: [String: Set<String>]) throws {
        var lines = Array(ResultLine.all(in: directory.resultsContent))
        for index in lines.indices {
            lines[index].correct = right[lines[index].method]?.contains(lines[index].problem) ?? false
        }
        try ResultLine.encode(lines).write(to: directory.results)
        try RunReport(directory).write(to: directory)
    }

    func compare(_ names: String..., against: String? = nil) throws -> Comparison {
        try Comparison(names.map { try ComparedRun(path: directory($0).url.path) }, against: against)
    }
}

extension Comparison {
    func row(_ name: String, _ dataset: String = "heldout") throws -> Row {
        try #require(rows.first { $0.name == name && $0.dataset == dataset })
    }
}
