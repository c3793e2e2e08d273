import Foundation
import Logging
import ModelLifecycle
import RunnerSupport
import Testing

@testable import Graders
@testable import JobSpecs
@testable import RSDJobs
@testable import RunStore
@testable import Runner
@testable import Support

/// The pocket engine by another name.
private struct ToyDialect: EngineDialect {
    let kind = "toy"
    private let pocket = PocketDialect(executable: Programs.pocket.path)

    func launch(_ configuration: EngineConfiguration, port: Int) throws -> LaunchPlan {
        try pocket.launch(configuration, port: port)
    }

    func explain(exit: ModelLifecycle.ExitStatus, logTail: String) -> StartFailure? { nil }
    func version() async throws -> String { "toy 7" }

    func capacity(_ arguments: [EngineConfiguration.Argument], on device: GPUDevice?) async -> EngineCapacity {
        EngineCapacity(sequences: 2)
    }
}

extension EngineKind {
    fileprivate static let toy = EngineKind(
        name: "toy", title: "the toy engine", dialect: { _ in ToyDialect() }, residency: .share,
        profiles: [.tokenClassification], footprint: EngineKind.pocket.footprint,
        hardware: {
            var hardware = EngineKind.pocket.hardware($0)
            hardware.name = "the toy engine"
            return hardware
        }, unknownStart: 2, leastWork: 1)
}

/// A third kind of engine takes one file and a place in the list of kinds.
@Suite("A third kind of engine", .inSlots) struct ToyEngineTests {
    private func job(_ kinds: [EngineKind]) throws -> (LoadedJob, TestJob) {
        let setup = try TestJob()
        let spec = try String(contentsOf: setup.file, encoding: .utf8).replacing("kind: pocket", with: "kind: toy")
            .replacing("  tail: never\n", with: "")
        try Data(spec.utf8).write(to: setup.file)
        return (try JobLoader.load(setup.file, kinds: kinds), setup)
    }

    @Test("is an error where it is not registered, and the others are named")
    func unknown() throws {
        let error = #expect(throws: SpecErrors.self) { _ = try job(EngineKind.all) }
        #expect(error?.diagnostics.count == 1)
        #expect(error?.diagnostics[0].message.contains("toy") == true)
    }

    @Test("is planned and run like any other, with the results that the pocket engine has")
    func runs() async throws {
        let (job, setup) = try job(EngineKind.all + [.toy])
        #expect(job.spec.engine.residency == .share)
        #expect(try await Job.plan(job).basis.contains { $0.hasPrefix("the toy engine: ") })
        let directory = RunDirectory(setup.directory.url)
        try FileManager.default.createDirectory(at: directory.url, withIntermediateDirectories: true)
        let run = JobRun(
            job: job, directory: directory,
            makeProvider: { try LocalEngines(job: job, directory: directory, logger: Logger(label: "test")) },
            grader: ExactGrader(), graderID: ExactGrader.id, interruption: Interruption(), retryFailed: false,
            observe: { _ in })
        _ = try await run.run()
        #expect(try setup.results() == (await setup.reference()))
        #expect(try Manifest.read(directory.manifest)?.engine == "toy 7")
    }

    /// Facts of a kind stand with the kind: code that asks which kind an engine is would have to change for the next one.
    @Test("no code asks which kind an engine is")
    func isNeverAskedFor() throws {
        let sources = Programs.repository.appending(path: "Sources")
        let names = EngineKind.all.map(\.name).joined(separator: "|")
        let question = try Regex("(==|!=|case|EngineKind)\\s*\\.(\(names))\\b|(==|!=)\\s*\"(\(names))\"")
        let files = try #require(FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil))
        var asking: [String] = []
        for case let file as URL in files where file.pathExtension == "swift" {
            if try String(contentsOf: file, encoding: .utf8).contains(question) {
                asking.append(file.lastPathComponent)
            }
        }
        #expect(asking == [])
    }
}
