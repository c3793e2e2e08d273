@testable import Decoding
@testable import JobSpecs
@testable import Runner
import Synchronization
import TestServers
import Testing

/// A tokenizer that joins as many line breaks as there are to one token, and a space or a letter `w` after two to them.
private enum JoiningTokenizer {
    static let joined = ["\n\n\n\n", "\n\n\n", "\n\nw", "\n\n", "\n"]

    static func tokens(_ text: some StringProtocol) -> [Int] {
        var tokens: [Int] = []
        var rest = Substring(text)
        while let first = rest.unicodeScalars.first {
            if let place = joined.firstIndex(where: rest.hasPrefix) {
                tokens.append(place + 1)
                rest = rest.dropFirst(joined[place].count)
            } else {
                tokens.append(Int(first.value))
                rest = rest.dropFirst()
            }
        }
        return tokens
    }

    /// Ends the sequence, and stands for nothing.
    static let end = 0

    static func piece(_ id: Int) -> String {
        if id == end { return "" }
        return joined.indices.contains(id - 1) ? joined[id - 1] : UnicodeScalar(id).map { String(Character($0)) } ?? "?"
    }

    static var server: EngineDouble { EngineDouble(ids: { text, _ in tokens(text) }, piece: { piece($0) }) }
}

/// Where a model writes the delimiter inside a longer token, or in other tokens than text is read in.
@Suite("Delimiters inside tokens") struct JoinedDelimiterTests {
    private let prompt = ProblemPrompt(question: "?", form: .text("?"))

    /// What the asker makes of text that the draft wrote in these pieces.
    private func seam(
        _ pieces: [String], after steps: [String] = [], finish: String = "stop", looksAhead: Bool = true,
        lookaheads: [Sampling] = [DecodingSpec.standard.sampling], role: Role = .draft, sampling: Sampling? = nil
    ) async throws -> (steps: [String], seam: Int?) {
        let result = Mutex<Generated?>(nil)
        var server = JoiningTokenizer.server
        server.complete = { _ in
            let ids = pieces.flatMap { piece in
                JoiningTokenizer.joined.firstIndex(of: piece).map { [$0 + 1] } ?? JoiningTokenizer.tokens(piece)
            }
            return EngineDouble.Completion(
                text: pieces.joined(), tokens: finish == "stop" ? ids + [JoiningTokenizer.end] : ids, finish: finish)
        }
        try await server.withSession { session async throws in
            let asker = Generator(decoding: .standard, lookaheads: looksAhead ? lookaheads : [])
            let wanted = Generation(
                role: role, steps: steps, stopsAtDelimiter: false, maxTokens: 90, sampling: sampling)
            let generated = try await asker.ask(wanted, prompt: prompt, seed: 1, of: session)
            result.withLock { $0 = generated }
        }
        let generated = try #require(result.withLock { $0 })
        return (generated.steps.map(\.text), generated.seam)
    }

    @Test("text that is written as it is read has no seam")
    func noSeam() async throws {
        #expect(try await seam(["a", "\n\n", "b", "\n\n", "c"]).seam == nil)
        #expect(try await seam(["a", "\n\n"]).seam == nil)
        #expect(try await seam(["b"], after: ["a\n\n"]).seam == nil)
    }

    @Test("a delimiter inside a token is a seam")
    func insideToken() async throws {
        let third = try await seam(["a", "\n\n\n", "b"])
        #expect(third.steps == ["a\n\n", "\nb"])
        #expect(third.seam == 1)
        #expect(try await seam(["a", "\n\n", "b", "\n\nw", "c"]).seam == 2)
        #expect(try await seam(["a", "\n\n\n\n", "b"]).seam == 1)
        // Also where nothing but the end follows.
        #expect(try await seam(["a", "\n\n\n"]).seam == 1)
    }

    /// The tokens end with the delimiter, but the model would be shown others.
    @Test("a delimiter in other tokens than text is read in is a seam")
    func otherTokens() async throws {
        #expect(try await seam(["a", "\n", "\n", "b"]).seam == 1)
        // The end of the response was drawn after those as well.
        let end = try await seam(["a", "\n", "\n"])
        #expect(end.steps == ["a\n\n", ""] && end.seam == 1)
        // In an earlier step: a third line break after it would have been read with the two.
        #expect(try await seam(["\n", "b", "\n\n", "c"], after: ["a\n\n"]).seam == 1)
    }

    @Test("only a draft that looks ahead has seams")
    func others() async throws {
        let pieces = ["a", "\n\n\n", "b"]
        #expect(try await seam(pieces, looksAhead: false).seam == nil)
        #expect(try await seam(pieces, role: .target).seam == nil)
        #expect(try await seam(pieces, sampling: Sampling(temperature: 0.7, topP: 0.8)).seam == nil)
        // One that is drawn in the same way may answer for a method that looks ahead.
        #expect(try await seam(pieces, sampling: DecodingSpec.standard.sampling).seam == 1)
        // Where nothing is drawn, it does not matter how.
        #expect(try await seam(pieces, sampling: Sampling(temperature: 0, topP: 0.5)).seam == 1)
        // A method that looks ahead may be sampled in its own way.
        let warm = Sampling(temperature: 0.7, topP: 0.8)
        #expect(try await seam(pieces, lookaheads: [warm], sampling: warm).seam == 1)
        #expect(try await seam(pieces, lookaheads: [warm]).seam == nil)
    }

    /// A step's reward comes from tokens that hold nothing of the next one: all at once, or one at a time.
    @Test(
        "rewards do not depend on the next step",
        arguments: [
            ["a\n\n", "\nb\n\n", "c"], ["a\n\n", "\n\n", "b"], ["a\n\n", "will\n\n", "we"], ["\n\n", "\n\n", "\n"],
            ["a\n\n", "b\n\n", "c"],
        ])
    func rewards(_ steps: [String]) async throws {
        var server = JoiningTokenizer.server
        server.pool = { try .scores($0.map { [Double($0) / 1_000] }) }
        try await server.withSession { session async throws in
            let scorer = TokenClassification(overlong: .fail)
            let places = Array(steps.indices)
            let all = try await scorer.ask(Scoring(steps: steps, unscored: places), about: prompt, of: session)
            for place in places {
                let one = Scoring(steps: Array(steps[...place]), unscored: [place])
                let alone = try await scorer.ask(one, about: prompt, of: session)
                #expect(alone.rewards == [all.rewards[place]], "step \(place)")
                #expect(alone.tokens == [all.tokens[place]], "step \(place)")
            }
        }
    }
}
