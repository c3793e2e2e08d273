@testable import Datasets
import Foundation
@testable import JobSpecs
import ModelLifecycle
@testable import Support
import Synchronization
import TestServers
import TestSupport
import Testing

@Suite("Data sets with a URL", .timeLimit(.minutes(5)))
struct DatasetCacheTests {
    private static let lines = #"{"question": "1+1?", "answer": 2}"# + "\n"
    private static let sum = SHA256.hex(lines)

    /// A job whose data set is at an address, and a cache of its own.
    private final class Setup {
        let fixture: SpecFixture
        let cache: DatasetCache

        init(_ dataset: String) throws {
            let fixture = try SpecFixture()
            cache = DatasetCache(directory: URL(filePath: fixture.path("cache/datasets")))
            try fixture.writeJob(("{ name: heldout, path: problems.jsonl }", dataset))
            self.fixture = fixture
        }

        func fetch(_ observe: @escaping @Sendable (FetchEvent) -> Void = { _ in }) async -> String {
            let (file, cache, directory) = (URL(filePath: fixture.path("job.yaml")), cache, fixture.directory.path)
            do {
                try await JobLoader.fetchDatasets(of: file, into: cache, retries: Self.retries, observe: observe)
                return "fetched"
            } catch {
                return "\(error)".replacing(directory + "/", with: "")
            }
        }

        func load() -> String {
            do {
                let job = try JobLoader.load(URL(filePath: fixture.path("job.yaml")), cache: cache)
                return job.problems.values.flatMap { $0 }.map(\.question).joined(separator: " ")
            } catch {
                return error.description.replacing(fixture.directory.path + "/", with: "")
            }
        }

        var cached: [String] {
            ((try? FileManager.default.contentsOfDirectory(atPath: cache.directory.path)) ?? []).sorted()
        }

        private static let retries = RetryPolicy(attempts: 3, firstPause: .milliseconds(1))
    }

    /// Serves while the body runs, and gives how often it was asked.
    @discardableResult
    private func serving(
        _ answer: @escaping @Sendable (_ path: String, _ asked: Int) -> TestServer.Response,
        _ body: (_ base: String) async throws -> Void
    ) async throws -> Int {
        let count = Counter()
        let server = try await TestServer { request in answer(request.path, count.next()) }
        try await body(server.base)
        await server.stop()
        return count.value
    }

    private static func good() -> TestServer.Response {
        TestServer.Response(body: Data(lines.utf8))
    }

