import Foundation
@testable import Decoding
@testable import JobSpecs
@testable import RunStore
@testable import Runner
import Testing

/// Requests for scores by the target are its own, and not those for rewards of a PRM.
@Suite("Scores by the target") struct TargetScoringTests {
    private let problem: ScopedProblem

    init() throws { problem = try ScopedProblem() }

    private func request(_ role: Role, _ digit: DigitReading?) -> InferenceRequest {
        problem.request(.score(Scoring(role: role, steps: ["a"], unscored: [0], digit: digit)))
    }

    @Test("the digit and the mean are different responses, and neither is a PRM's")
    func fingerprints() {
        let requests = [request(.prm, nil), request(.target, .greedy), request(.target, .average)]
        #expect(Set(requests.map(\.fingerprint.digest)).count == 3)
        #expect(requests.map(\.need.role) == [.prm, .target, .target])
        // No part of what a PRM has read serves them.
        #expect(requests.map(\.readings.count) == [1, 0, 0])
        #expect(requests.map(\.endsWithReading) == [true, false, false])
    }

    @Test("a score keeps its role in the journal, and for others who need it")
    func role() throws {
        let event = Event.scored(
            Scored(role: .target, rewards: [7.0 / 9], tokens: [3], promptTokens: 90))
        #expect(event.role == .target && event.answering(.target, candidate: 2).role == .target)
        let record = JournalRecord.event(problem.id, event, request(.target, .greedy).origin(of: event))
        let line = try JSONEncoder().encode(record)
        #expect(try JSONDecoder().decode(JournalRecord.self, from: line) == record)
    }

    @Test("counts of judged tokens are left out where there are none, and read where they are missing")
    func counts() throws {
        var counts = TokenCounts()
        let encoder = JSONEncoder()
        #expect(!String(decoding: try encoder.encode(counts.target), as: UTF8.self).contains("judged"))
        counts.target.judged = 4
        let data = try encoder.encode(counts)
        #expect(try JSONDecoder().decode(TokenCounts.self, from: data) == counts)
        let old = #"{"kept": 1, "rejected": 0, "lookahead": 0, "prompt": 2}"#
        #expect(try JSONDecoder().decode(TokenCounts.Written.self, from: Data(old.utf8)).judged == 0)
        #expect(throws: (any Error).self) {
            try JSONDecoder().decode(
                TokenCounts.Written.self, from: Data(old.replacing("}", with: #", "judged": -1}"#).utf8))
        }
    }
}
