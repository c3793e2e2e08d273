import Foundation
import Testing

@testable import Decoding
@testable import JobSpecs
@testable import RunStore
@testable import Runner

/// Rewards that a journal holds are known to every request that asks for them, whatever the request was that they came from.
@Suite("Known rewards") struct KnownReadingTests {
    private static let steps = ["one\n\n", "two\n\n", "three\n\n", "four"]
    private let problem: ScopedProblem

    init() throws { problem = try ScopedProblem() }

    private func request(_ count: Int, _ unscored: [Int], steps: [String] = steps) -> InferenceRequest {
        problem.request(.score(Scoring(steps: Array(steps[..<count]), unscored: unscored)))
    }

    /// What the PRM says to a request: ten tokens of the question, and so many of each step.
    private func answer(_ unscored: [Int], isOnePass: Bool = true, dropped: [Int] = []) -> Event {
        .scored(
            Scored(
                rewards: unscored.map { 0.1 * Double($0 + 1) }, tokens: unscored.map { $0 + 1 },
                promptTokens: (0...(unscored.last ?? 0)).reduce(10) { $0 + $1 + 1 }, dropped: dropped,
                isOnePass: isOnePass))
    }

    private func cache(_ answers: [(count: Int, unscored: [Int])], source: Int? = nil) -> ResponseCache {
        var cache = ResponseCache()
        for (count, unscored) in answers {
            let (request, event) = (request(count, unscored), answer(unscored))
            cache.add([.event(problem.id, event, request.origin(of: event, source: source))])
        }
        return cache
    }

    @Test("a request for the first steps of a longer one has its rewards, and the counts that it would have alone")
    func prefixes() {
        let cache = cache([(4, [0, 1, 2, 3])])
        for count in 1...4 {
            for first in 0..<count {
                let unscored = Array(first..<count)
                #expect(cache[request(count, unscored)]?.event == answer(unscored), "\(unscored)")
            }
        }
        // Nothing is known of another text, of more steps, and of what the PRM reads beyond the last of the rewards.
        #expect(cache[request(2, [0, 1], steps: ["one\n\n", "zwei\n\n"])] == nil)
        #expect(cache[request(5, [4], steps: Self.steps + ["five"])] == nil)
        #expect(cache[request(4, [1, 2])] == nil)
    }

    @Test("rewards that came one at a time answer a request for all of them")
    func together() {
        let cache = cache([(1, [0]), (2, [1]), (3, [2])])
        #expect(cache[request(3, [0, 1, 2])]?.event == answer([0, 1, 2]))
        #expect(cache[request(3, [0, 1, 2])]?.source == nil)
    }

    @Test("rewards of several runs are not mixed")
    func sources() {
        var cache = cache([(1, [0])], source: 1)
        let (second, event) = (request(2, [1]), answer([1]))
        cache.add([.event(problem.id, event, second.origin(of: event, source: 2))])
        #expect(cache[request(2, [0, 1])] == nil)
        #expect(cache[request(2, [1])]?.source == 2)
    }

    @Test("what a shorter request would cost must be known: otherwise it is sent")
    func unknown() {
        for event in [answer([0, 1, 2], isOnePass: false), answer([0, 1, 2], dropped: [0, 0, 1])] {
            var cache = ResponseCache()
            var origin = request(3, [0, 1, 2]).origin(of: event)
            if case .scored(let scored) = event, !scored.isOnePass { #expect(origin.readings.isEmpty) }
            // As a PRM that drops steps never says.
            origin.readings = []
            cache.add([.event(problem.id, event, origin)])
            #expect(cache[request(2, [0, 1])] == nil)
        }
        // Rewards with a gap between them.
        #expect(cache([(4, [0, 2, 3])])[request(1, [0])] == nil)
    }

    @Test("the journal keeps which rewards they are, and journals without that are read as before")
    func journal() throws {
        let event = answer([0, 1, 2])
        let record = JournalRecord.event(problem.id, event, request(3, [0, 1, 2]).origin(of: event))
        let line = try JSONEncoder().encode(record)
        #expect(try JSONDecoder().decode(JournalRecord.self, from: line) == record)
        var object = try #require(try JSONSerialization.jsonObject(with: line) as? [String: Any])
        #expect((object.removeValue(forKey: "readings") as? [String])?.allSatisfy { $0.count == 16 } == true)
        let old = try JSONDecoder().decode(
            JournalRecord.self, from: JSONSerialization.data(withJSONObject: object))
        var cache = ResponseCache()
        cache.add([old])
        #expect(cache[request(3, [0, 1, 2])] != nil && cache[request(2, [0, 1])] == nil)
    }
}
