@testable import Datasets
import Foundation
@testable import JobSpecs
import ModelLifecycle
import SpecYAML
import Support
import TestServers
import Testing

@Suite("Data sets by name", .timeLimit(.minutes(5)))
struct KnownDatasetTests {
    private static let repository = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../../..").standardizedFileURL
    private static let written = "- { name: heldout, path: problems.jsonl }"

    private func decode(_ datasets: String) throws -> [DatasetSpec] {
        let text = SpecFixture.job.replacing(Self.written, with: datasets)
        let (job, diagnostics) = try JobLoader.decode(
            SourceText(file: "job.yaml", utf8: Data(text.utf8)), directory: "/")
        #expect(diagnostics.map(\.rendered) == [])
        return try #require(job).datasets.map(\.spec)
    }

    @Test("every file of the evaluation is known with its size, checksum, reader and number of records")
    func table() throws {
        let all = KnownDataset.all
        #expect(all.count == 28)
        #expect(Set(all.map(\.name)).count == 28 && Set(all.map(\.sha256)).count == 28)
        let readers = Set(RecordReader.named.map(\.name))
        for known in all {
            #expect(known.sha256.wholeMatch(of: /[0-9a-f]{64}/) != nil, "\(known.name)")
            #expect(known.bytes > 0 && known.records > 0 && readers.contains(known.reader), "\(known.name)")
        }
        #expect(all.reduce(0) { $0 + $1.bytes } == 9_049_708)
        let specs = try decode("[\(all.map(\.name).joined(separator: ", "))]")
        #expect(specs.map(\.name) == all.map(\.name) && specs.map(\.path) == all.map(\.address))
    }

    @Test("the documentation lists the known data sets and no others")
    func documentation() throws {
        let manual = try String(contentsOf: Self.repository.appending(path: "docs/spec.md"), encoding: .utf8)
        let rows = manual.split(separator: "\n").filter { $0.hasSuffix(".jsonl` |") }
        #expect(
            rows.map(String.init)
                == KnownDataset.all.map { "| `\($0.name)` | \($0.records) | \($0.bytes) | `\($0.file)` |" })
    }

    @Test("a name stands for what could be written instead")
    func expansion() throws {
        let known = try #require(KnownDataset.named("mawps_addsub"))
        let folder = "BaohaoLiao/RSD/933d8e579f9c3387c04dd9c8fa3c7fd42a30c97e/external/qwen25_math_evaluation/data"
        let expected = """
            - { name: mawps_addsub, path: https://raw.githubusercontent.com/\(folder)/mawps/addsub.jsonl, \
            sha256: \(known.sha256), records: 395, reader: mawps, id: key, shuffle: 1, start: 2, limit: 3 }
            """
        #expect(
            try decode("- { name: mawps_addsub, id: key, shuffle: 1, start: 2, limit: 3 }") == decode(expected))
        #expect(try decode("- mawps_addsub") == decode("- { name: mawps_addsub }"))
    }

    @Test("a known name with a path is the user's file")
    func ownPath() throws {
        let own = DatasetSpec(name: "gsm8k", path: "/problems.jsonl", question: "question", answer: "answer")
        #expect(try decode("- { name: gsm8k, path: problems.jsonl }") == [own])
    }

    @Test("written settings take precedence over the table")
    func precedence() throws {
        let known = try #require(KnownDataset.named("gsm8k"))
        let spec = try #require(decode("- { name: gsm8k, reader: math, records: 7 }").first)
        #expect(spec.reader == "math" && spec.records == 7 && spec.sha256 == known.sha256)
    }

    // MARK: A small file in place of the real one

    private static let lines = #"{"question": "1+1?", "answer": "So #### 2"}"# + "\n"

    /// Fetches and loads a job that names `gsm8k`, resolved as in a run directory, with its file's place, checksum and
    /// number of records replaced; gives the questions or what is wrong.
    private func fetched(
        records: Int = 1, _ answer: @escaping @Sendable (_ path: String) -> TestServer.Response
    ) async throws -> String {
        let server = try await TestServer { answer($0.path) }
        let fixture = try SpecFixture()
        let cache = DatasetCache(directory: fixture.directory.appending(path: "cache"))
        let known = try #require(KnownDataset.named("gsm8k"))
        var job = try fixture.load().spec
        job.datasets = try decode("- gsm8k")
        let resolved = job.renderYAML()
        #expect(resolved.contains(known.address) && resolved.contains(known.sha256))
        try fixture.write(
            resolved.replacing(known.address, with: "\(server.base)/\(known.file)")
                .replacing(known.sha256, with: SHA256.hex(Self.lines)).replacing(
                    "records: 1319", with: "records: \(records)"),
            to: "job.yaml")
        let file = fixture.directory.appending(path: "job.yaml")
        let result: String
        do {
            try await JobLoader.fetchDatasets(of: file, into: cache, retries: RetryPolicy(attempts: 1))
            await server.stop()
            let loaded = try JobLoader.load(file, cache: cache)
            result = loaded.problems.values.joined().map { "\($0.question) \($0.answer)" }.joined()
        } catch {
            // What is refused is not kept.
            #expect(cache.holds(SHA256.hex(Self.lines)) == (records != 1))
            result = "\(error)".replacing(server.base, with: "URL")
        }
        await server.stop()
        return result
    }

    @Test("a resolved job is fetched, checked, and read without the server")
    func good() async throws {
        #expect(try await fetched { _ in .init(body: Data(Self.lines.utf8)) } == "1+1? 2")
    }

    @Test("a wrong byte, a short file and a redirect to another file are refused")
    func otherFiles() async throws {
        let wrong = Self.lines.replacing("1+1", with: "1+2"), short = String(Self.lines.dropLast())
        for body in [wrong, short] {
            let said = try await fetched { _ in .init(body: Data(body.utf8)) }
            #expect(said.contains(SHA256.hex(body)) && said.contains("it is a different file"), "\(said)")
        }
        let said = try await fetched { path in
            path == "/elsewhere"
                ? .init(body: Data("<html>".utf8)) : .init(status: 302, headers: ["Location": "/elsewhere"])
        }
        #expect(said.contains(SHA256.hex("<html>")) && said.contains("it is a different file"), "\(said)")
    }

    @Test("another number of records is an error that names the file and both numbers")
    func miscount() async throws {
        let said = try await fetched(records: 2) { _ in .init(body: Data(Self.lines.utf8)) }
        for part in ["URL/gsm8k/test.jsonl: error: ", "1 record,", "'records' is 2"] {
            #expect(said.contains(part), "\(said)")
        }
    }
}
