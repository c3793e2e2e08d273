import Decoding
import Foundation
import RunnerSupport
import Testing

/// The target judges on its own engine, in the turn in which it writes.
@Suite("The target as judge of a run", .inSlots) struct SpecReasonRunTests {
    private static let methods =
        "[target_only, { specreason: { score: average, threshold: [2.5, 5], first_steps: 1 } }, { specreason: { step_tokens: 12 } }]"

    private func setup(_ lookahead: String) -> JobSetup {
        JobSetup(problems: 0..<4, methods: Self.methods, lookahead: lookahead, maxTokens: 120, maxSteps: 8)
    }

    @Test("a run needs no PRM, judges steps, and comes to the same whatever the draft writes ahead")
    func lookaheads() async throws {
        var texts: [[String]] = []
        for lookahead in ["all", "1"] {
            let job = try TestJob(setup(lookahead))
            let run = try await job.run()
            #expect(run.code == 0, "\(run.messages)")
            let lines = try job.resultLines()
            texts.append(lines.map { "\($0.id) \($0.finish) \($0.steps.map { "\($0.text) \($0.reward ?? -1)" })" })
            #expect(try !job.records().contains { $0.isLoad(of: "prm") })
            let judged = lines.filter { $0.verdicts != nil }
            #expect(judged.count == 12)
            #expect(judged.allSatisfy { $0.tokens.target.judged > 0 && $0.tokens.prm.prompt == 0 })
            let verdicts = judged.compactMap(\.verdicts).reduce(Verdicts(), +)
            #expect(min(verdicts.accepted, verdicts.rejected) > 3, "\(verdicts)")
            let rows = try job.summary().rows
            #expect(rows.dropFirst().allSatisfy { $0.acceptanceRate != nil })
            guard lookahead == "all" else { continue }
            // The target scores and writes in one turn of its engine.
            let waves = lines.map(\.waves).max() ?? 0
            #expect(try job.engineStarts().count <= 2 * waves + 1)
        }
        #expect(Set(texts).count == 1)
    }

    @Test("a run that was killed ends with the same bytes")
    func killed() async throws {
        let job = try TestJob(setup("all"))
        for events in [9, 25] where try await !job.runAndKill(afterEvents: events) { break }
        let run = try await job.run()
        #expect(run.code == 0, "\(run.messages)")
        #expect(try await job.results() == job.reference())
    }
}
