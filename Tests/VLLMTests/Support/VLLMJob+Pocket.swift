import ModelLifecycle
import RSDJobs
import Testing

extension VLLMJob {
    /// The decisions and texts are those of the pocket engine, and the rewards but for rounding.
    ///
    /// - Parameter draft: the checkpoint that the pocket engine has for the draft; nil is the job's.
    func expectWhatPocketGives(draft: String? = nil) async throws {
        var pocket = setup
        (pocket.kind, pocket.engine, pocket.urls, pocket.draft) = ("pocket", [], [:], draft ?? setup.draft)
        let reference = try await VLLMJob.lines(of: VLLMJob(pocket).reference())
        let lines = try resultLines()
        try #require(!lines.isEmpty && lines.count == reference.count)
        for (line, expected) in zip(lines, reference) {
            #expect(line.id == expected.id)
            #expect(line.text == expected.text, "\(line.id)")
            #expect(line.finish == expected.finish, "\(line.id)")
            #expect(line.steps.map(\.origin) == expected.steps.map(\.origin), "\(line.id)")
            for (step, other) in zip(line.steps, expected.steps) {
                #expect(abs((step.reward ?? 0) - (other.reward ?? 0)) <= 1e-3, "\(line.id)")
                #expect(step.rejected?.text == other.rejected?.text, "\(line.id)")
            }
        }
    }

    /// Runs a job to its end on servers that run already, each of which has the name of its role; they serve on after it.
    static func run(_ setup: VLLMSetup, on servers: [ServedModel]) async throws -> VLLMJob {
        var setup = setup
        var keys: [String: String] = [:]
        for served in servers {
            let role = served.engine.configuration.name
            setup.urls[role] = served.url
            keys["RSD_KEY_\(role.uppercased())"] = served.key
        }
        let job = try VLLMJob(setup)
        let run = try await job.run(environment: keys)
        #expect(run.code == 0, "\(run.messages)")
        #expect(try job.engineStarts().isEmpty)
        for served in servers { #expect(await served.engine.state == .ready) }
        return job
    }
}
