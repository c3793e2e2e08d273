import Foundation
import Testing

@testable import JobSpecs
@testable import RSDJobs
@testable import Support

/// Answers that are graded from a file of their own.
@Suite("Files of answers") struct AnswerFileTests {
    private func file(_ text: String) throws -> AnswerFile {
        try AnswerFile(file: "answers.jsonl", Data(text.utf8))
    }

    private func verdicts(_ text: String, with kind: GraderKind = .exact) async throws -> (AnswerCounts, [String]) {
        var written = Data()
        let counts = try await AnswerGrading(with: kind).grade(
            file(text), interruption: Interruption(), began: { _, _ in }, write: { written += $0 })
        return (counts, String(decoding: written, as: UTF8.self).split(separator: "\n").map(String.init))
    }

    @Test("each answer gets a line, in order")
    func order() async throws {
        let text = """
            {"text": "<think>12</think> The answer is 15.", "gold": 15, "id": "a", "kind": "think"}

            {"answer": "\\\\frac12", "gold": "0.5", "id": 7}
            {"answer": 0.50, "gold": "1"}
            {"answer": null, "gold": "1"}
            {"text": "so 12", "cut": true, "gold": "12"}
            {"text": "so 12", "cut": false, "answer": "13", "gold": "12"}
            {"text": "It is a triangle. Answer: a triangle", "gold": "C", "choices": ["1", "2", "a triangle"]}
            {"answer": "", "gold": ""}
            """
        let (counts, lines) = try await verdicts("\u{FEFF}" + text.replacing("\n", with: "\r\n"))
        #expect(
            lines == [
                #"{"answer":"15","gold":"15","id":"a","line":1,"verdict":"right"}"#,
                #"{"answer":"\\frac12","gold":"0.5","id":7,"line":3,"verdict":"right"}"#,
                #"{"answer":"0.50","gold":"1","line":4,"verdict":"wrong"}"#,
                #"{"answer":null,"gold":"1","line":5,"verdict":"empty"}"#,
                #"{"answer":null,"gold":"12","line":6,"verdict":"empty"}"#,
                #"{"answer":"12","gold":"12","line":7,"verdict":"right"}"#,
                #"{"answer":"a triangle","gold":"C","line":8,"verdict":"right"}"#,
                #"{"answer":"","gold":"","line":9,"verdict":"empty"}"#,
            ])
        #expect(counts[.right] == 4 && counts[.wrong] == 1 && counts[.empty] == 3 && counts.total == 8)
        #expect(counts.undecided == 0)
    }

    /// All at once, and before anything is graded.
    @Test("all errors of a file are reported")
    func errors() async throws {
        let text = """
            {"text": "so 1", "gold": "1"}
            {"text": "so 1", "gold": }
            {"text": "so 1"}
            {"gold": "1", "response": "so 1"}
            {"text": null, "gold": ["1"]}
            [1]
            {"text": "so 1", "gold": "1", "cut": "yes", "id": {}, "choices": "A"}
            {"text": "so \\boxed{1}", "gold": "1"}
            {"text": "so 1", "gold": "1", "gold": "2"}
            """
        var wrote = false
        let error = await #expect(throws: UnusableAnswers.self) {
            _ = try await AnswerGrading(with: .exact).grade(
                file(text), interruption: Interruption(), began: { _, _ in }, write: { _ in wrote = true })
        }
        #expect(!wrote)
        let places = (error?.diagnostics ?? []).map { "\($0.line ?? 0):\($0.column ?? 0)" }
        #expect(places == ["2:26", "3:0", "4:0", "5:0", "5:0", "6:1", "7:0", "7:0", "7:0", "8:0", "9:31"])
        let told = (error?.diagnostics ?? []).map(\.rendered).joined(separator: "\n")
        #expect(told.contains("answers.jsonl:4: error: no field 'text' or 'answer'; the line has 'gold', 'response'"))
        #expect(told.contains("answers.jsonl:8: error: 'text' has a control character instead of \\boxed"))
    }

    @Test(
        "a file without answers is refused",
        arguments: [
            ("", "has no answers"), ("\n \n", "has no answers"), (#"[{"gold": 1}]"#, "a JSON list"),
        ])
    func noAnswers(text: String, fault: String) {
        let error = #expect(throws: UnusableAnswers.self) { try file(text).check() }
        #expect(error?.diagnostics.first?.message.contains(fault) ?? false)
    }

    @Test("many errors are counted")
    func manyErrors() {
        let error = #expect(throws: UnusableAnswers.self) {
            try file(String(repeating: "{\"gold\": 1}\n", count: 1000)).check()
        }
        #expect(error?.diagnostics.count == 101)
        #expect(error?.diagnostics.reduce(0) { $0 + $1.count } == 1000)
    }

    /// Portions of any size end at the end of a line.
    @Test("portions of any size end at the end of a line", arguments: [1, 20, 1000, Int.max])
    func portions(bytes: Int) async throws {
        let lines = (1...40).map { #"{"answer": "\#($0)", "gold": "\#($0)"}"# + ($0 % 7 == 0 ? "\n\n" : "\n") }
        var seen: [String] = []
        var numbers: [Int] = []
        try await file(lines.joined()).forEach(bytes: bytes) { answers in
            seen += answers.map(\.pair.gold)
            numbers += answers.map(\.number)
        }
        #expect(seen == (1...40).map(String.init))
        #expect(numbers == (1...40).map { $0 + ($0 - 1) / 7 })
    }

    @Test("a command is asked once, and its verdicts are taken")
    func command() async throws {
        let script = #"sed 's/.*"id":"\([^"]*\)".*/{"id": "\1", "correct": true, "reason": "I say so"}/'"#
        let kind = GraderKind.command(GraderCommand(words: ["sh", "-c", script], directory: "/", timeout: 60))
        let (counts, lines) = try await verdicts(
            "{\"answer\": 1, \"gold\": 2}\n{\"answer\": null, \"gold\": 2}\n", with: kind)
        #expect(counts[.right] == 1 && counts[.empty] == 1)
        #expect(lines[0] == #"{"answer":"1","gold":"2","line":1,"reason":"I say so","verdict":"right"}"#)
    }
}
