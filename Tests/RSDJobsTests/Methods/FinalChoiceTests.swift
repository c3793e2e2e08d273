import Testing

@testable import Decoding
@testable import Methods

@Suite("The choice among solutions") struct FinalChoiceTests {
    private func chosen(_ choice: FinalChoice, _ texts: [String], _ scores: [Double?]) -> Int {
        let solutions = texts.map { text in
            var response = Response(limits: .roomy)
            response.commit(Step(text: text, origin: .draft), tokens: 1, end: .eos)
            return response
        }
        return choice.index(among: solutions, scores: scores)
    }

    private let answers = [#"\boxed{1}"#, #"\boxed{\frac{1}{2}}"#, #"\boxed{2}"#, #"\boxed{0.5}"#, "no"]

    @Test(
        "answers that are equal are one group, with the sum of its scores",
        arguments: [
            (FinalChoice.best, 0), (.weighted, 1), (.majority, 1),
        ])
    func groups(choice: FinalChoice, expected: Int) {
        // 0.7 against 0.4 + 0.4.
        #expect(chosen(choice, answers, [0.7, 0.4, 0.6, 0.4, 0.65]) == expected)
    }

    @Test("one good solution may outweigh many bad ones")
    func outweighed() {
        let scores: [Double?] = [0.7, 0.1, 0.2, 0.2, 0.9]
        #expect(chosen(.weighted, answers, scores) == 0)
        #expect(chosen(.majority, answers, scores) == 1)
        // It has no answer, but the best score.
        #expect(chosen(.best, answers, scores) == 4)
    }

    @Test("ties go to the first")
    func ties() {
        for choice in FinalChoice.allCases {
            #expect(chosen(choice, [#"\boxed{1}"#, #"\boxed{2}"#], [0.5, 0.5]) == 0, "\(choice)")
        }
        #expect(chosen(.weighted, [#"\boxed{1}"#, #"\boxed{2}"#, #"\boxed{2}"#], [0.5, 0.25, 0.25]) == 0)
        #expect(chosen(.weighted, ["?", #"\boxed{2}"#, #"\boxed{1}"#], [0.9, 0.5, 0.5]) == 1)
    }

    @Test("what was never scored comes after what was scored with 0")
    func unscored() {
        #expect(chosen(.best, answers, [nil, 0, nil, nil, nil]) == 1)
        #expect(chosen(.weighted, answers, [nil, nil, 0, nil, nil]) == 2)
        // A group has the weight of its scored solutions, whichever comes first.
        #expect(chosen(.weighted, answers, [0.3, nil, 0.1, 0.4, nil]) == 1)
        #expect(chosen(.weighted, answers, [0.3, 0.4, 0.1, nil, nil]) == 1)
        #expect(chosen(.majority, answers, [nil, nil, nil, nil, nil]) == 1)
        #expect(chosen(.weighted, answers, [nil, nil, nil, nil, nil]) == 0)
    }

    @Test("without any answer, the best score decides")
    func noAnswers() {
        for choice in FinalChoice.allCases { #expect(chosen(choice, ["a", "b", "c"], [0.1, 0.3, 0.2]) == 1) }
        #expect(FinalChoice.majority.index(among: [Response(limits: .roomy), Response(limits: .roomy)]) == 0)
    }

    @Test(
        "the steps' rewards become a score",
        arguments: [(SolutionScore.last, 0.5), (.min, 0.25), (.mean, 0.5), (.product, 0.09375)])
    func scores(score: SolutionScore, expected: Double) {
        #expect(score.of([0.75, 0.25, 0.5]) == expected)
        var response = Response(limits: .roomy)
        #expect(score.of(response) == nil)
        for text in ["a\n\n", "b\n\n", "c"] {
            response.commit(Step(text: text, origin: .draft), tokens: 1, end: text == "c" ? .eos : .delimiter)
        }
        for (step, reward) in [0.75, 0.25].enumerated() { response.setReward(reward, dropped: nil, ofStep: step) }
        // A step that the PRM sees has no reward yet.
        #expect(score.of(response) == nil)
        response.setReward(0.5, dropped: nil, ofStep: 2)
        #expect(score.of(response) == expected)
    }
}
