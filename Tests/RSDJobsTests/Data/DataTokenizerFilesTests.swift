@testable import Checkpoints
import Foundation
import Testing

@Suite("A checkpoint's tokenizer files")
struct TokenizerFilesTests {
    @Test(
        "the token that begins a text is found",
        arguments: [
            (#"{"bos_token": "<|im_start|>"}"#, "<|im_start|>"),
            (#"{"bos_token": {"content": "<s>", "lstrip": false}}"#, "<s>"), (#"{"bos_token": null}"#, nil),
            (#"{"eos_token": "</s>"}"#, nil), (#"{"bos_token": {}}"#, nil), ("[]", nil), ("", nil),
        ])
    func beginningToken(_ settings: String, _ token: String?) {
        let file = try? CheckpointJSON(Data(settings.utf8), name: "tokenizer_config.json", in: "m")
        #expect(file.flatMap { TokenizerFiles.token("bos_token", settings: $0) } == token)
    }

    @Test("the special tokens' file speaks where the settings are silent")
    func twoFiles() throws {
        let fixture = try SpecFixture()
        func token() -> String? { TokenizerFiles.beginningToken(of: fixture.path("models/prm")) }
        #expect(token() == nil)
        try fixture.write(#"{"bos_token": "<|im_start|>"}"#, to: "models/prm/special_tokens_map.json")
        #expect(token() == "<|im_start|>")
        try fixture.write(#"{"bos_token": null}"#, to: "models/prm/tokenizer_config.json")
        #expect(token() == "<|im_start|>")
        try fixture.write(#"{"bos_token": "<s>"}"#, to: "models/prm/tokenizer_config.json")
        #expect(token() == "<s>")
    }

    @Test(
        "the ids of plus and minus are found",
        arguments: [
            (#"{"model": {"type": "BPE", "vocab": {"+": 10, "-": 12, "Ġ+": 489}, "merges": []}}"#, "+", "-"),
            (#"{"model": {"type": "BPE", "vocab": {"+": 28806, "-": 28733, "▁+": 648, "▁-": 387}}}"#, "▁+", "▁-"),
            (#"{"model": {"type": "Unigram", "vocab": [["<unk>", 0], ["▁-", -3.5], ["▁+", -4]]}}"#, "▁+", "▁-"),
            (#"{"model": {"vocab": {"+": 1, "-": 2, "▁+": 3}}}"#, "+", "-"),
        ])
    func plusAndMinus(_ tokenizer: String, _ plus: String, _ minus: String) {
        #expect(PlusAndMinus(tokenizer: Data(tokenizer.utf8)) == PlusAndMinus(plus: plus, minus: minus))
    }

    @Test(
        "other tokenizer files have no plus and minus",
        arguments: [
            #"{"model": {"vocab": {"+": 1}}}"#, #"{"model": {"vocab": 3}}"#, #"{"vocab": {"+": 1, "-": 2}}"#, "",
        ])
    func noPlusAndMinus(_ tokenizer: String) {
        #expect(PlusAndMinus(tokenizer: Data(tokenizer.utf8)) == nil)
    }
}
