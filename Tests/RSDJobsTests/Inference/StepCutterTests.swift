@testable import Decoding
import Testing

@Suite("The step cutter") struct StepCutterTests {
    private func cut(
        _ text: String, _ pieces: [String], _ stop: Generated.Stop, lengthMeans: StepEnd = .maxTokens
    ) -> Generated? {
        Generated(
            role: .draft, text: text, pieces: pieces, stop: stop, lengthMeans: lengthMeans, promptTokens: 5,
            splitter: StepSplitter(delimiter: "\n\n"))
    }

    private func steps(_ steps: (String, Int)...) -> [StepText] { steps.map { StepText(text: $0.0, tokens: $0.1) } }

    @Test("a whole solution is cut into its steps")
    func wholeSolution() {
        let generated = cut("a b\n\nc", ["a", " b", "\n\n", "c", "<eos>"], .eos)
        #expect(generated?.steps == steps(("a b\n\n", 3), ("c", 2)))
        #expect(generated?.end == .eos)
    }

    @Test("an end right after a delimiter is an empty step")
    func endAfterDelimiter() {
        let generated = cut("a\n\n", ["a", "\n", "\n", ""], .eos)
        #expect(generated?.steps == steps(("a\n\n", 3), ("", 1)))
        #expect(generated?.end == .eos)
    }

    @Test("an end at once is an empty step")
    func endAtOnce() {
        #expect(cut("", ["<eos>"], .eos)?.steps == steps(("", 1)))
    }

    @Test("a stop string ends a step")
    func stopString() {
        let generated = cut("a.\n\n", ["a", ".\n\n"], .stopString)
        #expect(generated?.steps == steps(("a.\n\n", 2)))
        #expect(generated?.end == .delimiter)
    }

    /// The engine cuts the text at the delimiter, and gives out the token in which that is.
    @Test("a stop string may end inside a token", arguments: ["\n\n\n", "\n\n\n\n", "\n\nThe", "\n\n\n\n\n"])
    func stopStringInsideToken(_ token: String) {
        let generated = cut("a.\n\n", ["a", ".", token], .stopString)
        #expect(generated?.steps == steps(("a.\n\n", 3)))
        #expect(generated?.end == .delimiter)
    }

    @Test("a limit inside a step cuts the step")
    func limitInsideStep() {
        #expect(cut("a\n\nb", ["a", "\n\n", "b"], .length)?.end == .maxTokens)
        #expect(cut("a\n\nb", ["a", "\n\n", "b"], .length, lengthMeans: .context)?.end == .context)
    }

    @Test("a limit right after a delimiter cuts nothing")
    func limitAfterDelimiter() {
        let generated = cut("a\n\n", ["a", "\n\n"], .length)
        #expect(generated?.steps == steps(("a\n\n", 2)))
        #expect(generated?.end == .delimiter)
    }

    @Test("a limit inside a character after a delimiter cuts the character")
    func limitInsideCharacter() {
        let generated = cut("a\n\n", ["a", "\n\n", "\u{fffd}"], .length)
        #expect(generated?.steps == steps(("a\n\n", 2), ("", 1)))
        #expect(generated?.end == .maxTokens)
    }

    @Test("contradictions are found")
    func contradictions() {
        #expect(cut("a\n\nb", ["a", "b"], .eos) == nil)
        #expect(cut("ab", ["a", "\n\n", "b"], .eos) == nil)
        #expect(cut("a", ["a"], .stopString) == nil)
        #expect(cut("", [], .length) == nil)
    }
}
