@testable import Decoding
@testable import JobSpecs
import ModelLifecycle
@testable import Runner
import Synchronization
import TestServers
import TestSupport
import Testing

/// Whatever is wrong with an engine's answer, it is refused, or it is taken for what it would have been otherwise.
@Suite("Contradictory responses", .timeLimit(.minutes(5))) struct ContradictoryAnswerTests {
    /// A byte-level vocabulary with all that makes text differ from tokens.
    private static let vocabulary: [[UInt8]] =
        ["a", " b", "\n", "\n\n", ".\n\n", "\n\n\n", "é", ".", " 7", "<tag>"].map { Array($0.utf8) }
        + [[0xe2], [0x85], [0x94], [0x20, 0xe2]] + ["<|im_end|>", "<eot>", "", "<|pad|>"].map { Array($0.utf8) }
    private static let (end, secondEnd, nothing, special) = (14, 15, 16, Set([14, 17]))

    /// As vLLM writes it, or as the pocket engine does, which differ in what becomes of half a character at the end.
    private static func text(_ ids: [Int], keepsHalves: Bool) -> String {
        let bytes = ids.flatMap { special.contains($0) ? [] : vocabulary[$0] }
        let text = String(decoding: bytes, as: UTF8.self)
        return keepsHalves ? text : String(text.reversed().drop { $0 == "\u{fffd}" }.reversed())
    }

    /// A true answer to a request that stops at the delimiter, or not.
    private static func truth(stops: Bool, maxTokens: Int, _ chance: inout SeededRandom) -> EngineDouble.Completion {
        let keepsHalves = Bool.random(using: &chance)
        var ids: [Int] = []
        while true {
            ids.append(ids.isEmpty ? 0 : Int.random(in: 0..<vocabulary.count, using: &chance))
            let last = ids[ids.count - 1]
            let text = text(ids, keepsHalves: true)
            if stops, let found = text.utf8.firstRange(of: "\n\n".utf8) {
                return .init(text: String(text[..<found.upperBound]), tokens: ids, stop: "\n\n")
            }
            if last == end { return .init(text: text, tokens: ids) }
            if last == secondEnd { return .init(text: text, tokens: ids, stopToken: secondEnd) }
            // What ends in a special token might as well have ended there.
            if ids.count >= maxTokens, last != 17, last != nothing {
                return .init(text: Self.text(ids, keepsHalves: keepsHalves), tokens: ids, finish: "length")
            }
        }
    }

    private static func lie(about truth: EngineDouble.Completion, _ chance: inout SeededRandom)
        -> EngineDouble.Completion
    {
        var answer = truth
        var letters = Array(truth.text)
        let place = Int.random(in: 0...letters.count, using: &chance)
        let token = Int.random(in: 0..<truth.tokens.count, using: &chance)
        let visible = [0, 1, 6, 7, 8]
        let other = visible.randomElement(using: &chance) ?? 0
        let letter = "aé\n7\r<".randomElement(using: &chance) ?? "a"
        switch Int.random(in: 0..<13, using: &chance) {
        case 0: letters.insert(letter, at: place)
        case 1: if place < letters.count { letters.remove(at: place) }
        case 2: if place < letters.count { letters[place] = letter }
        case 3: letters = Array(letters[..<place])
        case 4: letters = []
        // Only of tokens that are to be seen: another number of special ones, or of line breaks at a stop, would be as true.
        case 5 where visible.contains(truth.tokens[token]): answer.tokens.remove(at: token)
        case 6: answer.tokens.insert(other, at: token)
        case 7 where visible.contains(truth.tokens[token]): answer.tokens[token] = other
        case 8 where visible.contains(truth.tokens[token]): answer.tokens.swapAt(token, 0)
        case 9: (answer.finish, answer.stop, answer.stopToken) = ("length", nil, nil)
        case 10: (answer.finish, answer.stop, answer.stopToken) = ("stop", nil, nil)
        case 11: (answer.finish, answer.stop, answer.stopToken) = ("stop", "\n\n", nil)
        case 12 where truth.tokens[token] != truth.tokens.last:
            (answer.finish, answer.stop, answer.stopToken) = ("stop", nil, truth.tokens[token])
        default: break
        }
        // Whether what looks special, or half a character at the end, is in a text is up to the engine.
        let endsInHalf =
            (10...13).contains(truth.tokens.last ?? 0)
            || truth.text.replacing("<eot>", with: "").hasSuffix("\u{fffd}")
        let isExact = !truth.text.contains("<tag>") && !endsInHalf
        if isExact, letters != Array(truth.text) { answer.text = String(letters) }
        return answer
    }

    private static let settings = [(true, 6), (false, 6), (false, 12)]

    @Test("a false response is refused or changes nothing", arguments: [UInt64(1), 2]) func lies(_ seed: UInt64)
        async throws
    {
        let answer = Mutex(EngineDouble.Completion(text: "", tokens: []))
        let server = EngineDouble(
            ids: { text, _ in text == "A" ? [0] : [0, 1] },
            text: { String(decoding: $0.flatMap { Self.vocabulary[$0] }, as: UTF8.self) },
            complete: { _ in answer.withLock { $0 } })
        try await server.withSession { session async throws in
            var chance = SeededRandom(seed: seed)
            var (refused, taken) = (0, 0)
            for round in 0..<90 {
                let (stops, maxTokens) = Self.settings[round % Self.settings.count]
                let truth = Self.truth(stops: stops, maxTokens: maxTokens, &chance)
                let limit = max(maxTokens, truth.tokens.count) + (truth.finish == "length" ? 0 : 1)
                let wanted = Generation(role: .draft, steps: [], stopsAtDelimiter: stops, maxTokens: limit)
                func ask(_ said: EngineDouble.Completion) async throws -> Generated {
                    answer.withLock { $0 = said }
                    return try await Generator(decoding: .standard).ask(
                        wanted, prompt: ProblemPrompt(question: "?", form: .text("?")), seed: 1, of: session)
                }
                let honest = try await ask(truth)
                let lie = Self.lie(about: truth, &chance)
                do {
                    let generated = try await ask(lie)
                    #expect(generated == honest, "\(truth) told as \(lie)")
                    taken += 1
                } catch let error where error is MalformedResponse || error is EngineAnswerError {
                    refused += 1
                }
            }
            // Of lies that can be told here most change something.
            #expect(refused > 40 && taken > 5)
        }
    }
}
