@testable import Answers
@testable import Graders
@testable import Support
import TestSupport
import Testing

@Suite("Work on all processors")
struct ParallelMapTests {
    private struct Refused: Error, Equatable { var number: Int }

    @Test("keeps the order, whatever the count", arguments: [0, 1, 15, 16, 17, 1000, 20_001])
    func keepsTheOrder(count: Int) {
        let numbers = Array(7..<(7 + count))
        #expect(numbers.parallelMap { $0 * 3 } == numbers.map { $0 * 3 })
        #expect(numbers.dropFirst(2).parallelMap { $0 * 3 } == numbers.dropFirst(2).map { $0 * 3 })
    }

    @Test("of several errors, the first in order is thrown")
    func firstError() {
        let refused = #expect(throws: Refused.self) {
            try Array(0..<10_000).parallelMap { number throws(Refused) in
                if number == 4711 || number > 9000 { throw Refused(number: number) }
                return number
            }
        }
        #expect(refused == Refused(number: 4711))
    }

    @Test("elements are changed in place, each once", arguments: [0, 1, 17, 20_001])
    func changesInPlace(count: Int) {
        var numbers = Array(repeating: 1, count: 2 * count + 1)
        let places = Array((0..<count).map { 2 * $0 }.reversed())
        numbers.parallelUpdate(places) { number, place in number += place }
        #expect(numbers == numbers.indices.map { $0 % 2 == 0 && $0 < 2 * count ? 1 + $0 : 1 })
    }

    @Test("results that are not returned are released")
    func releases() throws {
        let made = Counter()
        final class Piece: Sendable {
            let gone: Counter
            init(_ gone: Counter) { self.gone = gone }
            deinit { gone.next() }
        }
        let gone = Counter()
        #expect(throws: Refused.self) {
            _ = try Array(0..<5000).parallelMap { number throws(Refused) in
                if number % 1000 == 999 { throw Refused(number: number) }
                made.next()
                return Piece(gone)
            }
        }
        #expect(made.value == gone.value && made.value > 0)
    }

    @Test("answers are judged as one after the other would be, with patterns that all processors share")
    func gradesAlike() {
        let answers = ["B", #"\text{(C)}"#, "option b", "(A) or (B)", "12", #"\frac{1}{2}"#, "none", "C. 3"]
        let golds = ["A", "B", "C", "12", "0.5", #"\text{B}"#]
        let pairs = (0..<4000).map { number in
            GradingPair(
                id: "\(number)", dataset: "d", question: "", text: "", answer: answers[number % answers.count],
                gold: golds[number / 8 % golds.count], choices: number % 3 == 0 ? ["1", "2", "3", "4"] : [])
        }
        let oneByOne = pairs.flatMap { ExactGrader().grade([$0]) }
        #expect(ExactGrader().grade(pairs) == oneByOne)
        #expect(Set(oneByOne.map(\.verdict)) == [.right, .wrong])
    }
}
