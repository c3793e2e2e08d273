import Foundation
import RunnerSupport
import Testing

/// Several runs on one machine have nothing to do with each other.
@Suite("Two runs on one machine", .inSlots) struct NeighbourTests {
    @Test("one that is killed is not noticed by the other, and goes on without disturbing it")
    func killed() async throws {
        let setup = JobSetup(arguments: ["delay-ms: 20"], engine: ["concurrency: 2"])
        let (killed, other) = (try TestJob(setup), try TestJob(setup))
        let victim = try killed.start(environment: ["CUDA_VISIBLE_DEVICES": "0"])
        let neighbour = try other.start(environment: ["CUDA_VISIBLE_DEVICES": "1"])
        try #require(await victim.reached { killed.eventCount >= 4 }, "\(victim.standardError)")
        victim.send(SIGKILL)
        #expect(await victim.exitCode() == 137)
        let again = try await killed.run()
        #expect(again.code == 0, "\(again.messages)")
        #expect(await neighbour.exitCode() == 0, "\(neighbour.standardError)")
        #expect(try await killed.results() == killed.reference())
        #expect(try await other.results() == other.reference())
        #expect(!neighbour.standardError.contains("again"), "\(neighbour.standardError)")
        let loads = try other.records().count { if case .load = $0 { true } else { false } }
        #expect(try other.engineStarts().count == loads, "an engine was started twice")
        #expect(try RequestLog(other).requests.count == other.figures().requests.asked)
    }
}
