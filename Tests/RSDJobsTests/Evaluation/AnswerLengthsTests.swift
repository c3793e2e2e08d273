@testable import Decoding
@testable import Reporting
import Testing

@Suite("Lengths of answers") struct AnswerLengthsTests {
    private func line(_ problem: Int, draft: Int, target: Int, correct: Bool) -> ResultLine {
        var line = ResultLine.sample(problem: "\(problem)", correct: correct)
        line.tokens.draft = .init(kept: draft, rejected: 1000, lookahead: 1000, prompt: 1000)
        line.tokens.target = .init(kept: target)
        return line
    }

    @Test("a response's tokens are those of both models, without what was not kept")
    func lengths() throws {
        var failed = line(9, draft: 50, target: 0, correct: false)
        failed.finish = .failed
        let lines = [
            line(0, draft: 3, target: 2, correct: true), line(1, draft: 0, target: 59, correct: true),
            line(2, draft: 4, target: 0, correct: true), line(3, draft: 60, target: 0, correct: false), failed,
        ]
        let found = try #require(AnswerLengths(method: "rsd", dataset: "d", lines: lines, longest: 60))
        #expect(found.width == 5 && found.right.count == 13)
        #expect((found.right[0], found.right[1], found.right[11], found.right.reduce(0, +)) == (1, 1, 1, 3))
        #expect(found.wrong[12] == 1 && found.wrong.reduce(0, +) == 1)
        #expect((found.medianRight, found.medianWrong) == (5, 60))
        #expect(AnswerLengths(method: "rsd", dataset: "d", lines: [failed], longest: 60) == nil)
    }

    @Test(
        "bins are 1, 2 or 5 times a power of ten wide, and at most thirty",
        arguments: [
            (0, 1), (1, 1), (29, 1), (30, 2), (59, 2), (60, 5), (149, 5), (150, 10), (2048, 100),
            (1 << 40, 50_000_000_000),
        ])
    func widths(longest: Int, width: Int) {
        #expect(AnswerLengths.width(longest: longest) == width)
        #expect(longest / width < AnswerLengths.mostBins)
    }

    @Test("the median of an even number of lengths is the mean of the middle two")
    func medians() {
        #expect(AnswerLengths.median([]) == nil)
        #expect(AnswerLengths.median([7]) == 7)
        #expect(AnswerLengths.median([9, 1, 4, 2]) == 3)
        #expect(AnswerLengths.median([9, 1, 4]) == 4)
    }
}
