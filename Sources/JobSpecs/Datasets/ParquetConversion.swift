import Datasets
import Foundation
import Hub
import ModelLifecycle
import Support

/// Gives the first Python that has a module; nil if there is none.
package typealias FindPython = @Sendable (_ module: String) async throws -> String?

/// Converts Parquet files to JSON Lines in the cache, with the pyarrow of a Python at hand.
struct ParquetConversion: Sendable {
    /// Counts what changes the lines that are made of a file.
    private static let version = 1
    /// Longest time for a conversion; a million records take about a minute.
    private static let limit = Duration.seconds(3600)

    let cache: DatasetCache
    let find: FindPython

    /// The words that identify a conversion of these files, in this order, in the cache.
    static func source(_ sources: [DatasetStore.Source]) -> String {
        "parquet, converted by version \(version): " + sources.map(\.sha256).joined(separator: " ")
    }

    func isDone(_ sources: [DatasetStore.Source]) -> Bool { cache.completeRecord(of: Self.source(sources)) != nil }

    /// - Returns: the number of records.
    /// - Throws: ``Unreadable``, ``FileFailure``, ``SpawnError``; `CancellationError`.
    func convert(_ sources: [DatasetStore.Source]) async throws -> Int {
        let python = try await python(for: sources)
        try Folder.make(cache.directory.path)
        let output = cache.directory.appending(path: "\(UUID().uuidString).partial")
        defer { unlink(output.path) }
        let script = PythonScript.ownPath + String(decoding: PackageResources.parquet_py, as: UTF8.self)
        let result = try await CommandOutput.run(
            python, ["-c", script, output.path] + sources.map(\.path), limit: Self.limit)
        let said = try report(of: result, by: python)
        let lines = try Data(contentsOf: output, options: .mappedIfSafe)
        let sum = SHA256.hex(of: lines)
        try cache.keep(lines, sum)
        try cache.keep(
            DatasetCache.Record(
                source: Self.source(sources), files: [.init(name: "converted.jsonl", sha256: sum)],
                leftOut: said.leftOut.isEmpty ? nil : said.leftOut))
        return said.records
    }

    private func python(for sources: [DatasetStore.Source]) async throws -> String {
        if let python = try await find("pyarrow") { return python }
        let what = "\(sources[0].name) is a Parquet file, which needs a Python with pyarrow"
        guard let python = try await find("sys") else {
            throw Unreadable(
                message: "\(what); install Python and pyarrow, or run scripts/setup-vllm, whose environment has both")
        }
        throw Unreadable(
            message: "\(what); install it with `\(python) -m pip install pyarrow`, or with "
                + "`uv pip install --python \(python) pyarrow`")
    }

    private struct Report: Decodable {
        var records: Int
        var leftOut: [String]

        private enum CodingKeys: String, CodingKey {
            case records
            case leftOut = "left_out"
        }
    }

    private struct Failure: Decodable { var failed: String }

    private func report(of result: CommandOutput, by python: String) throws(Unreadable) -> Report {
        // Libraries may have printed something before.
        let last = result.text.split(whereSeparator: \.isNewline).last.map(String.init) ?? "no output"
        let line = Data(last.utf8)
        if result.status == .exited(code: 0), let report = try? JSONDecoder().decode(Report.self, from: line) {
            return report
        }
        if let failure = try? JSONDecoder().decode(Failure.self, from: line) {
            throw Unreadable(message: failure.failed)
        }
        let end = result.status.map { "ended with \($0)" } ?? "took longer than an hour"
        throw Unreadable(message: "the conversion by \(python) \(end): \(last)")
    }
}
