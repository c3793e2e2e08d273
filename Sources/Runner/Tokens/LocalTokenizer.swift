import Tokenizers

/// A tokenizer in this program that was found to agree with an engine's.
struct LocalTokenizer: Sendable {
    private let tokenizer: Tokenizer
    /// Special tokens that engines may look for in a text, and that the tokenizer's file does not list.
    private let unlisted: [String]
    /// Special tokens around a text.
    private let before: [Int]
    private let after: [Int]
    /// Whether the engine's texts of tokens are the bytes of the vocabulary.
    let decodes: Bool

    /// - Returns: nil if the engine's answers are not those of the tokenizer.
    init?(_ tokenizer: Tokenizer, unlisted: [String], agreeingWith answers: TokenizerSamples.Answers) {
        let (bare, whole) = (answers.bare, answers.whole)
        let samples = TokenizerSamples(tokenizer)
        guard tokenizer.encode(TokenizerSamples.text) == bare,
            let start = (0...max(0, whole.count - bare.count)).first(where: { whole[$0...].starts(with: bare) })
        else { return nil }
        before = Array(whole[..<start])
        after = Array(whole[(start + bare.count)...])
        guard before + tokenizer.encode(samples.other) + after == answers.other else { return nil }
        decodes = tokenizer.decode(bare + samples.half, skipSpecial: false).utf8.elementsEqual(answers.decoded.utf8)
        self.tokenizer = tokenizer
        self.unlisted = unlisted
    }

    /// The ids of a text; nil if an engine could give it others.
    func tokens(of text: String, addSpecialTokens: Bool) -> [Int]? {
        guard tokenizer.isCertain(of: text), !unlisted.contains(where: { text.utf8.contains($0.utf8) }) else {
            return nil
        }
        let ids = tokenizer.encode(text)
        return addSpecialTokens ? before + ids + after : ids
    }

    /// The text of tokens together: the engine's only if ``decodes``.
    func text(of ids: [Int]) -> String { tokenizer.decode(ids, skipSpecial: false) }
}
