import Foundation
import TestSupport
import Testing

@testable import PocketEngine
import Tokenizers

@Suite("Text that may stop") struct StoppableTextTests {
    /// Feeds pieces one after the other, as tokens come.
    private func feed(_ pieces: [String], stops: [String], include: Bool = false) -> (
        text: String, stop: String?, used: Int
    ) {
        feed(pieces.map { Array($0.utf8) }, stops: stops, include: include)
    }

    private func feed(_ pieces: [[UInt8]], stops: [String], include: Bool = false) -> (
        text: String, stop: String?, used: Int
    ) {
        var text = StoppableText(stops: stops, includeStop: include)
        for (index, piece) in pieces.enumerated() {
            if let stop = text.append(piece) { return (text.text, stop, index + 1) }
        }
        return (text.text, nil, pieces.count)
    }

    @Test(
        "a blank line stops wherever tokens end",
        arguments: [
            (["85", ".\n\n", "The"], "85.", 2), (["85.", "\n\n", "The"], "85.", 2),
            (["85.", "\n", "\n", "The"], "85.", 3),
            (["\n\n", "The"], "", 1), (["85.\n\n\n", "x"], "85.", 1), (["a", "\n\nThe end"], "a", 2),
            (["a\n", "b\n", "\nc"], "a\nb", 3),
        ])
    func blankLine(pieces: [String], text: String, used: Int) {
        #expect(feed(pieces, stops: ["\n\n"]) == (text, "\n\n", used))
        #expect(feed(pieces, stops: ["\n\n"], include: true) == (text + "\n\n", "\n\n", used))
    }

    @Test("the rest of the last token is cut")
    func rest() {
        #expect(feed(["a\n\n\n"], stops: ["\n\n"], include: true).text == "a\n\n")
        #expect(feed(["a\n\nThe"], stops: ["\n\n"]).text == "a")
    }

    @Test("the first stop of the list counts")
    func firstStop() {
        #expect(feed(["one two"], stops: ["two", "one"]).stop == "two")
        #expect(feed(["one", " two"], stops: ["two", "one"]).stop == "one")
    }

    @Test("without a stop nothing is cut")
    func noStop() {
        #expect(feed(["a", "\n", "b"], stops: ["\n\n"]) == ("a\nb", nil, 3))
        #expect(feed(["a", "\n\n"], stops: []) == ("a\n\n", nil, 2))
        #expect(feed(["ab", ""], stops: ["abc"]) == ("ab", nil, 2))
    }

    @Test("carriage returns are characters of their own")
    func carriageReturns() {
        #expect(feed(["a\r", "\n", "\r\n"], stops: ["\n"]).text == "a\r")
        #expect(feed(["e", "\u{301}"], stops: ["\u{E9}"]).stop == nil)
    }

    @Test("characters may be split between tokens")
    func splitCharacters() {
        let bytes = Array("né🙂.".utf8)
        let pieces = bytes.map { [$0] }
        #expect(feed(pieces, stops: []).text == "né🙂.")
        #expect(feed(pieces, stops: ["🙂"]) == ("né", "🙂", 7))
        #expect(feed(pieces, stops: ["é"], include: true) == ("né", "é", 3))
        #expect(feed(Array(pieces.prefix(5)), stops: []).text == "né\u{FFFD}")
    }
}

@Suite("The sampler") struct SamplerTests {
    private func draw(_ parameters: SamplingParameters, choice: Int = 0, _ logits: [Float], times: Int)
        -> [Int]
    {
        var sampler = Sampler(parameters, choice: choice)
        return (0..<times).map { _ in logits.withUnsafeBufferPointer { sampler.next($0) } }
    }

    private let logits: [Float] = [0, 2, 1, 2, -1]

    @Test("greedy sampling takes the first of the greatest")
    func greedy() {
        #expect(draw(SamplingParameters(maxTokens: 1, temperature: 0), logits, times: 3) == [1, 1, 1])
        #expect(draw(SamplingParameters(maxTokens: 1, temperature: 1e-6), logits, times: 1) == [1])
    }

    @Test("limits keep the most likely")
    func limits() {
        func seen(_ parameters: SamplingParameters) -> Set<Int> { Set(draw(parameters, logits, times: 500)) }
        #expect(seen(SamplingParameters(maxTokens: 1, topK: 2)) == [1, 3])
        #expect(seen(SamplingParameters(maxTokens: 1, topK: 3)) == [1, 2, 3])
        #expect(seen(SamplingParameters(maxTokens: 1, topP: 0.01)) == [1])
        #expect(seen(SamplingParameters(maxTokens: 1, topP: 0.7)) == [1, 3])
        #expect(seen(SamplingParameters(maxTokens: 1)) == [0, 1, 2, 3, 4])
    }

    @Test("frequencies follow the logits")
    func frequencies() {
        let parameters = SamplingParameters(maxTokens: 1, temperature: 2, seed: 1)
        let draws = draw(parameters, logits, times: 20_000)
        let weights = logits.map { exp(Double($0) / 2) }
        for (id, weight) in weights.enumerated() {
            let share = Double(draws.count { $0 == id }) / 20_000
            #expect(abs(share - weight / weights.reduce(0, +)) < 0.015)
        }
    }

