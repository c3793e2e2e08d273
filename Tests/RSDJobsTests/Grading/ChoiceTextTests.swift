@testable import Answers
@testable import Graders
import Testing

/// Choices whose texts look like lists, like letters, or like each other.
@Suite("Answers by the text of a choice") struct ChoiceTextTests {
    static let sets: [[String]] = [
        ["True, True", "False, False", "True, False", "False, True"],
        ["high and high", "high and low", "low and low", "low and high"],
        ["nucleons; nucleons.", "electrons; electrons.", "electrons; nucleons.", "nucleons; electrons."],
        ["I only", "II only", "I and II only", "I, II, and III"],
        ["It moves.", "It stands.", "It turns.", "A, B, and C"],
        ["P", "3P", "P/3", "none of these"],
        ["G_1", "G_2", "M", "S"],
        ["O(D)", "O(N)", "O(ND)", "O(ND^2)"],
        ["1", "-1", "i", "-i"],
        ["Error", "a", "b", "c"],
        ["aab", "ab", "a ab", "none"],
        ["7, 11, -6", "11, -6, 7", "-6, 7, 11", "11, 7, -6"],
        ["72 / 9 = 8", "72 - 9 = 63", "9 + 72 = 81", "9 / 72 = 0.125"],
        ["5 * 2", "2 * 5", "10 + 0", "10"],
        ["25 meters", "25 kilometers", "25", "1 meter"],
        [#"\frac{1}{2}"#, #"\frac{2}{4}"#, "0.5", "1/2"],
        ["The U.S.S.R.", "The U.S.", "France", "A and B"],
        ["L <= M <= T", "L <= T <= M", "T <= M <= L", "M <= L <= T"],
        ["k = 0 and n = 1", "k = 1 and n = 0", "k = n = 1", "k > 1"],
    ]

    @Test("a text is right for its own letter alone", arguments: sets)
    func ownLetter(choices: [String]) {
        for (letter, gold) in zip(["A", "B", "C", "D"], choices) {
            for text in choices {
                let shown = text.hasSuffix(".") ? String(text.dropLast()) : text
                for answer in [text, shown, "$\(text)$", #"\text{\#(text)}"#] {
                    let isRight = ExactGrader().isCorrect(answer, gold: letter, choices: choices)
                    #expect(isRight == (text == gold), "\(answer) against \(letter) of \(choices)")
                }
            }
        }
    }

    @Test("two choices may have the same text")
    func sameText() {
        let choices = ["one", "two", "one"]
        #expect(ExactGrader().isCorrect("one", gold: "A", choices: choices))
        #expect(ExactGrader().isCorrect("One.", gold: "C", choices: choices))
        #expect(!ExactGrader().isCorrect("one", gold: "B", choices: choices))
    }

    /// A form that is none of the texts counts where it means one choice and no other.
    @Test("other forms of a text are recognised")
    func otherForms() {
        let choices = ["True, False", "False, True", "1,000", "x = 1/2"]
        #expect(ExactGrader().isCorrect("true,false", gold: "A", choices: choices))
        #expect(!ExactGrader().isCorrect("true,false", gold: "B", choices: choices))
        #expect(!ExactGrader().isCorrect("False and True", gold: "A", choices: choices))
        #expect(ExactGrader().isCorrect("1000", gold: "C", choices: choices))
        #expect(ExactGrader().isCorrect("0.5", gold: "D", choices: choices))
        #expect(!ExactGrader().isCorrect("half", gold: "D", choices: choices))
    }

    /// The prompt asks for a capital; a small letter that is the text of a choice is that choice.
    @Test("a letter that is also a text is a letter")
    func letterAsText() {
        #expect(ExactGrader().isCorrect("B", gold: "B", choices: ["As", "P", "Sb", "B"]))
        #expect(!ExactGrader().isCorrect("B", gold: "D", choices: ["As", "P", "Sb", "B"]))
        #expect(!ExactGrader().isCorrect("(B)", gold: "D", choices: ["As", "P", "Sb", "B"]))
        #expect(ExactGrader().isCorrect("b", gold: "B", choices: ["As", "P", "Sb", "B"]))
        #expect(ExactGrader().isCorrect("b", gold: "C", choices: ["Error", "a", "b", "c"]))
        #expect(!ExactGrader().isCorrect("b", gold: "B", choices: ["Error", "a", "b", "c"]))
        #expect(ExactGrader().isCorrect("d", gold: "D", choices: ["Error", "a", "b", "c"]))
    }

    @Test("a letter may have more after it")
    func letterWithMore() {
        let choices = ["1", "2", "B cells", "T cells"]
        let said = AnswerExtraction.answer(in: "The answer is B because x > 0. So we are done.")
        #expect(ExactGrader().isCorrect(said, gold: "B", choices: choices))
        #expect(!ExactGrader().isCorrect(said, gold: "C", choices: choices))
        #expect(ExactGrader().isCorrect("A since it is least", gold: "A", choices: choices))
        #expect(ExactGrader().isCorrect("(D) as was shown", gold: "D", choices: choices))
        #expect(!ExactGrader().isCorrect("B cells of the blood", gold: "B", choices: choices))
        #expect(ExactGrader().isCorrect("C. T cells", gold: "C", choices: choices))
    }
}