    @Test("a file is fetched once and then read without the server")
    func fetchedOnce() async throws {
        let dataset = "{ name: d, path: 'URL/a%20b.jsonl?raw=true', sha256: \(Self.sum.uppercased()) }"
        var address = ""
        let events = Mutex<[FetchEvent]>([])
        let asked = try await serving({ _, _ in Self.good() }) { base in
            address = base
            let setup = try Setup(dataset.replacing("URL", with: base))
            #expect(await setup.fetch { event in events.withLock { $0.append(event) } } == "fetched")
            #expect(await setup.fetch() == "fetched")
            #expect(setup.load() == "1+1?")
            #expect(setup.cached == [Self.sum])
        }
        #expect(asked == 1)
        let size = Self.lines.utf8.count
        #expect(
            events.withLock { $0 } == [
                .began(dataset: "d", address: address + "/a%20b.jsonl?raw=true"), .received(size, of: size),
                .ended(bytes: size),
            ])
    }

    @Test("a run directory's job.yaml is loaded from the cache alone")
    func resolvedSpec() async throws {
        let dataset = "{ name: d, path: URL/x.jsonl, sha256: \(Self.sum) }"
        var rendered = ""
        var cache: DatasetCache?
        let fixture = try SpecFixture()
        try await serving({ _, _ in Self.good() }) { base in
            try fixture.writeJob(("{ name: heldout, path: problems.jsonl }", dataset.replacing("URL", with: base)))
            let store = DatasetCache(directory: URL(filePath: fixture.path("cache")))
            try await JobLoader.fetchDatasets(of: URL(filePath: fixture.path("job.yaml")), into: store)
            let job = try JobLoader.load(URL(filePath: fixture.path("job.yaml")), cache: store)
            (rendered, cache) = (job.spec.renderYAML(), store)
        }
        try FileManager.default.createDirectory(atPath: fixture.path("run"), withIntermediateDirectories: true)
        try fixture.write(rendered, to: "run/job.yaml")
        let again = try JobLoader.load(URL(filePath: fixture.path("run/job.yaml")), cache: try #require(cache))
        #expect(again.problems["d"]?.map(\.answer) == ["2"])
    }

    @Test("a file with another checksum is refused and not kept")
    func otherFile() async throws {
        let other = String(repeating: "0", count: 64)
        try await serving({ _, _ in Self.good() }) { base in
            let setup = try Setup("{ name: d, path: \(base)/x.jsonl, sha256: '\(other)' }")
            #expect(
                await setup.fetch().hasPrefix(
                    """
                    job.yaml:11:22: error: the response of \(base)/x.jsonl, \(Self.lines.utf8.count) bytes, has the SHA-256 \
                    \(Self.sum), but 'sha256' is \(other): it is a different file

                    """))
            #expect(setup.cached == [])
        }
    }

    @Test("a damaged copy is reported and fetched again")
    func damagedCopy() async throws {
        let asked = try await serving({ _, _ in Self.good() }) { base in
            let setup = try Setup("{ name: d, path: \(base)/x.jsonl, sha256: \(Self.sum) }")
            #expect(await setup.fetch() == "fetched")
            try setup.fixture.write("half", to: "cache/datasets/\(Self.sum)")
            #expect(setup.load().contains("the copy cache/datasets/\(Self.sum) has the SHA-256 \(SHA256.hex("half"))"))
            #expect(await setup.fetch() == "fetched")
            #expect(setup.load() == "1+1?")
        }
        #expect(asked == 2)
    }

    @Test("without a copy, the error has a remedy")
    func noCopy() throws {
        let setup = try Setup("{ name: d, path: https://example.invalid/x.jsonl, sha256: \(Self.sum) }")
        #expect(
            setup.load().hasPrefix(
                "job.yaml:11:22: error: https://example.invalid/x.jsonl is not in the cache cache/datasets; "
                    + "run `rsd-batch validate` on this job to fetch it\n"))
    }

    @Test("a refusal is reported, and a busy server is asked again")
    func refusals() async throws {
        let refused = try await serving({ _, _ in TestServer.Response(status: 404) }) { base in
            let setup = try Setup("{ name: d, path: \(base)/x.jsonl, sha256: \(Self.sum) }")
            #expect(
                await setup.fetch().contains(
                    "\(base)/x.jsonl cannot be downloaded: the server responded with status 404\n"))
        }
        #expect(refused == 1)
        let busy = try await serving({ _, asked in
            asked < 3 ? TestServer.Response(status: 503) : Self.good()
        }) { base in
            let setup = try Setup("{ name: d, path: \(base)/x.jsonl, sha256: \(Self.sum) }")
            #expect(await setup.fetch() == "fetched")
        }
        #expect(busy == 3)
        let down = try await serving({ _, _ in TestServer.Response(status: 503) }) { base in
            let setup = try Setup("{ name: d, path: \(base)/x.jsonl, sha256: \(Self.sum) }")
            #expect(await setup.fetch().contains("status 503"))
        }
        #expect(down == 3)
    }

    @Test("redirects are followed")
    func redirects() async throws {
        try await serving({ path, _ in
            path == "/new.bin"
                ? Self.good()
                : TestServer.Response(status: 302, headers: ["Location": "/new.bin"])
        }) { base in
            let setup = try Setup("{ name: d, path: \(base)/old.jsonl, sha256: \(Self.sum) }")
            #expect(await setup.fetch() == "fetched")
            #expect(setup.load() == "1+1?")
        }
    }

    @Test("all failed fetches are reported together, and the other files kept")
    func severalFailures() async throws {
        try await serving({ path, _ in
            path == "/good.jsonl" ? Self.good() : TestServer.Response(status: 410)
        }) { base in
            let one = "{ name: a, path: \(base)/a.jsonl, sha256: \(SHA256.hex("a")) }"
            let good = "{ name: b, path: \(base)/good.jsonl, sha256: \(Self.sum) }"
            let other = "{ name: c, path: \(base)/c.jsonl, sha256: \(SHA256.hex("c")) }"
            let setup = try Setup("\(one)\n  - \(good)\n  - \(other)")
            let said = await setup.fetch()
            #expect(said.contains("job.yaml:11:22: error: \(base)/a.jsonl"))
            #expect(said.contains("job.yaml:13:22: error: \(base)/c.jsonl"))
            #expect(said.hasSuffix("2 errors in job.yaml"))
            #expect(setup.cached == [Self.sum])
        }
    }

    @Test("nothing is fetched for a spec with errors")
    func badSpec() async throws {
        let asked = try await serving({ _, _ in Self.good() }) { base in
            let setup = try Setup("{ name: d, path: \(base)/x.jsonl, sha256: \(Self.sum), limits: 3 }")
            #expect(await setup.fetch() == "fetched")
            #expect(setup.load().contains("unknown key 'limits'"))
            #expect(setup.load().hasSuffix("1 error in job.yaml"))
        }
        #expect(asked == 0)
    }

    @Test("a cache that cannot be written is an error at the data set")
    func unwritableCache() async throws {
        try await serving({ _, _ in Self.good() }) { base in
            let setup = try Setup("{ name: d, path: \(base)/x.jsonl, sha256: \(Self.sum) }")
            try setup.fixture.write("a file", to: "cache")
            let said = await setup.fetch()
            #expect(said.hasPrefix("job.yaml:11:22: error: ") && said.contains("cache"), "\(said)")
        }
    }

    @Test("a fetch is given up when the run has to stop")
    func interrupted() async throws {
        let interruption = Interruption()
        try await serving({ _, _ in
            interruption.raise(to: .draining)
            return TestServer.Response(status: 503)
        }) { base in
            let setup = try Setup("{ name: d, path: \(base)/x.jsonl, sha256: \(Self.sum) }")
            let (file, cache) = (URL(filePath: setup.fixture.path("job.yaml")), setup.cache)
            await #expect(throws: Interrupted.self) {
                try await JobLoader.fetchDatasets(
                    of: file, into: cache, interruption: interruption,
                    retries: RetryPolicy(attempts: 2, firstPause: .seconds(3600), longestPause: .seconds(3600)))
            }
            #expect(setup.cached == [])
        }
    }

    @Test("a local file may have a checksum")
    func localFile() throws {
        let good = try Setup("{ name: d, path: problems.jsonl, sha256: \(SHA256.hex(SpecFixture.problems)) }")
        #expect(good.load() == "1+1? 2+2? 3+3?")
        let bad = try Setup("{ name: d, path: problems.jsonl, sha256: \(Self.sum) }")
        #expect(
            bad.load().hasPrefix(
                "job.yaml:11:22: error: problems.jsonl has the SHA-256 \(SHA256.hex(SpecFixture.problems)), "
                    + "but 'sha256' is \(Self.sum): it is a different file\n"))
    }

    @Test("the standard cache is in the user's cache directory")
    func standardCache() {
        let directory = DatasetCache.standard.directory.path
        #expect(directory.hasPrefix("/") && directory.hasSuffix("/rsd-batch/datasets"))
    }
}