    @Test("draws depend on seed and choice only")
    func draws() {
        var parameters = SamplingParameters(maxTokens: 1, seed: 7)
        let first = draw(parameters, logits, times: 50)
        #expect(draw(parameters, logits, times: 50) == first)
        #expect(draw(parameters, choice: 1, logits, times: 50) != first)
        parameters.seed = 8
        #expect(draw(parameters, logits, times: 50) != first)
    }
}

@Suite("The generator") struct GeneratorTests {
    private let generator: Generator
    private let golden: Golden.Causal

    init() throws {
        generator = try Self.generator(Fixture.tied.folder)
        golden = try Golden.shared.get().tied[0]
    }

    private static func generator(_ folder: URL) throws -> Generator {
        let config = try ModelConfig(folder: folder)
        return Generator(
            model: try Qwen2(folder: folder, config: config, positions: 256),
            tokenizer: try Tokenizer(folder: folder))
    }

    private func complete(
        _ generator: Generator? = nil, _ change: (inout SamplingParameters) -> Void
    ) throws -> Completion {
        var parameters = SamplingParameters(maxTokens: 40, temperature: 0)
        change(&parameters)
        return try (generator ?? self.generator).complete(
            golden.prompt, parameters, choice: 0, cancellation: Cancellation()
        ) { _, _ in }
    }

    private func text(_ ids: some Sequence<Int>) -> String {
        generator.tokenizer.decode(ids, skipSpecial: true)
    }

    @Test("the limit ends a text")
    func limit() throws {
        let completion = try complete { $0.maxTokens = 5 }
        #expect(completion.tokens == Array(golden.greedy.prefix(5)))
        #expect(completion.finish == .length && completion.stopReason == nil)
    }

    /// Every stretch of the text as a stop: the text ends before its first occurrence, the ids with the token that
    /// completed it.
    @Test("stop strings may lie across tokens")
    func stopStrings() throws {
        let ids = golden.greedy
        let whole = Array(text(ids).unicodeScalars)
        #expect(whole.count > 20)
        for start in stride(from: 0, to: whole.count - 4, by: 3) {
            var stop = String.UnicodeScalarView()
            stop.append(contentsOf: whole[start..<start + 4])
            let stopText = String(stop)
            guard !stopText.unicodeScalars.contains("\u{FFFD}") else { continue }
            let completion = try complete { $0.stop = [stopText] }
            #expect(completion.finish == .stop && completion.stopReason == .text(stopText))
            #expect(completion.tokens == Array(ids.prefix(completion.tokens.count)))
            #expect(!Array(completion.text.utf8).contains(stopText))
            #expect(Array(text(completion.tokens).utf8).contains(stopText))
            #expect(!Array(text(completion.tokens.dropLast()).utf8).contains(stopText))
            let included = try complete {
                $0.stop = [stopText]
                $0.includeStop = true
            }
            #expect(Array(included.text.utf8) == Array(completion.text.utf8) + Array(stopText.utf8))
            #expect(included.tokens == completion.tokens)
        }
    }

    @Test("stop tokens end a text and are named")
    func stopTokens() throws {
        let completion = try complete { $0.stopTokens = [golden.greedy[6]] }
        #expect(completion.finish == .stop && completion.stopReason == .token(golden.greedy[6]))
        #expect(completion.tokens == Array(golden.greedy.prefix(7)))
        #expect(completion.text == text(golden.greedy.prefix(6)))
    }

    @Test("the end of the sequence ends a text and is not named")
    func endOfSequence() throws {
        // The same model, told that the sixth and the ninth greedy ids end a text.
        let (first, other) = (golden.greedy[8], golden.greedy[5])
        let scratch = try Scratch()
        let folder = try Fixture.tied.copy(
            to: scratch, changing: "generation_config.json", ["eos_token_id": [first]])
        let completion = try complete(Self.generator(folder)) { _ in }
        #expect(completion.finish == .stop && completion.stopReason == nil)
        #expect(completion.tokens == Array(golden.greedy.prefix(9)))
        #expect(completion.text == text(golden.greedy.prefix(8)))
        #expect(try complete(Self.generator(folder)) { $0.ignoreEndOfText = true }.tokens == golden.greedy)

        let folder2 = try Fixture.tied.copy(
            to: scratch, changing: "generation_config.json", ["eos_token_id": [first, other]])
        #expect(try complete(Self.generator(folder2)) { _ in }.stopReason == .token(other))
    }

    @Test("an abandoned text is given up")
    func abandoned() {
        let cancellation = Cancellation()
        cancellation.abandon()
        #expect(throws: Cancellation.Abandoned.self) {
            try generator.complete(
                golden.prompt, SamplingParameters(maxTokens: 5), choice: 0, cancellation: cancellation
            ) { _, _ in }
        }
    }

    @Test("an aborted text ends with what is written so far")
    func aborted() throws {
        let cancellation = Cancellation()
        let completion = try generator.complete(
            golden.prompt, SamplingParameters(maxTokens: 40, temperature: 0), choice: 0,
            cancellation: cancellation
        ) { _, written in
            if written > 0 { cancellation.abort() }
        }
        #expect(completion.finish == .abort && completion.tokens == [golden.greedy[0]])
    }
}

extension Array<UInt8> {
    fileprivate func contains(_ text: String) -> Bool { firstRange(of: Array(text.utf8)) != nil }
}
