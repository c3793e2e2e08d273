import Foundation
import RunnerSupport
import Testing

/// Servers that somebody else runs: here, this test.
@Suite("Attached servers", .inSlots) struct AttachTests {
    @Test("three running servers give the same bytes, and run on")
    func sameResults() async throws {
        let servers = try await DemoServers()
        let job = try TestJob(servers.setup)
        let run = try await job.run()
        #expect(run.code == 0, "\(run.messages)")
        #expect(try await job.results() == job.reference())
        let figures = try job.summary().run
        #expect(figures.coldStarts == 0)
        #expect(figures.swaps == 0)
        #expect(servers.areRunning)
        #expect(try job.engineStarts().isEmpty)
    }

    @Test("a server of another model or task is refused before anything is asked of it")
    func wrongServers() async throws {
        let servers = try await DemoServers()
        var setup = servers.setup
        setup.urls["draft"] = servers.setup.urls["target"]
        let wrongModel = try await TestJob(setup).run()
        #expect(wrongModel.code != 0)
        #expect(
            wrongModel.messages.contains("serves 'target', but not the model of this job"), "\(wrongModel.messages)")
        setup.served["draft"] = "prm"
        setup.urls["draft"] = servers.setup.urls["prm"]
        let wrongTask = try await TestJob(setup).run()
        #expect(wrongTask.code != 0)
        #expect(wrongTask.messages.contains("does not continue text, which the draft must"), "\(wrongTask.messages)")
    }

    @Test("a server that is not there is named, with what to do")
    func nobody() async throws {
        let servers = try await DemoServers()
        var setup = servers.setup
        setup.urls["prm"] = "http://127.0.0.1:9"
        let run = try await TestJob(setup).run()
        #expect(run.code != 0)
        #expect(run.messages.contains("Start the server at http://127.0.0.1:9"), "\(run.messages)")
    }

    @Test("a key is read from the environment and sent; without it the job says what is missing")
    func keys() async throws {
        let servers = try await DemoServers(key: "open-sesame")
        var setup = servers.setup
        let locked = try await TestJob(setup).run()
        #expect(locked.messages.contains("`key_env`"), "\(locked.messages)")
        setup.keyVariable = "RSD_TEST_KEY"
        let missing = try await TestJob(setup).run()
        #expect(missing.messages.contains("RSD_TEST_KEY, which the job names as `key_env`, is not set"))
        let job = try TestJob(setup)
        let run = try await job.run(environment: ["RSD_TEST_KEY": "open-sesame"])
        #expect(run.code == 0, "\(run.messages)")
        #expect(!run.messages.contains("open-sesame"))
    }

    @Test("a start that a server drags out is given up at once", arguments: ["/version", "/v1/models", "/tokenize"])
    func interruptedAtTheStart(endpoint: String) async throws {
        let servers = try await DemoServers(fault: "at=\(endpoint):dribble")
        let job = try TestJob(servers.setup)
        let runner = try job.start()
        try #require(await runner.reached { servers.wereAsked(endpoint) }, "\(runner.standardError)")
        runner.send(SIGTERM)
        #expect(await runner.exitCode() == 75, "\(runner.standardError)")
    }

    @Test("a server that goes away is waited for, and the run goes on with its successor")
    func comesBack() async throws {
        let servers = try await DemoServers(delay: 20)
        let job = try TestJob(servers.setup)
        let runner = try job.start()
        #expect(await runner.reached { job.eventCount > 4 })
        try await servers.replace("target")
        #expect(await runner.exitCode() == 0, "\(runner.standardError)")
        #expect(try await job.results() == job.reference())
    }
}
