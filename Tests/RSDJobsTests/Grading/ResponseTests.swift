@testable import Answers
import Foundation
@testable import Graders
import RunnerSupport
import Testing

/// Responses as models end them, and the answer that is found in each: `responses.jsonl`.
struct ResponseCase: Decodable, Sendable, CustomStringConvertible {
    var text: String
    /// nil where there is none.
    var answer: String?
    var cut: Bool?

    var description: String { text.debugDescription }

    static let all: [ResponseCase] = {
        let file = Programs.repository.appending(path: "Tests/RSDJobsTests/Grading/responses.jsonl")
        let lines = (try? Data(contentsOf: file))?.split(separator: UInt8(ascii: "\n")) ?? []
        return lines.compactMap { try? JSONDecoder().decode(ResponseCase.self, from: $0) }
    }()
}

@Suite("Answers in responses") struct ResponseTests {
    @Test("all recorded cases are read")
    func complete() { #expect(ResponseCase.all.count >= 259) }

    @Test("each recorded response has its answer", arguments: ResponseCase.all)
    func answer(_ response: ResponseCase) {
        #expect(AnswerExtraction.answer(in: response.text, isCut: response.cut ?? false) == response.answer)
    }

    private func isRight(_ text: String, _ gold: String, isCut: Bool = false) -> Bool {
        ExactGrader().isCorrect(AnswerExtraction.answer(in: text, isCut: isCut), gold: gold)
    }

    private static let reasonings = [
        #"<think>maybe \boxed{12}</think>"#, "<think>\nThe answer is 12.\n</think>\n\n",
        "The answer is 12.\n</think>\n",
        "<think>12 <think>no</think> #### 12</think>", "<thinking>#### 12</thinking>", "<think>答案是12</think>",
        #"<reasoning>\boxed{12}</reasoning>"#, #"<|begin_of_thought|>\boxed{12}<|end_of_thought|>"#,
        #"<|channel|>analysis<|message|>\boxed{12}<|end|><|start|>assistant<|channel|>final<|message|>"#,
    ]

    @Test("what stands after the reasoning counts", arguments: reasonings)
    func afterReasoning(reasoning: String) {
        for end in ["The final answer is 15.", #"\boxed{15}"#, "#### 15", "**Answer:** 15", "答案是15。", "So 6+9 = 15."] {
            #expect(isRight(reasoning + end, "15"), "\(end)")
            #expect(!isRight(reasoning + end, "12"), "\(end)")
        }
        #expect(AnswerExtraction.answer(in: reasoning) == nil)
        #expect(AnswerExtraction.marked(in: reasoning) == nil)
        #expect(AnswerExtraction.finalText(of: reasoning).trimmingCharacters(in: .whitespacesAndNewlines).isEmpty)
    }

    @Test(
        "a reasoning that does not end has no answer",
        arguments: [
            #"<think>maybe \boxed{12}"#, "<think>The answer is 12.", "<think>12", "<think>x</think> 1 <think>12",
        ])
    func endlessReasoning(text: String) {
        for isCut in [false, true] { #expect(AnswerExtraction.answer(in: text, isCut: isCut) == nil) }
        #expect(AnswerExtraction.marked(in: text) == nil)
    }

    private static let announcements = [
        "The answer is:", "So the final answer is:", "**Final Answer**", "### Final Answer", "**Answer**:",
        "**Answer:**",
        "ANSWER", "Hence the answer is", "*Answer:*", "答案是：", "最终答案是", "**答案**：", "### 答案", "Final answer =",
    ]

    @Test("a formula may follow on the next line", arguments: announcements)
    func nextLine(announcement: String) {
        for formula in [
            #"\[\frac{3}{7}\]"#, #"$$\frac{3}{7}$$"#, #"$\frac{3}{7}$"#, #"\(\frac{3}{7}\)"#, "\\[\n\\frac{3}{7}\n\\]",
            "$$\n\\frac{3}{7}.\n$$", "3/7", "**3/7**", #"$\frac37$."#,
        ] {
            for blank in ["\n", "\n\n", " \n"] {
                let text = announcement + blank + formula
                #expect(isRight(text, #"\frac{3}{7}"#), "\(text)")
                for part in ["3", "7"] { #expect(!isRight(text, part), "\(text)") }
            }
        }
    }

    private static let tails = [
        ".", "!", ", as required.", ", not 41.", ". We verified it for 3 cases.", " (approximately).", "; done.",
        " because 3·5 is 15.", ".\n\nI hope it is correct.", ". I hope it is correct.", "?", "...", "。", "，因为 3×5=15。",
        "！",
        " 🎉", ", which is 3 times 5.", " — as expected.", " apples.", ", i.e. fifteen.", ", and we are done.",
        "\n\nNote: 3 of 4.",
    ]

    @Test("the rest of the sentence is no part of an answer", arguments: tails)
    func restOfSentence(tail: String) {
        for answer in [
            "15", "**15**", "`15`", "$15$", #"\(15\)"#, "_15_", "\"15\"", "“15”", "15.0", "１５", #"\boxed{15}"#,
        ] {
            for start in ["The answer is ", "So the final answer is: ", "Answer: ", "答案是", "答案："] {
                let text = start + answer + tail
                #expect(isRight(text, "15"), "\(text)")
                for other in ["41", "3", "4", "5", "1"] { #expect(!isRight(text, other), "\(text)") }
            }
        }
    }

    /// Neither of two answers is one, nor is a part of one.
    @Test(
        "a part of an answer is not an answer",
        arguments: [
            ("Thus it is 3/4.", "4"), ("so 2 1/2", "1/2"), (#"it is $\frac{3}{4}$"#, "4"),
            ("The answer is 3 or 4.", "3"),
            ("The answer is 3 or 4.", "4"), ("The answer is not 12.", "12"), ("10 000 ways", "0"),
            ("about 3 million", "3"),
            ("the point (3, 4)", "4"), ("the ratio 2:3", "3"), ("2^10", "10"), (#"\boxed{1} and \boxed{2}"#, "2"),
            (#"\boxed{1} or \boxed{2}"#, "1"), (#"\boxed{}"#, "0"), ("The answer is 5 if n is odd.", "5"),
            ("The answer is 1, if n is even, and 0 otherwise.", "1"), ("The answer is $3$ million.", "3"),
            ("The answer is 3–5.", "3"), ("The answer is 15万。", "15"), ("答案是15万。", "15"), ("答案是1、2、3。", "1"),
            ("The answer is $2$ and $3$.", "2"), ("The answer is − 5.", "5"), ("The answer is 7 (or 8).", "7"),
            ("The answer is unknown. We had 12.", "12"), ("The answer is 15. No, that answer is wrong.", "15"),
        ])
    func partOfAnswer(text: String, gold: String) {
        #expect(!isRight(text, gold))
    }

    @Test(
        "long texts are searched in bounded time",
        arguments: [
            ("answers", "the answer is "), ("headings", "#### word "), ("reasonings", "<think></think>"),
            ("open ones", "<think>"),
            ("boxes without braces", #"\boxed. "#), ("joined boxes", #"\boxed{1} and "#),
            ("formulas", #"answer is \(\(\(\("#),
            ("dollars", "answer $ $1 "), ("operators", "1 + "), ("brackets", "((1 "), ("letters", "is the answer A "),
            ("Chinese", "答案是选"), ("tags", "<answer>"), ("full width", "１，"),
        ])
    func longTexts(name: String, piece: String) {
        let text = String(repeating: piece, count: 4000)
        _ = AnswerExtraction.answer(in: text)
        _ = AnswerExtraction.answer(in: text + "\n" + text, isCut: true)
        _ = AnswerExtraction.marked(in: text)
    }
}
