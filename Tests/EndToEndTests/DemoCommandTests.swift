import Foundation
import RunStore
import RunnerSupport
import Testing

@Suite("The demo from anywhere", .inSlots) struct DemoCommandTests {
    @Test("the demo's files are found beside the program, and it stops as a run does")
    func demo() async throws {
        let job = try TestJob()
        let runner = try RunnerProcess(
            ["demo", "--run-dir", job.directory.url.path], scratch: job.scratch, limit: JobSetup.limit)
        let began = await runner.reached { job.eventCount > 0 }
        try #require(began, "\(runner.standardError)")
        runner.send(SIGTERM)
        #expect(await runner.exitCode() == 75)
        #expect(try String(contentsOf: job.directory.job, encoding: .utf8).contains("name: demo"))
    }
}
