import Testing

@testable import RSDJobs

@Suite struct AnswerTests {
    @Test(arguments: [
        (#"The answer is \boxed{56}."#, "56"),
        (#"\boxed{1} and then \boxed{2}"#, "2"),
        (#"\boxed{\frac{1}{2}}"#, #"\frac{1}{2}"#),
        (#"\boxed {7}"#, "7"),
        (#"\boxed{}"#, ""),
        (#"\fbox{3}"#, "3"),
        (#"\boxed{3} then \boxed{never closed"#, "3"),
        ("no answer", nil),
        (#"\boxed"#, nil),
        ("", nil),
    ])
    func boxed(text: String, answer: String?) {
        #expect(AnswerExtraction.boxed(in: text) == answer)
    }

    @Test(arguments: [
        ("56", "56", true),
        ("56.", "56", true),
        (" 56 ", "56", true),
        ("$56$", "56", true),
        ("56.0", "56", true),
        ("1,234", "1234", true),
        ("+5", "5", true),
        (".5", "0.5", true),
        ("-0", "0", true),
        ("5", #"\boxed{5}"#, true),
        ("x+1", "x+1", true),
        ("57", "56", false),
        ("12,34", "1234", false),
        ("0.1", "0.10000000000000000001", false),
        ("", "56", false),
        ("  ", "56", false),
        ("", "", false),
        (nil, "56", false),
        ("1e3", "1000", false),
    ])
    func verdicts(answer: String?, gold: String, correct: Bool) {
        #expect(ExactGrader().isCorrect(answer, gold: gold) == correct)
    }
}
