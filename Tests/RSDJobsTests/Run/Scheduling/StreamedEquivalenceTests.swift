@testable import ModelDoubles
import ModelLifecycle
import Support
import TestSupport
import Testing

@testable import Decoding
@testable import JobSpecs
@testable import RSDJobs
@testable import RunStore
@testable import Runner

/// Steps that are judged while the draft writes on give what step-at-a-time gives, wherever the text is cut, in whichever order
/// texts and verdicts come, and whenever the draft stops.
@Suite("Streamed drafts and step-at-a-time decoding")
struct StreamedEquivalenceTests {
    private static let seeds: Range<UInt64> = 0..<5_000
    private static let lookaheads: [Lookahead] = [.auto, .auto, .auto, .steps(2), .steps(3)]

    /// How often something happened.
    private struct Seen {
        var cuts = 0
        var stops = 0
        var endedBeforeVerdict = 0
        var replaced = 0
        var seams = 0
    }

    @Test("streamed drafts decide as decoding one step at a time does, and cost the same in every order")
    func decisions() async throws {
        let job = try SimulationTests.job(methods: "[{ rsd: { threshold: 0.7 } }]", problems: 1)
        let scope = RequestScope(job)
        var seen = Seen()
        var failures = 0
        for seed in Self.seeds where failures < 5 {
            if seed.isMultiple(of: 50) { await Task.yield() }
            let decoding = RandomCase(seed: seed)
            let lookahead = Self.lookaheads[Int(seed % 5)]
            let expected = decoding.stepAtATime().outcome
            var dice = SeededRandom(seed: seed)
            let first = try play(decoding, lookahead, job, scope, &dice, &seen)
            guard first.steps == expected.steps, first.finish == expected.finish,
                first.keptTokens == expected.keptTokens, first.tokens.draft.kept == expected.tokens.draft.kept,
                first.tokens.draft.rejected == expected.tokens.draft.rejected,
                first.tokens.target == expected.tokens.target, first.tokens.prm.judged == expected.tokens.prm.judged
            else {
                failures += 1
                Issue.record("\(decoding), \(lookahead)\nexpected \(expected)\n     got \(first)")
                continue
            }
            guard seed.isMultiple(of: 5) else { continue }
            let second = try play(decoding, lookahead, job, scope, &dice, &seen)
            if second != first {
                failures += 1
                Issue.record("\(decoding), \(lookahead)\n first \(first)\nsecond \(second)")
            }
        }
        guard failures == 0 else { return }
        for count in [seen.cuts, seen.stops, seen.endedBeforeVerdict, seen.replaced, seen.seams] {
            #expect(count > 100, "hardly tested: \(seen)")
        }
    }

    /// Decodes with all engines up, with everything in a random order.
    private func play(
        _ decoding: RandomCase, _ lookahead: Lookahead, _ job: LoadedJob, _ scope: RequestScope,
        _ dice: inout SeededRandom, _ seen: inout Seen
    ) throws -> Outcome {
        let engine = FakeEngine(models: decoding.models)
        var bench = SchedulerBench(
            Scheduler(
                scope, engines: JobEngines(job.spec), groups: [["draft", "prm", "target"]],
                limits: ["draft": 2, "prm": 1, "target": 2],
                trajectories: TrajectorySet([decoding.trajectory(lookahead: lookahead)], of: job.spec),
                responses: ResponseCache()))
        bench.start()
        bench.handle(.activated)
        var answers: [RequestFingerprint: Event] = [:]
        var rounds = 0
        while bench.ending == nil, rounds < 2_000 {
            rounds += 1
            if !bench.unrecorded.isEmpty, Bool.random(using: &dice) || bench.running.isEmpty {
                bench.recordNext()
                continue
            }
            let running = bench.running.sorted { $0.key.digest < $1.key.digest }
            guard let (request, entry) = running.randomElement(using: &dice) else { continue }
            let answer = answers[request] ?? engine.answer(entry.request.need)
            answers[request] = answer
            switch answer {
            case .failed(let reason): bench.handle(.failed(request, .permanent(reason)))
            case .generated(let whole) where entry.request.isFollowed:
                let shown = bench.shown[request] ?? 0
                let isEnding = bench.ended.contains(request)
                let count = Int.random(in: max(1, shown)...whole.steps.count, using: &dice)
                var part = whole.first(count)
                part.seam = whole.seam.flatMap { $0 <= count ? $0 : nil }
                if isEnding { seen.stops += 1 }
                if count == whole.steps.count || whole.steps.count == 1 {
                    if bench.running.count > 1 { seen.endedBeforeVerdict += 1 }
                    if whole.seam != nil { seen.seams += 1 }
                    bench.handle(.answered(request, .generated(whole), asked: nil))
                } else if isEnding {
                    bench.handle(.answered(request, .generated(part), asked: nil))
                } else {
                    seen.cuts += 1
                    if bench.running.count > 1 { seen.replaced += 1 }
                    bench.handle(.progressed(request, part))
                }
            case .some(let event): bench.handle(.answered(request, event, asked: nil))
            case nil: break
            }
        }
        #expect(bench.faults == [])
        guard case .finish? = bench.ending else {
            Issue.record("\(decoding): no end in sight: \(bench.ending as Any)")
            return Outcome()
        }
        let trajectory = bench.scheduler.trajectories[0]
        // What is read again after a resumption comes to the same.
        var replayed = decoding.trajectory(lookahead: lookahead)
        for case .event(_, let event, _) in bench.journal { try replayed.apply(event) }
        #expect(replayed.response == trajectory.response)
        let response = trajectory.response
        return Outcome(
            steps: response.steps, finish: response.finish, keptTokens: response.keptTokens, tokens: response.tokens)
    }
}
