@testable import ModelDoubles
@testable import RSDJobs
@testable import Decoding
import Foundation
@testable import Graders
@testable import JobSpecs
import ModelLifecycle
@testable import Reporting
@testable import RunStore
@testable import Runner
@testable import Support
import Testing

/// A run goes on by the rules that it was begun with, and a new one by those of today.
@Suite("Decoding rules of earlier versions") struct DecodingRulesTests {
    private func run(_ job: LoadedJob, in directory: RunDirectory) async throws {
        _ = try await JobRun(job, in: directory, on: FakePool()).run()
    }

    /// Makes a run look as one of the version before there were rules to choose from.
    private func age(_ directory: RunDirectory) throws {
        var manifest = try #require(
            try JSONSerialization.jsonObject(with: Data(contentsOf: directory.manifest)) as? [String: Any])
        var identity = try #require(manifest["identity"] as? [String: Any])
        let entries = try #require(identity["entries"] as? [[String: String]])
        #expect(entries.first == ["key": "rules", "value": "2"])
        identity["entries"] = entries.dropFirst().map { entry in
            entry["key"] == "decoding.max_tokens" ? ["key": "decoding.max_tokens", "value": "512"] : entry
        }
        manifest["identity"] = identity
        for later in ["namesJournal", "checksum"] { manifest[later] = nil }
        try JSONSerialization.data(withJSONObject: manifest).write(to: directory.manifest)
        // Its journal did not say whose it is.
        let journal = try Data(contentsOf: directory.journal)
        try Data(journal.split(separator: UInt8(ascii: "\n"), maxSplits: 1)[1]).write(to: directory.journal)
    }

    private func text(_ file: URL) throws -> String { try String(contentsOf: file, encoding: .utf8) }

    @Test("a run begun with the older default goes on with it")
    func olderDefault() async throws {
        let fixture = try SpecFixture()
        try fixture.writeJob((" max_tokens: 64,", ""))
        let directory = RunDirectory(URL(filePath: fixture.path("run")))
        try await run(try fixture.load(), in: directory)
        #expect(try text(directory.job).contains("max_tokens: 2048"))
        try age(directory)
        try await run(try fixture.load(), in: directory)
        #expect(try text(directory.job).contains("max_tokens: 512"))
        #expect(try StoredRun(directory).job.rules == .first)
        // A spec that names another limit is another job, as ever.
        try fixture.writeJob(("max_tokens: 64", "max_tokens: 256"))
        await #expect(throws: SpecChanged.self) { try await run(try fixture.load(), in: directory) }
    }

    /// The older default is no way round what a spec says.
    @Test("a run of today is not taken for an older one")
    func today() async throws {
        let fixture = try SpecFixture()
        try fixture.writeJob(("max_tokens: 64", "max_tokens: 4096"))
        let directory = RunDirectory(URL(filePath: fixture.path("run")))
        try await run(try fixture.load(), in: directory)
        try fixture.writeJob((" max_tokens: 64,", ""))
        await #expect(throws: SpecChanged.self) { try await run(try fixture.load(), in: directory) }
    }

    @Test("the rules of a later version are a change")
    func laterVersion() throws {
        let fixture = try SpecFixture()
        let job = try fixture.load()
        let later = try JSONDecoder().decode(
            SpecIdentity.self, from: Data(#"{"entries":[{"key":"rules","value":"3"}]}"#.utf8))
        #expect(job.following(later).rules == .current)
        #expect(SpecIdentity(job).difference(from: later).first?.description == "rules: 3 → 2")
    }

    /// What an older journal took unjudged replays so, in every method; by the rules of today it is another journal.
    @Test(
        "an older journal is replayed by its own rules",
        arguments: [
            "{ rsd: { threshold: 0.7 } }", "{ best_of_n: { n: 2 } }", "{ process_best_of_n: { n: 2 } }",
        ])
    func olderJournal(_ method: String) throws {
        let fixture = try SpecFixture()
        try fixture.writeJob(("{ rsd: { threshold: 0.7 } }", method))
        var job = try fixture.load()
        job.spec.models[.prm]?.profile = .skywork(stepToken: "\n\n")
        let none = try JSONDecoder().decode(SpecIdentity.self, from: Data(#"{"entries":[]}"#.utf8))
        let older = job.following(none)
        let id = TrajectorySet(older)[0].id
        // All that it asks, answered with an end after a delimiter.
        var trajectory = try #require(TrajectorySet(older)[id])
        var records: [JournalRecord] = []
        while let need = trajectory.needs.first {
            var event: Event
            switch need {
            case .generate(let wanted):
                let texts = wanted.stopsAtDelimiter ? (wanted.steps.isEmpty ? ["a\n\n"] : [""]) : ["a\n\n", ""]
                event = .wrote(.draft, texts, texts.last == "" ? .eos : .delimiter)
            case .likelihood(let wanted): event = .likelihood(.fake(wanted) { $0.count })
            case .score(let wanted):
                #expect(!wanted.steps.contains(""))
                let rewards = wanted.unscored.map { _ in 0.9 }
                event = .scored(Scored(rewards: rewards, tokens: rewards.map { _ in 1 }, promptTokens: 1))
            }
            event.candidate = need.candidate
            try trajectory.apply(event)
            records.append(.event(id, event))
        }
        #expect(trajectory.response.finish == .eos)
        var trajectories = TrajectorySet(older)
        #expect(try trajectories.replay(records) == records.count)
        #expect(trajectories[id]?.response == trajectory.response)
        // By the rules of today it is the journal of another run, or one that has not come to its end.
        var today = TrajectorySet(job)
        let count = try? today.replay(records)
        #expect(count == nil || today[id]?.response.finish == nil)
    }

    private static func config(context: Int) -> String {
        #"{"architectures": ["Qwen2ForCausalLM"], "hidden_size": 4, "max_position_embeddings": \#(context)}"#
    }

    @Test("the standard limit is the context where that is shorter")
    func standardLimit() throws {
        let fixture = try SpecFixture()
        try fixture.writeJob((" max_tokens: 64,", ""))
        #expect(try fixture.load().spec.decoding.tokens == .response(2048))
        try fixture.write(Self.config(context: 1024), to: "models/draft/config.json")
        try fixture.write(Self.config(context: 512), to: "models/target/config.json")
        #expect(try fixture.load().spec.decoding.tokens == .response(1024))
        try fixture.writeJob((" max_tokens: 64,", ""), ("models/draft }", "models/draft, context: 1500 }"))
        #expect(try fixture.load().spec.decoding.tokens == .response(1500))
        // What is written is taken as it is.
        try fixture.writeJob(("max_tokens: 64", "max_tokens: 4096"))
        #expect(try fixture.load().spec.decoding.tokens == .response(4096))
    }

    @Test("max_tokens_per_call is the limit of the paper's authors")
    func authorsLimit() throws {
        let fixture = try SpecFixture()
        try fixture.writeJob(("max_tokens: 64", "max_tokens_per_call: 64"))
        let job = try fixture.load()
        #expect(job.spec.decoding.tokens == .call(64))
        #expect(CommonSettings(job, for: job.spec.methods[0]).limits.tokens == .call(64))
        #expect(job.spec.renderYAML().contains("  max_tokens_per_call: 64\n"))
        #expect(SpecIdentity(job).entries.contains(.init(key: "decoding.max_tokens_per_call", value: "64")))
        try fixture.writeJob(("max_tokens: 64", "max_tokens: 64, max_tokens_per_call: 64"))
        #expect(
            fixture.fault().contains("job.yaml:13:69: error: 'max_tokens_per_call' replaces 'max_tokens'")
        )
        try fixture.writeJob(("max_tokens: 64", "max_tokens_per_call: 0"))
        #expect(fixture.fault().contains("'max_tokens_per_call' must be at least 1, found 0"))
    }
}
