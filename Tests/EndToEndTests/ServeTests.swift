import Foundation
import FoundationNetworking
import RunnerSupport
import Testing

@Suite("Serving runs", .inSlots) struct ServeTests {
    private func serve(_ job: TestJob, _ options: [String] = [], token: String? = nil) throws -> RunnerProcess {
        try RunnerProcess(
            ["serve", job.scratch.path] + options, scratch: job.scratch,
            environment: token.map { ["RSD_BATCH_SERVE_TOKEN": $0] } ?? [:], limit: JobSetup.limit)
    }

    /// The address that it printed, once it has.
    private func address(_ server: RunnerProcess) async throws -> URL {
        try #require(await server.reached { server.standardOutput.hasSuffix("\n") }, "\(server.standardError)")
        return try #require(URL(string: server.standardOutput.trimmingCharacters(in: .newlines)))
    }

    private func get(_ address: URL, _ path: String) async throws -> (status: Int, text: String) {
        var parts = try #require(URLComponents(url: address, resolvingAgainstBaseURL: false))
        parts.path = path
        let (data, response) = try await URLSession.shared.data(from: #require(parts.url))
        return ((response as? HTTPURLResponse)?.statusCode ?? 0, String(decoding: data, as: UTF8.self))
    }

    @Test(
        "it prints the address and nothing else, shows a run that goes on, writes nothing, and a signal ends it at once"
    )
    func served() async throws {
        let job = try TestJob(JobSetup(arguments: ["delay-ms: 100"], engine: ["concurrency: 2"]))
        let server = try serve(job, ["--port", "0"])
        let address = try await address(server)
        #expect(address.host == "127.0.0.1" && address.query?.hasPrefix("token=") == true)
        #expect(server.standardError.contains("ssh -L"))
        let runner = try job.start()
        try #require(await runner.reached { job.eventCount >= 3 }, "\(runner.standardError)")
        // The folder is searched every two seconds.
        var metrics = ""
        _ = try await runner.reachedLater {
            metrics = try await get(address, "/metrics").text
            return metrics.contains("state=\"running\"} 1")
        }
        #expect(metrics.contains("rsd_batch_trajectories{run=\"run\",job=\"test\",method=\"rsd\"} 3"), "\(metrics)")
        let during = try await get(address, "/run/run/")
        #expect(during.status == 200 && during.text.contains("rsd-live"))
        #expect(!FileManager.default.fileExists(atPath: job.directory.report.path))
        #expect(await runner.exitCode() == 0, "\(runner.standardError)")
        let before = try job.snapshot()
        let results = try await get(address, "/run/run/results.jsonl")
        let written = String(decoding: try job.results(), as: UTF8.self)
        #expect(results.status == 200 && results.text == written)
        #expect(try await get(address, "/run/run/").status == 200)
        #expect(try job.snapshot() == before)
        server.send(SIGINT)
        #expect(await server.exitCode() == 128 + SIGINT)
        #expect(server.standardOutput.split(separator: "\n").count == 1)
    }

    @Test("a port that is taken is an error if it was asked for, and otherwise the next is taken")
    func ports() async throws {
        let job = try TestJob()
        let first = try serve(job, token: "0123456789abcdef")
        let port = try #require(try await address(first).port)
        #expect(try await address(first).query == "token=0123456789abcdef")
        let second = try serve(job)
        #expect(try await address(second).port != port)
        let third = try serve(job, ["--port", "\(port)"])
        #expect(
            await third.exitCode() == 2 && third.standardError.contains("[cannot-listen]"), "\(third.standardError)")
        let short = try serve(job, token: "short")
        #expect(await short.exitCode() == 64, "\(short.standardError)")
        let nowhere = try await job.command(["serve", job.scratch.path + "/none"])
        #expect(nowhere.code == 2 && nowhere.messages.contains("[no-folder]"), "\(nowhere.messages)")
    }
}

extension RunnerProcess {
    /// As `reached`, for a condition that waits.
    fileprivate func reachedLater(_ condition: () async throws -> Bool) async throws -> Bool {
        while isRunning {
            if try await condition() { return true }
        }
        return false
    }
}
