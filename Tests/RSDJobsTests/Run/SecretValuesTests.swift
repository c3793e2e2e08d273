import Foundation
import Testing

@testable import JobSpecs
@testable import RSDJobs
@testable import Reporting
@testable import RunStore
@testable import Runner

/// Values of `engine.env`, and of flags that are called like secrets, stand in no file that others may read.
@Suite("Secret values") final class SecretValuesTests {
    private static let secrets = ["hf_ENVSECRET", "sk-ARGSECRET", "MODELSECRET"]
    private let fixture: SpecFixture
    private let directory: RunDirectory

    init() throws {
        fixture = try SpecFixture()
        directory = RunDirectory(URL(filePath: fixture.path("run")))
        try fixture.writeJob(
            (
                "concurrency: 8",
                "args: { hf-token: sk-ARGSECRET, long-prefill-token-threshold: 64, tokenizer: t }\n  "
                    + "env: { HF_TOKEN: hf_ENVSECRET }"
            ), ("models/target }", "models/target, args: { hf_token: MODELSECRET } }"))
    }

    private func files(of directory: RunDirectory) throws -> [String: String] {
        var files: [String: String] = [:]
        for path in try FileManager.default.subpathsOfDirectory(atPath: directory.url.path) {
            let data = FileManager.default.contents(atPath: directory.url.appending(path: path).path)
            if let data { files[path] = String(decoding: data, as: UTF8.self) }
        }
        return files
    }

    private func mode(_ url: URL) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: url.path)
        return (attributes[.posixPermissions] as? Int ?? 0) & 0o777
    }

    @Test("a run keeps the names of secrets, resumes without their values, and is shown without them")
    func run() async throws {
        let job = try fixture.load()
        _ = try await JobRun(job, in: directory, on: FakePool()).run()
        for (path, content) in try files(of: directory) {
            for secret in Self.secrets { #expect(!content.contains(secret), "\(path)") }
        }
        let spec = try String(contentsOf: directory.job, encoding: .utf8)
        #expect(spec.contains("HF_TOKEN: \"\(JobSpec.withheld)\""))
        #expect(spec.contains("long-prefill-token-threshold: \"64\"") && spec.contains("tokenizer: \"t\""))
        #expect(try mode(directory.logs) == 0o700)
        let pool = FakePool()
        _ = try await JobRun(job, in: directory, on: pool).run()
        #expect(pool.asked == 0)
        #expect(try StoredRun(directory).job.spec == job.spec.withoutSecrets)
    }

    @Test("a report hides secrets that an earlier version wrote to job.yaml")
    func earlierVersion() async throws {
        let job = try fixture.load()
        _ = try await JobRun(job, in: directory, on: FakePool()).run()
        try Data(job.spec.renderYAML().utf8).write(to: directory.job)
        let page = String(decoding: try RunReport(directory).html(), as: UTF8.self)
        for secret in Self.secrets { #expect(!page.contains(secret)) }
        _ = try await JobRun(job, in: directory, on: FakePool()).run()
        for secret in Self.secrets { #expect(try !String(contentsOf: directory.job, encoding: .utf8).contains(secret)) }
    }

    @Test("a copy of the spec without its secrets is refused")
    func copy() async throws {
        try Data(try fixture.load().spec.withoutSecrets.renderYAML().utf8)
            .write(to: fixture.directory.appending(path: "job.yaml"))
        let fault = fixture.fault()
        #expect(
            fault.contains("job.yaml:5:") && fault.contains("job.yaml:11:")
                && fault.contains("job.yaml:12:") && fault.contains("run the job from its own spec"),
            "\(fault)")
    }

    @Test("the tasks of a submission read secrets from a file that nobody else may read")
    func submission() throws {
        let job = try fixture.load()
        let submitter = try Submitter(
            job, in: directory, request: SlurmRequest(shards: 2), program: "/opt/rsd-batch")
        try submitter.keepSpec()
        #expect(submitter.scripts(for: [1]).array.contains(#"run "$run/submit.yaml" --run-dir"#))
        #expect(try mode(directory.submittedJob) == 0o600)
        #expect(try JobLoader.load(directory.submittedJob).spec == job.spec)
        for (path, content) in try files(of: directory) where path != "submit.yaml" {
            for secret in Self.secrets { #expect(!content.contains(secret), "\(path)") }
        }
        try fixture.writeJob()
        let plain = try Submitter(
            try fixture.load(), in: directory, request: SlurmRequest(shards: 2), program: "/opt/rsd-batch")
        try plain.keepSpec()
        #expect(plain.scripts(for: [1]).array.contains(#"run "$run/job.yaml" --run-dir"#))
        #expect(!FileManager.default.fileExists(atPath: directory.submittedJob.path))
    }
}
