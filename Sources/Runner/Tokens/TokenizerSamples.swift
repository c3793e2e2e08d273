import ModelLifecycle
import Tokenizers

/// Texts that tell tokenizers apart: an engine's answers to them say whether it has the tokenizer of some files.
struct TokenizerSamples {
    struct Answers: Hashable, Sendable {
        /// The ids of ``text`` alone, and with the tokenizer's special tokens.
        var bare: [Int]
        var whole: [Int]
        /// The ids of ``other`` with special tokens.
        var other: [Int]
        /// The text of ``bare`` and ``half`` together.
        var decoded: String
    }

    /// Words, numbers, white space of all kinds, LaTeX, code, the usual delimiter, scripts, composed and decomposed letters.
    static let text = """
        So \\boxed{56} is the answer.\n\nStep 2: 37 + 48 = 85 , isn't it ?  WE'LL see! \n \n  x² ≈ 1,234,567.89…\t\
        \r\n    return f(x_1) // "iPhone5" \\frac{a}{b} $y$ é e\u{301} A\u{30A} ﬁ Ω 中文数 한국 🙂 <|im_\u{3000}कि\u{A0}\n\n\nThe end.   
        """

    /// Begins with a space, ends with the delimiter, and has an added token.
    let other: String
    /// A token that is no character by itself.
    let half: [Int]

    /// - Parameter tokenizer: nil if the program does not read the tokenizer.
    init(_ tokenizer: Tokenizer?) {
        other = " 12 a\(tokenizer?.anAddedToken ?? "") b'S\n\n"
        half = tokenizer?.halfACharacter.map { [$0] } ?? []
    }

    func ask(_ client: EngineClient) async throws -> Answers {
        let bare = try await client.tokenize(Self.text, addSpecialTokens: false).tokens
        return Answers(
            bare: bare, whole: try await client.tokenize(Self.text, addSpecialTokens: true).tokens,
            other: try await client.tokenize(other, addSpecialTokens: true).tokens,
            decoded: try await client.detokenize(bare + half))
    }
}
