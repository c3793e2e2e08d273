import Checkpoints
import Foundation
import ModelLifecycle
import Testing
import Tokenizers

@testable import Runner

/// The tokenizers in this program against those of a real vLLM, for models whose tokenizers are of different kinds.
@Suite(.onRealVLLM, .timeLimit(.minutes(10))) struct TokenizerAgreementTests {
    /// SmolLM2's cuts digits apart, RLHFlow's (Llama 3) takes up to three and begins with a special token, the demo's (Qwen2)
    /// normalizes, and has an end-of-sequence token that its tokenizer.json does not list.
    @Test("random texts and tokens are read as vLLM reads them", arguments: ["smollm2", "prm-rlhflow", "two-ends"])
    func agrees(model: String) async throws {
        let path = TestModels.path(model)
        let tokenizer = try Tokenizer(folder: URL(filePath: path))
        try await ServedModel.with("target", path) { served in
            let client = served.session().client
            let unlisted = try #require(TokenizerIdentity(of: path)).unlisted
            let local = try #require(
                LocalTokenizer(
                    tokenizer, unlisted: unlisted, agreeingWith: try await TokenizerSamples(tokenizer).ask(client)))
            #expect(local.decodes)
            var random = SystemRandomNumberGenerator()
            var certain = 0
            for _ in 0..<200 {
                let text = (0..<Int.random(in: 0..<20, using: &random)).map { _ in Self.fragment(&random) }.joined()
                for special in [false, true] {
                    guard let ids = local.tokens(of: text, addSpecialTokens: special) else { continue }
                    certain += 1
                    let asked = try await client.tokenize(text, addSpecialTokens: special).tokens
                    #expect(ids == asked, "\(text.debugDescription)")
                    #expect(try await client.detokenize(asked) == local.text(of: asked), "\(text.debugDescription)")
                }
            }
            #expect(certain > 200)
            for id in Set((0..<100).map { _ in Int.random(in: 0..<440, using: &random) }) {
                #expect(try await client.detokenize([id]) == local.text(of: [id]), "\(id)")
            }
        }
    }

    private static func fragment(_ random: inout SystemRandomNumberGenerator) -> String {
        fragments.randomElement(using: &random) ?? ""
    }

    private static let fragments = [
        "a", "the", " The", "WE'LL", "don't", "'s", "'S", " 12", "3456", "7.5", " ", "  ", "\t", "\n", "\n\n", "\r\n",
        " \n",
        "\u{A0}", "\u{3000}", "\u{2028}", "\\frac{1}{2}", "\\boxed{56}", " $x^2$", " = ", " ,", " .", "?!", "…", "“",
        "—",
        "é", "e\u{301}", "ﬁ", "Ω", "ǅ", "½", "²", "Ⅷ", "٣", "中文", "한국", "ひら", "ไทย", "हिन्दी", "العربية", "🙂", "👨‍👩‍👧", "𝑥",
        "\u{0}",
        "\u{200B}", "def f(x):\n    return x\n", "//", "__init__", "<|", "|>", "<|im_end|>", "<|eot_id|>",
        "<|endoftext|>", "Ā",
        "x\u{305}", "A\u{30A}", "MOD", "iPhone", "Привет", "straße",
    ]
}
