@testable import Answers
import Foundation
@testable import Graders
import RunnerSupport
import Testing

@Suite("The exact grader") struct ExactGraderTests {
    @Test("the golden set is complete")
    func goldenSet() { #expect(GoldenCase.all.count >= 393) }

    @Test("the golden set has its verdicts", arguments: GoldenCase.all)
    func verdict(_ golden: GoldenCase) {
        #expect(ExactGrader().isCorrect(golden.answer, gold: golden.gold) == (golden.exact == .right))
    }

    /// What a vote counts as one answer is one answer for the grader.
    @Test("equal keys are right", arguments: GoldenCase.all)
    func equalKeys(_ golden: GoldenCase) {
        guard AnswerKey(golden.answer) == AnswerKey(golden.gold), golden.exact != .empty else { return }
        // An answer that is words beside one that is a letter is for the rule of choices alone, and a vote counts `x = 5` with 5.
        #expect(golden.exact == .right || ["choices", "nothing", "equations"].contains(golden.about))
    }

    @Test("no answer is wrong")
    func noAnswer() {
        for answer in [nil, "", "  ", "\n"] {
            #expect(!ExactGrader().isCorrect(answer, gold: "5"))
            #expect(!ExactGrader().isCorrect(answer, gold: ""))
        }
    }

    @Test("a choice may be named by its text")
    func choiceText() {
        let choices = ["12", #"\frac{1}{2}"#, "a triangle"]
        #expect(ExactGrader().isCorrect("0.5", gold: "B", choices: choices))
        #expect(ExactGrader().isCorrect("A triangle", gold: "C", choices: choices))
        #expect(!ExactGrader().isCorrect("12", gold: "B", choices: choices))
        #expect(!ExactGrader().isCorrect("A", gold: "C", choices: choices))
        // Beyond the choices a letter is a letter.
        #expect(ExactGrader().isCorrect("E", gold: "E", choices: choices))
    }
}

@Suite("Keys of answers") struct AnswerKeyTests {
    @Test(
        "answers of one group have one key",
        arguments: [
            (["1/2", "0.5", #"\frac{1}{2}"#, #"$\dfrac12$"#, #"x = \frac{2}{4}"#], "1/2"),
            (["1,234", "1234", "1234.0", #"1{,}234"#, #"\$1234"#], "1234"),
            ([#"\sqrt{8}"#, #"2\sqrt{2}"#, #"\frac{4}{\sqrt2}"#], "2·√2"),
            (["2, 1", #"\{1,2\}"#, "1 and 2", "x=1 or x=2"], "{1, 2}"),
            (["x=1, y=2", "y = 2 and x = 1", #"\{y=2, x=1.0\}"#], "{x=1, y=2}"),
            (["12 345", "12,345", #"12\;345"#, "12345"], "12345"),
            (["(1, 2)", #"\left(1,2\right)"#, "(1.0, 2)"], "(1, 2)"),
            ([#"\text{Evelyn}"#, "evelyn"], "evelyn"),
            (["28%", #"28\%"#, "28"], "28"),
            (["", " ", "$$"], ""),
        ])
    func groups(answers: [String], key: String) {
        for answer in answers { #expect(AnswerKey(answer).description == key) }
    }

    @Test("answers that differ have different keys")
    func differ() {
        let answers = [
            "1", "2", "(1,2)", "[1,2]", "{1,2,3}", "x", "x^2", "yes", "no", #"\frac13"#, "0.33", "0.3333", "12", "1 2",
            "34", #"3 \quad 4"#, #"\binom{1}{23}"#, #"\binom{12}{3}"#, "x=1, y=2", "x=2, y=1", "35/2", "3 5/2",
        ]
        #expect(Set(answers.map(AnswerKey.init)).count == answers.count)
    }
}

/// Answers that are meant to hang, to exhaust the stack or the memory, or to be read beyond their end.
@Suite("Hostile answers") struct HostileAnswerTests {
    private static let many = 300_000

    static let answers: [(name: String, text: String)] = [
        ("braces that open", String(repeating: "{", count: many)),
        ("braces that close", String(repeating: "}", count: 100_000)),
        ("boxes never closed", String(repeating: #"\boxed{"#, count: 100_000)),
        ("boxes within boxes", String(repeating: #"\boxed{"#, count: 100_000) + String(repeating: "}", count: 100_000)),
        (
            "fractions within fractions",
            String(repeating: #"\frac{1}{"#, count: 400) + String(repeating: "}", count: 400)
        ),
        ("parentheses", String(repeating: "(", count: 2000) + "1" + String(repeating: ")", count: 2000)),
        ("lists within lists", String(repeating: "(1,", count: 1000) + "1" + String(repeating: ")", count: 1000)),
        ("lists within braces", String(repeating: "{1 and ", count: 500) + "1" + String(repeating: "}", count: 500)),
        ("signs", String(repeating: "-", count: 4000) + "1"),
        ("both signs", String(repeating: #"\pm"#, count: 1000) + "1"),
        ("a power tower", "9" + String(repeating: "^{9", count: 300) + String(repeating: "}", count: 300)),
        ("a great power", "(a+b+c+d+e+f)^{64}"),
        ("powers of powers", "2" + String(repeating: "^{64}", count: 700)),
        (
            "squares of roots",
            String(repeating: #"(\sqrt{"#, count: 200) + "x" + String(repeating: "}+1)^2", count: 200)
        ),
        ("roots of great numbers", String(repeating: #"\sqrt{9999999967}"#, count: 200)),
        ("many terms", (0..<800).map { "x_{\($0)}" }.joined(separator: "+")),
        ("equations", String(repeating: "x=", count: 2000) + "1"),
        ("relations", String(repeating: "x<", count: 2000) + "1"),
        ("digits", String(repeating: "9", count: 100_000)),
        ("digits of a number that is looked at", String(repeating: "9", count: 4000)),
        ("commas", String(repeating: "1,", count: 2000)),
        ("environments", String(repeating: #"\begin{pmatrix}"#, count: 200)),
        ("NUL", String(repeating: "\0", count: 4000)),
        ("backslashes", String(repeating: #"\"#, count: 100_000)),
        ("dollars", String(repeating: "$", count: 100_000)),
        ("fours of hashes", String(repeating: "####", count: 20_000)),
        ("texts never closed", String(repeating: #"\text{{}"#, count: 500)),
        ("blanks between thousands", "1" + String(repeating: #"\, "#, count: 1000) + "234"),
        ("factorials", "9" + String(repeating: "!", count: 2000)),
        ("a factorial of a great number", "(10^{30})!"),
        ("great powers", "(2^{99999})^{99999}"),
        ("powers of great powers", "x^{99999999999999999999}"),
        ("a great binomial", #"\binom{120}{60}\binom{99999999}{5}"#),
        ("digits that repeat", #"0.\overline{"# + String(repeating: "142857", count: 500) + "}"),
        ("functions of functions", String(repeating: "f(", count: 1000) + "1" + String(repeating: ")", count: 1000)),
        ("functions to powers", String(repeating: "f^{", count: 500) + "1" + String(repeating: "}", count: 500)),
        (
            "mixed numbers in mixed numbers",
            String(repeating: #"1\frac{"#, count: 30) + "1" + String(repeating: "}{2}", count: 30)
        ),
        ("sums of quotients", (1...300).map { "1/(x+\($0)y+\($0 * $0))" }.joined(separator: "+")),
        ("products of sums", (1...300).map { "(x+\($0)y)" }.joined()),
        (
            "roots of roots",
            String(repeating: #"\sqrt[16]{9999999967x+"#, count: 40) + "1" + String(repeating: "}", count: 40)
        ),
        ("superscripts", "x" + String(repeating: "²₂", count: 600)),
        ("signs of both kinds", "{" + String(repeating: #"\pm 1,"#, count: 500) + "2}"),
        ("units", "5" + String(repeating: " cm/", count: 700)),
        ("ratios", String(repeating: "2:", count: 1500) + "3"),
        ("substances", String(repeating: "H_2", count: 1000)),
        ("combining marks", "e" + String(repeating: "\u{301}", count: 2000)),
    ]

    /// They come to an end, and equal nothing else.
    @Test("a hostile answer is graded in bounded time", arguments: answers.map(\.name))
    func ends(name: String) throws {
        let text = try #require(Self.answers.first { $0.name == name }).text
        _ = AnswerExtraction.answer(in: text)
        _ = AnswerExtraction.answer(in: text + #"\boxed{5}"#)
        #expect(AnswerKey(text) == AnswerKey(text))
        _ = ExactGrader().isCorrect(text, gold: text)
        #expect(!ExactGrader().isCorrect(text, gold: "57"))
        #expect(!ExactGrader().isCorrect("57", gold: text))
        #expect(!ExactGrader().isCorrect(text, gold: "B", choices: ["57", "x + 1", "no", "(2, 1)"]))
    }

    /// Every beginning and every end of some good answers.
    @Test("pieces of good answers are graded in bounded time")
    func pieces() {
        for golden in GoldenCase.all.enumerated().filter({ $0.offset % 5 == 0 }).map(\.element) {
            let characters = Array(golden.gold)
            for index in characters.indices {
                _ = AnswerKey(String(characters[..<index]))
                _ = ExactGrader().isCorrect(String(characters[index...]), gold: golden.gold)
            }
        }
    }
}
