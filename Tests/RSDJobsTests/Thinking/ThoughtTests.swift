@testable import Decoding
import TestSupport
import Testing

/// Where the thoughts of a response are.
@Suite("The thoughts of a response") struct ThoughtTests {
    private static let closed = Thoughts(begin: "<think>", end: "</think>", areOpen: false)
    private static let open = Thoughts(begin: "<think>", end: "</think>", areOpen: true)

    @Test(
        "the answer is what follows the last end",
        arguments: [
            ("4", "4"), ("<think>2</think>4", "4"), ("<think>2</think>4<think>5</think>6", "6"),
            ("2</think>4", "4"), ("a<think>2</think>b</think>4", "4"), ("<think>2", nil),
            ("<think>2</think>4<think>5", nil),
            ("<think>a<think>b</think>4", "4"), ("<think></think>", ""), ("", ""), ("<thi", "<thi"),
        ])
    func answer(response: String, expected: String?) {
        #expect(Self.closed.answer(in: response) == expected)
    }

    @Test(
        "where the prompt begins them, a response without an end has no answer",
        arguments: [("4", nil), ("", nil), ("2</think>4", "4"), ("2</think>4<think>", nil), ("2</think>", "")])
    func openAnswer(response: String, expected: String?) {
        #expect(Self.open.answer(in: response) == expected)
    }

    @Test("a step is thought and answer in parts, marks being thought")
    func parts() {
        let steps = ["Hm.\n\n", "No.</think> So\n\n", "4<think>?</think>", "</think>5"]
        let parts = Self.open.parts(of: steps).map { $0.map { ($0.isThought ? "-" : "+") + $0.text } }
        #expect(
            parts == [["-Hm.\n\n"], ["-No.</think>", "+ So\n\n"], ["+4", "-<think>?</think>"], ["-</think>", "+5"]])
    }

    @Test(
        "a PRM that does not see thoughts sees the rest of a step, and nothing of a step without any",
        arguments: [
            (["Hm.\n\n", "</think>\n\n", "Four."], [nil, nil, "Four."]),
            (["No.</think> So\n\n", "4"], ["So\n\n", "4"]), (["No.</th", "ink>\n4"], [nil, "4"]),
            (["", "</think>", ""], [nil, nil, ""]), (["</think>\n\n", "\n\n", "4"], [nil, "\n\n", "4"]),
        ] as [([String], [String?])])
    func seen(steps: [String], expected: [String?]) {
        var reader = ThoughtReader(Self.open)
        #expect(steps.map { reader.answer(in: $0) } == expected)
    }

    @Test("thoughts are the same wherever a text is cut into steps")
    func anyCuts() {
        for seed in 0..<3_000 {
            var random = SeededRandom(seed: UInt64(seed))
            let marks = [("<think>", "</think>"), ("[T]", "[/T]"), ("◁think▷", "◁/think▷"), ("aab", "aac")]
            let (begin, end) = marks[seed % marks.count]
            let thoughts = Thoughts(begin: begin, end: end, areOpen: seed.isMultiple(of: 3))
            let words = [begin, end, String(begin.dropLast()), "é", "\n\n", "a", String(end.dropFirst()), "4."]
            let text = (0..<Int.random(in: 0...12, using: &random)).map { _ in
                words[Int.random(in: 0..<words.count, using: &random)]
            }.joined()
            var reader = ThoughtReader(thoughts)
            let whole = Self.letters(of: reader.read(text))
            let isInside = reader.isInside
            reader = ThoughtReader(thoughts)
            let apart = Self.steps(text, &random).flatMap { Self.letters(of: reader.read($0)) }
            #expect(apart.map(\.letter) == whole.map(\.letter), "\(text)")
            #expect(reader.isInside == isInside, "\(text)")
            #expect((thoughts.answer(in: text) == nil) == isInside, "\(text)")
            // What came before the rest of a mark that begins thoughts was not known to be one.
            let begins = Self.places(of: begin, in: text)
            for place in whole.indices where !begins.contains(place) && whole[place].isThought != apart[place].isThought
            {
                #expect(Self.places(of: end, in: text).contains(place), "\(place) of \(text)")
            }
        }
    }

    private static func letters(of parts: [ThoughtReader.Part]) -> [(letter: Unicode.Scalar, isThought: Bool)] {
        parts.flatMap { part in part.text.unicodeScalars.map { ($0, part.isThought) } }
    }

    private static func places(of mark: String, in text: String) -> Set<Int> {
        let (text, mark) = (Array(text.unicodeScalars), Array(mark.unicodeScalars))
        return Set(text.indices.filter { text[$0...].starts(with: mark) }.flatMap { $0..<$0 + mark.count })
    }

    private static func steps(_ text: String, _ random: inout SeededRandom) -> [String] {
        var steps = [""]
        for scalar in text.unicodeScalars {
            if Int.random(in: 0..<3, using: &random) == 0 { steps.append("") }
            steps[steps.count - 1].unicodeScalars.append(scalar)
        }
        return steps
    }
}
