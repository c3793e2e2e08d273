@testable import Answers
import TestSupport
import Testing

@Suite("Whole numbers as answers") struct WholeNumberTests {
    @Test("they are compared without being read, with the verdict of those that are read")
    func sameVerdict() {
        var random = SeededRandom(seed: 9)
        for _ in 0..<3000 {
            let digits = Int.random(in: 1...20, using: &random)
            func text() -> String {
                String((0..<digits).map { _ in "0012345678".randomElement(using: &random) ?? "0" })
            }
            let (found, wanted) = (
                text(), Bool.random(using: &random) ? text() : "\(Int.random(in: 0...30, using: &random))"
            )
            let read = AnswerReader.read(found).compared(to: AnswerReader.read(wanted))
            #expect(ExactComparison.compare(found, gold: wanted, choices: []) == read, "\(found) \(wanted)")
        }
    }

    @Test("leading zeros do not make another number", arguments: [("007", "7"), ("0", "00"), ("7", "07")])
    func leadingZeros(_ found: String, _ wanted: String) {
        #expect(ExactComparison.isSame(found, wanted))
    }
}
