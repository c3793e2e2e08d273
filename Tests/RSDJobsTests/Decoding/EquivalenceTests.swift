@testable import Decoding
@testable import ModelDoubles
import Testing

/// Draft-ahead decides as the step-at-a-time algorithm does, for every look-ahead.
@Suite("Look-ahead and step-at-a-time decoding")
struct EquivalenceTests {
    private static let seeds: Range<UInt64> = 0..<6_000
    private static let lookaheads: [Lookahead] = [.steps(1), .steps(2), .steps(3), .all]

    @Test("every look-ahead decides as decoding one step at a time does")
    func everyLookahead() async {
        var failures = 0
        var seams = 0
        var seen = Dictionary(uniqueKeysWithValues: Occurrence.allCases.map { ($0, 0) })
        for seed in Self.seeds where failures < 5 {
            // The other tests are not to wait for all of them.
            if seed.isMultiple(of: 50) { await Task.yield() }
            let decoding = RandomCase(seed: seed)
            let (expected, last) = decoding.stepAtATime()
            for occurrence in Occurrence.all(in: decoding, expected, last) {
                seen[occurrence, default: 0] += 1
            }
            for lookahead in Self.lookaheads {
                guard let difference = difference(decoding, lookahead, from: expected, &seams) else { continue }
                failures += 1
                Issue.record("\(decoding), look-ahead \(lookahead)\n\(difference)")
            }
        }
        guard failures == 0 else { return }
        #expect(seams > 1_000, "drafts that had to go on from other tokens were hardly tested")
        for (occurrence, count) in seen {
            #expect(count >= 8, "\(occurrence) was hardly tested")
        }
    }

    /// What differs from the expected outcome, in words; nil where nothing does.
    private func difference(
        _ decoding: RandomCase, _ lookahead: Lookahead, from expected: Outcome, _ seams: inout Int
    ) -> String? {
        var trajectory = decoding.trajectory(lookahead: lookahead)
        let events: [Event]
        do {
            events = try FakeEngine(models: decoding.models).finish(&trajectory)
        } catch {
            return "\(error) after \(trajectory.response.steps.map(\.text)), with \(trajectory.needs) to meet"
        }
        seams += events.count { if case .generated(let answer) = $0 { answer.seam != nil } else { false } }
        let response = trajectory.response
        let actual = Outcome(
            steps: response.steps, finish: response.finish, keptTokens: response.keptTokens,
            tokens: response.tokens)
        var comparable = actual
        if lookahead != .steps(1) {
            // Prompts are read less often, and what was drafted in vain is counted apart; nothing else may differ.
            comparable.tokens.draft.lookahead = expected.tokens.draft.lookahead
            comparable.tokens.draft.prompt = expected.tokens.draft.prompt
            comparable.tokens.prm.prompt = expected.tokens.prm.prompt
        }
        guard comparable == expected else {
            return "expected \(expected.summary)\n     got \(actual.summary)"
        }
        return miscounted(response, events)
    }

    /// Whether every token that an engine wrote or read is accounted for.
    private func miscounted(_ response: Response, _ events: [Event]) -> String? {
        var draft = 0
        var target = 0
        var read = TokenCounts()
        for event in events {
            switch event {
            case .generated(let answer):
                let tokens = answer.steps.reduce(0) { $0 + $1.tokens }
                if answer.role == .draft { draft += tokens } else { target += tokens }
                read[writer: answer.role].prompt += answer.promptTokens
            case .scored(let answer): read.prm.prompt += answer.promptTokens
            case .likelihood(let answer): read[writer: answer.role].prompt += answer.promptTokens
            case .failed, .retried: break
            }
        }
        let tokens = response.tokens
        // What awaited its verdict when the trajectory failed is nobody's yet.
        guard tokens.draft.generated == draft || response.finish == .failed, tokens.target.generated == target,
            tokens.draft.prompt == read.draft.prompt, tokens.target.prompt == read.target.prompt,
            tokens.prm.prompt == read.prm.prompt,
            response.keptTokens == tokens.draft.kept + tokens.target.kept
        else { return "engines handled draft \(draft), target \(target), \(read); counted \(tokens)" }
        return nil
    }
}

extension Outcome {
    /// On one line, for the report of a failure.
    fileprivate var summary: String {
        let steps = steps.map { step in
            let rejected = step.rejected.map { " for \($0.text.debugDescription) \($0.reward)" } ?? ""
            let reward = step.reward.map { " \($0)" } ?? ""
            return "\(step.origin) \(step.text.debugDescription)\(reward)\(rejected)"
        }
        return "[\(steps.joined(separator: ", "))] \(finish?.rawValue ?? "unfinished"), kept \(keptTokens), "
            + "draft \(tokens.draft.kept)/\(tokens.draft.rejected)/\(tokens.draft.lookahead), "
            + "target \(tokens.target.kept)/\(tokens.target.lookahead), judged \(tokens.prm.judged), "
            + "prompts \(tokens.draft.prompt)/\(tokens.target.prompt)/\(tokens.prm.prompt)"
    }
}
