@testable import Datasets
import Foundation
@testable import JobSpecs
import ModelLifecycle
@testable import Support
import TestServers
import TestSupport
import Testing

@Suite("Data sets with a URL and no checksum", .timeLimit(.minutes(5)))
struct UnpinnedDatasetTests {
    private static let lines = #"{"question": "1+1?", "answer": 2}"# + "\n"
    private static let sum = SHA256.hex(lines)

    /// A job with data sets at the address of a server, whose content a test may change.
    private final class Setup {
        let fixture: SpecFixture
        let cache: DatasetCache

        init(_ datasets: String) throws {
            fixture = try SpecFixture()
            cache = DatasetCache(directory: URL(filePath: fixture.path("cache/datasets")))
            try fixture.writeJob(("- { name: heldout, path: problems.jsonl }", datasets))
        }

        var file: URL { URL(filePath: fixture.path("job.yaml")) }
        var text: String { (try? String(contentsOf: file, encoding: .utf8)) ?? "" }

        func fetch(settings: [String] = []) async throws {
            try await JobLoader.fetchDatasets(
                of: file, settings: settings, into: cache, retries: RetryPolicy(attempts: 1))
        }

        func load(settings: [String] = []) throws -> LoadedJob {
            try JobLoader.load(file, settings: settings, cache: cache)
        }

        func pin(settings: [String] = []) -> String {
            do throws(SpecErrors) {
                let pins = try JobPins(of: file, settings: settings, cache: cache)
                try pins.write()
                return pins.words.joined(separator: " ")
            } catch {
                return error.description.replacing(fixture.directory.path + "/", with: "")
            }
        }
    }

    private func serving(
        _ body: @escaping @Sendable (_ asked: Int) -> String = { _ in Self.lines },
        _ test: (_ base: String, _ asked: Counter) async throws -> Void
    ) async throws {
        let count = Counter()
        let server = try await TestServer { _ in TestServer.Response(body: Data(body(count.next()).utf8)) }
        try await test(server.base, count)
        await server.stop()
    }

    @Test("the file is fetched once, with a warning that gives the line to add, and the run's own spec has it")
    func fetched() async throws {
        try await serving { base, asked in
            let setup = try Setup("- { name: d, path: \(base)/x.jsonl }")
            try await setup.fetch()
            try await setup.fetch()
            #expect(asked.value == 1)
            let job = try setup.load()
            #expect(job.problems["d"]?.map(\.answer) == ["2"])
            #expect(job.spec.datasets[0].sha256 == Self.sum)
            #expect(job.origins["d"]?.files.map(\.sha256) == [Self.sum])
            #expect(job.warnings.map(\.line) == [11] && job.warnings.map(\.column) == [22])
            #expect(job.warnings[0].message.names("sha256", Self.sum))
            #expect(job.spec.renderYAML().contains("sha256: \(Self.sum)"))
        }
    }

    @Test("a file that was never fetched is an error with the remedy")
    func notFetched() throws {
        let setup = try Setup("- { name: d, path: https://example.invalid/x.jsonl }")
        let error = #expect(throws: SpecErrors.self) { try setup.load() }
        #expect(error?.diagnostics.first?.message.names("rsd-batch", "validate") == true)
        #expect(setup.pin() == "")
    }

    @Test(
        "a response that is no data set is refused and asked for again",
        arguments: [
            " \n<!DOCTYPE html><html>", "<html lang=en>", "",
            "version https://git-lfs.github.com/spec/v1\noid sha256:0",
        ])
    func noData(body: String) async throws {
        try await serving({ asked in asked == 1 ? body : Self.lines }) { base, asked in
            let setup = try Setup("- { name: d, path: \(base)/x.jsonl }")
            let error = await #expect(throws: SpecErrors.self) { try await setup.fetch() }
            #expect(error?.diagnostics.map(\.column) == [22])
            #expect(error?.diagnostics[0].message.hasPrefix("the response of \(base)/x.jsonl is ") == true)
            try await setup.fetch()
            #expect(asked.value == 2)
            #expect(try setup.load().problems["d"]?.count == 1)
        }
    }

