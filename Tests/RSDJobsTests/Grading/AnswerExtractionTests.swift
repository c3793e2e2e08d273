@testable import Answers
import Testing

@Suite("Answers in a text") struct AnswerExtractionTests {
    @Test(
        "the last box is the answer",
        arguments: [
            (#"The answer is \boxed{56}."#, "56"),
            (#"\boxed{1} and then \boxed{2}"#, "2"),
            (#"\boxed{\frac{1}{2}}"#, #"\frac{1}{2}"#),
            (#"\boxed {7}"#, "7"),
            (#"\boxed 7$."#, "7"),
            (#"so $\boxed 12$ it is"#, "12"),
            (#"\boxed{}"#, ""),
            (#"\fbox{3}"#, "3"),
            (#"\framebox{204} minutes"#, "204"),
            (#"\boxed{1}, no: \fbox{2}"#, "2"),
            (#"\boxed{\boxed{5}}"#, "5"),
            (#"\boxed{\{1,2\}}"#, #"\{1,2\}"#),
            (#"\boxed{\left\{1\right.}"#, #"\left\{1\right."#),
            (#"\boxed{3} then \boxed{never closed"#, "3"),
            (#"\boxedtext{3}"#, nil),
            ("no answer", nil),
            (#"\boxed"#, nil),
            (#"put it into \boxed."#, nil),
            ("", nil),
        ])
    func boxed(text: String, answer: String?) {
        #expect(AnswerExtraction.boxed(in: text) == answer)
    }

    @Test(
        "an answer is found without a box",
        arguments: [
            (#"The answer is 5, so \boxed{6}"#, "6"),
            (#"The answer is 5. I hope it is correct."#, "5"),
            (#"The answer is: **5**."#, "5"),
            (#"Final Answer: The final answer is $\frac{1}{2}$. I hope it is correct."#, #"\frac{1}{2}"#),
            (#"The answer is \(x+1\), as was to be shown."#, "x+1"),
            ("The answer is 1.5.\nThat is all of 3 lines.", "1.5"),
            ("The answer is 4. No, wait: the answer is 7", "7"),
            ("Answer: (B)", "(B)"),
            ("16 - 3 - 4 = 9\n#### 18", "18"),
            ("答案是 12", "12"),
            ("First 3 apples, then 4 make 7 apples.", "7"),
            ("It costs $1,234.50.", "1,234.50"),
            ("so x = -3", "-3"),
            ("x is .5", ".5"),
            ("no number at all", nil),
            ("", nil),
        ])
    func answer(text: String, answer: String?) {
        #expect(AnswerExtraction.answer(in: text) == answer)
    }

    /// Where the text was cut, its last number is that of an unfinished calculation.
    @Test("a text that was cut has only an answer that it names")
    func cutText() {
        #expect(AnswerExtraction.answer(in: "3 and 4 make 7", isCut: true) == nil)
        #expect(AnswerExtraction.answer(in: #"\boxed{7} and then"#, isCut: true) == "7")
        #expect(AnswerExtraction.answer(in: "The answer is 7", isCut: true) == "7")
    }
}
