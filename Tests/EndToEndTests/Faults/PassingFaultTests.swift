import Foundation
import RunnerSupport
import Testing

/// Promise 3: an engine that misbehaves for a while costs a restart or a repeated request, and changes no byte of the results.
@Suite("Faults that pass", .inSlots) struct PassingFaultTests {
    struct Manner: Sendable, CustomTestStringConvertible {
        var fault: String
        /// What the runner does about it.
        var answer: String
        var setup = JobSetup()
        /// What it tells.
        var says: [String] = []
        var testDescription: String { "\(fault): \(answer)" }
    }

    static let manners = [
        Manner(fault: "slow-start=0.4", answer: "waits"),
        Manner(fault: "ignore-sigterm", answer: "kills it after the grace", setup: JobSetup(stopGrace: 0.2)),
        Manner(fault: "grandchild", answer: "ends the child as well"),
        Manner(
            fault: "die-after=4", answer: "starts it again, with fewer requests at once",
            says: ["engine died (signal 9", "restarting it"]),
        Manner(
            fault: "hang-after=4", answer: "starts it again after the stall limit",
            setup: JobSetup(faultsActOnce: true, engine: ["stall_timeout: 1"]),
            says: ["made no progress for 1 seconds; restarting it"]),
        Manner(
            fault: "at=/detokenize:hang", answer: "starts it again after the stall limit",
            setup: JobSetup(faultsActOnce: true, engine: ["stall_timeout: 1"]),
            says: ["made no progress for 1 seconds; restarting it"]),
        Manner(fault: "error-500-after=2:2", answer: "asks again after a pause"),
        Manner(fault: "cut-body-after=2:1", answer: "asks again after a pause"),
        Manner(fault: "garbage-after=2:1", answer: "asks again", says: ["will be retried", "not JSON"]),
        Manner(
            fault: "nan-scores-after=3:1", answer: "asks again and never takes it for a reward",
            says: ["will be retried"]),
        Manner(
            fault: "wrong-scores-after=3:1", answer: "asks again and never pads",
            says: ["will be retried", "scores for"]),
    ]

    @Test("a fault that passes changes no byte of the results", arguments: manners)
    func changesNoByte(_ manner: Manner) async throws {
        var setup = manner.setup
        setup.faults = [manner.fault]
        let job = try TestJob(setup)
        let run = try await job.run()
        #expect(run.code == 0, "\(run.messages)")
        for words in manner.says { #expect(run.messages.contains(words), "'\(words)' in \(run.messages)") }
        #expect(try await job.results() == job.reference())
        #expect(try job.livingEngines().isEmpty)
        #expect(try job.engineStarts().allSatisfy(\.isStopped))
        #expect(try !job.records().contains(where: \.isFailure))
    }
}