    @Test("another file at the address is not used while the cache has the first, and makes another job after that")
    func changed() async throws {
        try await serving({ asked in asked == 1 ? Self.lines : Self.lines.replacing("1+1", with: "1 + 1") }) {
            base, _ in
            let setup = try Setup("- { name: d, path: \(base)/x.jsonl }")
            try await setup.fetch()
            let first = SpecIdentity(try setup.load())
            try await setup.fetch()
            #expect(SpecIdentity(try setup.load()) == first)
            try FileManager.default.removeItem(at: setup.cache.file(Self.sum))
            try await setup.fetch()
            let changes = SpecIdentity(try setup.load()).difference(from: first)
            #expect(changes.map(\.key) == ["datasets.d.questions"])
        }
    }

    @Test("pins are written into the spec, which otherwise stays as it is")
    func pinned() async throws {
        try await serving { base, _ in
            let setup = try Setup(
                """
                # two of them
                  - { name: a, path: \(base)/a.jsonl, limit: 1 } # flow
                  - name: b # block
                    path: "\(base)/b.jsonl"

                    limit: 1
                  - gsm8k
                """)
            try setup.fixture.write(setup.text.replacing("  - gsm8k", with: ""), to: "job.yaml")
            try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: setup.file.path)
            try await setup.fetch()
            let before = setup.text
            #expect(setup.pin() == "a (sha256) b (sha256)")
            let wanted = before.replacing("a.jsonl, limit", with: "a.jsonl, sha256: \(Self.sum), limit")
                .replacing("b.jsonl\"\n", with: "b.jsonl\"\n    sha256: \(Self.sum)\n")
            #expect(setup.text == wanted)
            #expect(try setup.load().warnings == [])
            #expect(setup.pin() == "")
            let attributes = try FileManager.default.attributesOfItem(atPath: setup.file.path)
            #expect(attributes[.posixPermissions] as? Int == 0o640)
        }
    }

    @Test("a spec behind a link is written where it is")
    func link() async throws {
        try await serving { base, _ in
            let setup = try Setup("- { name: a, path: \(base)/a.jsonl }")
            try FileManager.default.createDirectory(
                atPath: setup.fixture.path("real"), withIntermediateDirectories: true)
            try FileManager.default.moveItem(atPath: setup.file.path, toPath: setup.fixture.path("real/j.yaml"))
            try FileManager.default.createSymbolicLink(
                atPath: setup.file.path, withDestinationPath: setup.fixture.path("real/j.yaml"))
            try await setup.fetch()
            #expect(setup.pin() == "a (sha256)")
            #expect(try FileManager.default.destinationOfSymbolicLink(atPath: setup.file.path).hasSuffix("real/j.yaml"))
            #expect(setup.text.contains(Self.sum))
        }
    }

    @Test("what cannot be written is an error with the line to add, and the spec stays as it is")
    func refused() async throws {
        try await serving { base, _ in
            let setup = try Setup("- { name: a, path: &p \(base)/a.jsonl }\n  - { name: b, path: *p }")
            try await setup.fetch()
            let before = setup.text
            let said = setup.pin()
            #expect(said.hasPrefix("job.yaml:11:22: error: data set 'b'"), "\(said)")
            #expect(said.names("alias") && said.names("sha256", Self.sum))
            #expect(setup.text == before)

            let settings = ["datasets.0.path=\(base)/c.jsonl", "datasets.1.path=problems.jsonl"]
            try await setup.fetch(settings: settings)
            let set = setup.pin(settings: settings)
            #expect(set.hasPrefix("--set datasets.0.path: error: data set 'a'"), "\(set)")
            #expect(setup.text == before)
        }
    }

    @Test("a spec that is read-only or has changed meanwhile is not written")
    func unwritable() async throws {
        try await serving { base, _ in
            let setup = try Setup("- { name: a, path: \(base)/a.jsonl }")
            try await setup.fetch()
            let pins = try JobPins(of: setup.file, cache: setup.cache)
            let before = setup.text
            try setup.fixture.write(before + "# more\n", to: "job.yaml")
            let changed = #expect(throws: SpecErrors.self) { try pins.write() }
            #expect(changed?.explanation.exit == .disk)
            try setup.fixture.write(before, to: "job.yaml")
            try FileManager.default.setAttributes([.posixPermissions: 0o444], ofItemAtPath: setup.file.path)
            let readOnly = #expect(throws: SpecErrors.self) { try pins.write() }
            #expect(readOnly?.diagnostics.map(\.line) == [11])
            #expect(readOnly?.diagnostics[0].message.names("sha256", Self.sum) == true)
            #expect(setup.text == before)
        }
    }
}
