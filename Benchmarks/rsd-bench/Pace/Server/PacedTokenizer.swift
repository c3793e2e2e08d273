import Foundation
import PacedEngine
import Support
import Tokenizers

/// The tokenizer of the demo's models, and the vocabulary of synthetic texts in it.
struct PacedTokenizer: Sendable {
    private let tokenizer: Tokenizer
    let vocabulary: SyntheticVocabulary
    /// As JSON, by token: its name in the vocabulary, and its text without special tokens. Encoding them every time would take the
    /// server more than everything else.
    let names: [String]
    let pieces: [String]

    /// - Parameter folder: of a model of the demo.
    init(folder: URL) throws {
        let tokenizer = try Tokenizer(folder: folder)
        func token(_ text: String) -> Int? {
            let ids = tokenizer.encode(text)
            return ids.count == 1 ? ids[0] : nil
        }
        guard let delimiter = token("\n\n"), let end = token("<|endoftext|>") else {
            throw BenchFailure(description: "\(folder.path): the tokenizer has no token for a blank line")
        }
        vocabulary = SyntheticVocabulary(
            words: Self.words.compactMap { token(" \($0)") },
            firstWords: ["The", "Then", "There", "How"].compactMap(token), delimiter: delimiter, end: end,
            answer: (tokenizer.encode(" answer is \\boxed{"), tokenizer.encode("}.")),
            digits: (0...9).compactMap { token("\($0)") })
        names = (0..<Self.tokens).map { JSONText.string(tokenizer.written($0)) }
        pieces = (0..<Self.tokens).map { JSONText.string(tokenizer.decode([$0], skipSpecial: true)) }
        self.tokenizer = tokenizer
    }

    /// The demo's tokenizer has 448.
    private static let tokens = 512

    private static let words = """
        many people get The Then How answer is are the on of A more times now left do off as buys has have does starts \
        with them stop At number to farm brings school shop market it sells grows that takes gives pens beads stones \
        cards books shells coins nuts pears apples stamps marbles Kim Lea Mia Roy Max Tom Amy
        """.split(separator: " ").map(String.init)

    func encode(_ text: String) -> [Int] { tokenizer.encode(text) }

    func decode(_ ids: some Sequence<Int>, skipSpecial: Bool = false) -> String {
        tokenizer.decode(ids, skipSpecial: skipSpecial)
    }

    /// The problem that a prompt asks, and where its solution begins: after the first delimiter.
    func problem(in prompt: [Int]) -> (problem: SyntheticProblem, solution: ArraySlice<Int>) {
        let digits = prompt.prefix(32).drop { !vocabulary.digits.contains($0) }
            .prefix { vocabulary.digits.contains($0) }
        let number = digits.prefix(9).reduce(0) { $0 * 10 + (vocabulary.digits.firstIndex(of: $1) ?? 0) }
        let solution = prompt.drop { $0 != vocabulary.delimiter }.dropFirst()
        return (SyntheticProblem(number, vocabulary), solution)
    }
}

/// Tokenizes texts, each part between delimiters once.
struct TextCache {
    let tokenizer: PacedTokenizer
    private var known: [Substring: [Int]] = [:]

    init(_ tokenizer: PacedTokenizer) { self.tokenizer = tokenizer }

    mutating func tokens(of text: String) -> [Int] {
        var ids: [Int] = []
        var rest = Substring(text)
        while let delimiter = rest.range(of: "\n\n") {
            // A longer run of line breaks is other tokens.
            guard !rest[delimiter.upperBound...].hasPrefix("\n") else { return tokenizer.encode(text) }
            ids += part(rest[..<delimiter.lowerBound]) + [tokenizer.vocabulary.delimiter]
            rest = rest[delimiter.upperBound...]
        }
        return ids + part(rest)
    }

    private mutating func part(_ text: Substring) -> [Int] {
        if let ids = known[text] { return ids }
        let ids = tokenizer.encode(String(text))
        // A copy, which does not keep the whole text alive.
        known[Substring(String(text))] = ids
        return ids
    }
}
