@testable import Datasets
import Foundation
@testable import JobSpecs
@testable import ModelLifecycle
@testable import Support
import Synchronization
import TestServers
import TestSupport
import Testing

/// The conversion itself is tested with real pyarrow, in `VLLMTests`; here a script stands in for Python.
@Suite("Data sets in Parquet", .timeLimit(.minutes(5)))
struct ParquetTests {
    private final class Setup {
        let fixture: SpecFixture
        let cache: DatasetCache

        /// - Parameter python: what the stand-in does; `$3` is the output, and the files follow.
        init(_ dataset: String = "{ name: d, path: x.parquet }", python: String = good) throws {
            fixture = try SpecFixture()
            cache = DatasetCache(directory: URL(filePath: fixture.path("cache/datasets")))
            try fixture.writeJob(("{ name: heldout, path: problems.jsonl }", dataset))
            try fixture.write("PAR1", to: "x.parquet")
            try Script.write(
                "#!/bin/sh\necho call >>\(fixture.path("calls"))\n" + python,
                to: URL(filePath: fixture.path("python")))
        }

        var calls: Int {
            (try? String(contentsOfFile: fixture.path("calls"), encoding: .utf8))?.split(separator: "\n").count ?? 0
        }

        func fetch(
            modules: Set<String> = ["pyarrow", "sys"], _ observe: @escaping @Sendable (FetchEvent) -> Void = { _ in }
        ) async -> String {
            let (python, directory) = (fixture.path("python"), fixture.directory.path)
            do {
                try await JobLoader.fetchDatasets(
                    of: URL(filePath: fixture.path("job.yaml")), into: cache, retries: RetryPolicy(attempts: 1),
                    findPython: { modules.contains($0) ? python : nil }, observe: observe)
                return "fetched"
            } catch {
                return "\(error)".replacing(directory + "/", with: "")
            }
        }

        func load() -> String {
            do {
                let job = try JobLoader.load(URL(filePath: fixture.path("job.yaml")), cache: cache)
                let warnings = job.warnings.map(\.rendered).joined(separator: "\n")
                return warnings + job.problems.values.flatMap { $0 }.map(\.question).joined(separator: " ")
            } catch {
                return error.description.replacing(fixture.directory.path + "/", with: "")
            }
        }
    }

    /// Writes a record for each file.
    private static let good = #"""
        out=$3; shift 3
        for file; do echo "{\"question\": \"$(cat "$file")?\", \"answer\": 1}" >>"$out"; done
        echo a library says hello
        echo '{"records": 1, "left_out": []}'
        """#

    @Test("a file is converted once, and then read from the cache")
    func once() async throws {
        let setup = try Setup()
        let events = Mutex<[FetchEvent]>([])
        #expect(await setup.fetch { event in events.withLock { $0.append(event) } } == "fetched")
        #expect(setup.load() == "PAR1?")
        #expect(await setup.fetch(modules: []) == "fetched")
        #expect(setup.calls == 1)
        #expect(
            events.withLock { $0 } == [
                .converting(dataset: "d", path: setup.fixture.path("x.parquet")), .converted(records: 1),
            ])
        let job = try JobLoader.load(URL(filePath: setup.fixture.path("job.yaml")), cache: setup.cache)
        let origin = try #require(job.origins["d"])
        #expect(origin.files.map(\.sha256) == [SHA256.hex("PAR1")])
        #expect(origin.converted == SHA256.hex("{\"question\": \"PAR1?\", \"answer\": 1}\n"))
    }

    @Test("another file is converted again, and a damaged copy too")
    func again() async throws {
        let setup = try Setup()
        #expect(await setup.fetch() == "fetched")
        try setup.fixture.write("PAR2", to: "x.parquet")
        #expect(setup.load().contains("x.parquet has not been converted yet; run `rsd-batch validate` on this job"))
        #expect(await setup.fetch() == "fetched")
        #expect(setup.load() == "PAR2?")
        for file in try FileManager.default.contentsOfDirectory(atPath: setup.cache.directory.path)
        where file.count == 64 {
            try setup.fixture.write("half", to: "cache/datasets/\(file)")
        }
        #expect(setup.load().contains("has the SHA-256 \(SHA256.hex("half"))"))
        #expect(await setup.fetch() == "fetched")
        #expect(setup.load() == "PAR2?")
        #expect(setup.calls == 3)
    }

    @Test("columns that were left out are a warning")
    func leftOut() async throws {
        let setup = try Setup(python: Self.good.replacing("[]", with: #"["image"]"#))
        #expect(await setup.fetch() == "fetched")
        #expect(setup.load().contains(":11:22: warning: "))
        #expect(setup.load().contains("x.parquet has binary data in 'image', which was left out"))
    }

    @Test("without pyarrow or Python, the error has the command to type")
    func noPython() async throws {
        let setup = try Setup()
        let without = await setup.fetch(modules: ["sys"])
        #expect(
            without.hasPrefix(
                "job.yaml:11:22: error: x.parquet is a Parquet file, which needs a Python with pyarrow; install it with "
                    + "`python -m pip install pyarrow`"), "\(without)")
        let none = await setup.fetch(modules: [])
        #expect(none.contains("install Python and pyarrow"), "\(none)")
    }

    @Test("a conversion that fails is an error with its reason, and leaves nothing behind")
    func failure() async throws {
        let refused = try Setup(python: #"echo '{"failed": "x.parquet has two columns"}'; exit 3"#)
        #expect(await refused.fetch().hasPrefix("job.yaml:11:22: error: x.parquet has two columns\n"))
        let dead = try Setup(python: "touch \"$3\"; echo Segmentation fault; kill -9 $$")
        let said = await dead.fetch()
        #expect(said.contains("ended with signal 9 (SIGKILL): Segmentation fault"), "\(said)")
        for setup in [refused, dead] {
            #expect(try FileManager.default.contentsOfDirectory(atPath: setup.cache.directory.path) == [])
        }
    }

    @Test("a file with another checksum is not converted, and one that is missing is reported as any file is")
    func otherFile() async throws {
        let pinned = try Setup("{ name: d, path: x.parquet, sha256: \(SHA256.hex("PAR2")) }")
        #expect(await pinned.fetch() == "fetched")
        #expect(pinned.calls == 0)
        #expect(pinned.load().contains("x.parquet has the SHA-256 \(SHA256.hex("PAR1")), but 'sha256' is"))
        let missing = try Setup("{ name: d, path: y.parquet }")
        #expect(await missing.fetch() == "fetched")
        #expect(missing.load().hasPrefix("job.yaml:11:22: error: there is no file y.parquet\n"))
    }

    @Test("a file behind an address is fetched and converted")
    func remote() async throws {
        let server = try await TestServer { _ in TestServer.Response(body: Data("PAR3".utf8)) }
        let setup = try Setup("{ name: d, path: '\(server.base)/resolve?file=x', format: parquet }")
        #expect(await setup.fetch() == "fetched")
        await server.stop()
        #expect(await setup.fetch() == "fetched")
        #expect(setup.load().hasSuffix("PAR3?"))
        let job = try JobLoader.load(URL(filePath: setup.fixture.path("job.yaml")), cache: setup.cache)
        #expect(job.spec.datasets[0].sha256 == SHA256.hex("PAR3") && job.spec.datasets[0].format == .parquet)
    }
}
