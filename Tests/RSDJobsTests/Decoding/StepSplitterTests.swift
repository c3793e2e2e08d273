@testable import Decoding
import TestSupport
import Testing

@Suite("The step splitter")
struct StepSplitterTests {
    private let splitter = StepSplitter(delimiter: "\n\n")

    @Test(
        "a text is cut after each delimiter",
        arguments: [
            ("", []),
            ("a", ["a"]),
            ("a\n", ["a\n"]),
            ("a\n\nb", ["a\n\n", "b"]),
            ("a.\n\n", ["a.\n\n"]),
            ("a\n\nb\n\n", ["a\n\n", "b\n\n"]),
            ("a\n\n\nb", ["a\n\n", "\nb"]),
            ("a\n\n\n\nb", ["a\n\n", "\n\n", "b"]),
            ("a\n\n\n\n\nb", ["a\n\n", "\n\n", "\nb"]),
            ("\n\n", ["\n\n"]),
            ("\n\na", ["\n\n", "a"]),
            ("\n\n\n", ["\n\n", "\n"]),
            ("a\n \nb", ["a\n \nb"]),
        ])
    func delimiters(text: String, steps: [String]) {
        #expect(splitter.split(text) == steps)
    }

    /// To Swift "\r\n" is one character, and a letter with its accent too; a delimiter is bytes.
    @Test("a text is cut by bytes and not by characters")
    func bytes() {
        #expect(splitter.split("a\r\n\nb") == ["a\r\n\n", "b"])
        #expect(splitter.split("a\r\n\r\nb") == ["a\r\n\r\nb"])
        #expect(
            splitter.split("é\n\n\u{301}b").map { Array($0.utf8) }
                == ["é\n\n", "\u{301}b"].map { Array($0.utf8) })
        #expect(StepSplitter(delimiter: "e").split("xe\u{301}").map(\.utf8.count) == [2, 2])
        #expect(StepSplitter(delimiter: "\u{e9}").split("xe\u{301}y").count == 1)
    }

    @Test(
        "other delimiters cut likewise",
        arguments: [
            ("\n", "a\n\nb", ["a\n", "\n", "b"]),
            ("</step>", "a</step>b</step", ["a</step>", "b</step"]),
            ("</step>", "<</step></step>", ["<</step>", "</step>"]),
            ("aba", "ababa", ["aba", "ba"]),
            ("ки", "x ки y", ["x ки", " y"]),
        ])
    func otherDelimiters(delimiter: String, text: String, steps: [String]) {
        #expect(StepSplitter(delimiter: delimiter).split(text) == steps)
    }

    @Test(
        "the tokens of each step are counted",
        arguments: [
            ([], [0]),
            (["a", "\n\n"], [2, 0]),
            (["a", ".\n\n", "b"], [2, 1]),
            (["a", "\n", "\n", "b", "c"], [3, 2]),
            (["a", "\n\n", ""], [2, 1]),
            ([""], [1]),
            (["a", "\n\n\n"], [2, 0]),
            (["a", "\n\n\n\n"], [2, 0, 0]),
            (["a\n", "\nb", "c"], [2, 1]),
            (["\u{fffd}", "\u{fffd}", "\n\n", "b"], [3, 1]),
        ])
    func tokenCounts(pieces: [String], counts: [Int]) {
        #expect(splitter.tokenCounts(pieces: pieces) == counts)
    }

    @Test(
        "a token may end several steps",
        arguments: [
            ([], 0),
            (["a", "\n\n", "b"], 1),
            (["a", "\n", "\n", "b"], 1),
            (["a", "\n\n\n", "b"], 0),
            (["a", "\n\nb", "\n\n"], 0),
            (["a\n", "\n\n"], 0),
            (["a", "\n\n", "\n\n\n\n", "c"], 1),
            (["a", "\n\n\n\n"], 0),
        ])
    func stepsPerToken(pieces: [String], whole: Int) {
        #expect(splitter.cut(pieces: pieces).whole == whole)
    }

    @Test(
        "a text may end with the delimiter",
        arguments: [
            ("a\n\n", true), ("\n\n", true), ("a\r\n\n", true), ("a\n", false), ("", false), ("\n\na", false),
        ])
    func endsWithDelimiter(text: String, isLast: Bool) {
        #expect(splitter.endsWithDelimiter(text) == isLast)
    }

    /// Any text in any pieces: nothing is lost, and the two ways of cutting agree.
    @Test("random text is cut without loss", arguments: ["\n\n", "\n", "</step>", "aba", "ки"])
    func random(delimiter: String) {
        let splitter = StepSplitter(delimiter: delimiter)
        let vocabulary = [
            "", "a", "b", "ab", "\n", "\n\n", "\n\n\n\n", ".\n\n", "\r", "</", "step>", "</step>", "к", "и",
            "ки", "é",
            "\u{301}", "👩‍🔬", delimiter, delimiter + delimiter,
        ]
        var random = SeededRandom(seed: 3)
        for _ in 0..<1_000 {
            let pieces = (0..<Int.random(in: 0...20, using: &random)).compactMap { _ in
                vocabulary.randomElement(using: &random)
            }
            let text = pieces.joined()
            let steps = splitter.split(text)
            let counts = splitter.tokenCounts(pieces: pieces)
            let complete = steps.prefix { splitter.endsWithDelimiter($0) }

            #expect(steps.flatMap { Array($0.utf8) } == Array(text.utf8))
            #expect(!steps.contains(""))
            #expect(complete.count >= steps.count - 1, "only the last may be without delimiter: \(pieces)")
            #expect(counts.reduce(0, +) == pieces.count)
            #expect(counts.count == complete.count + 1, "\(pieces)")
            #expect(steps.allSatisfy { splitter.split($0) == [$0] })
        }
    }

    /// Tokens that are bytes: a character that is cut in two reads as two replacement marks, and the counts stand.
    @Test("characters split over tokens do not shift the counts")
    func halfCharacters() {
        let text = "é→👩‍🔬\n\nß\n\n\nκ"
        let halves = Array(text.utf8).map { String(decoding: [$0], as: UTF8.self) }
        #expect(splitter.tokenCounts(pieces: halves) == splitter.split(text).map(\.utf8.count))
    }
}
