"""Makes the golden files of PocketEngineTests: three tiny random Qwen2 checkpoints and what transformers says of them.

    python3 -m venv venv && venv/bin/pip install torch transformers tokenizers safetensors
    venv/bin/python make.py            # writes beside itself; the test suite itself needs no Python

The numbers come from float32 arithmetic, also where the checkpoint is stored as bfloat16.
"""

import json
import shutil
from pathlib import Path

import torch
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import AutoModelForCausalLM, AutoModelForTokenClassification, Qwen2Config

HERE = Path(__file__).parent
QWEN2_SPLIT = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]

CORPUS = [
    "Tom has 37 apples and buys 48 more.\n\n37 + 48 = 85.\n\nThe answer is \\boxed{85}.",
    "Then we multiply: 12 * 3 = 36.\n\nSo there are 36 marbles.\n\n36 - 9 = 27.",
    "She's sure they'll say it isn't what we've got; I'd say you're right and I'm not.",
    "Größe, naïve café, Привет мир, 数学问题, こんにちは, emoji 🙂🙂 and 👩‍👩‍👧.",
    "let x = 10\n    let y = 20\n\n\nprint(x + y)\n",
] * 20

TEXTS = [
    "", " ", "  ", "   a", "a   b", "\n", "\n\n", "\n\n\n", "\n\n\n\n", ".\n\n", "a.\n\nThe", "a\n\n", "a\n\nb", " \n\n b",
    "\r\n\r\nx", "a \n b", "a\t\tb  \t", "  \n  \n  x", "Tom has 37 apples.\n\n37 + 48 = 85.\n\n",
    "1234567890", "x1y22z333", "3.14159, 2/7, -5%", "½ ² Ⅷ ٣٤ १२", "don't DON'T We'LL they've I'M you'd she'S it'\u017f",
    "'s's 'tis ''s 'x", "hello world", "Hello  World", " hello", "foo_bar-baz", "!!! ??? ...", "(a+b)*[c]\n", "?!\n\n\nx",
    "Größe naïve café", "cafe\u0301 a\u0308o\u0308", "\u212b \u1e9b\u0323 \ufb01", "\uac00\u1100\u1161\u11a8", "Привет, мир!",
    "数学问题。こんにちは", "🙂", "🙂🙂 👩‍👩‍👧 🇩🇪", "e\u0301\u0301\u0327x", "\u00a0x\u2003y\u3000z", "\u200bzero\ufeffwidth",
    "a\u0085b\u2028c\u2029d", "\x00\x01\x7f", "tab\tnew\nline", "<|im_start|>user\nHi<|im_end|>\n", "<|endoftext|>",
    "a<|endoftext|>b <|im_end|> c", "<|im_start", "<tool>x</tool>", "x <tool> y", "<|endoftext|><|endoftext|>",
    "\\boxed{56}", "The answer is \\boxed{85}.", "x" * 70, "ab " * 30, "\n" * 9, " " * 17 + "x", "ǅungla ʰ ª", "𝟙𝕏 𐐷",
]


def make_tokenizer():
    trained = Tokenizer(models.BPE())
    trained.normalizer = normalizers.NFC()
    trained.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(QWEN2_SPLIT), "isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
    ])
    trained.train_from_iterator(CORPUS, trainers.BpeTrainer(
        vocab_size=256 + 150, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False))
    model = json.loads(trained.to_str())["model"]
    merges = [tuple(pair) for pair in model["merges"]]
    # A blank line is one token, and so are the full stop with its blank line and three line ends, as in Qwen2.5.
    for pair in [("Ċ", "Ċ"), (".", "ĊĊ"), ("ĊĊ", "Ċ")]:
        if pair not in merges:
            merges.append(pair)
            model["vocab"].setdefault("".join(pair), len(model["vocab"]))
    tokenizer = Tokenizer(models.BPE(vocab=model["vocab"], merges=merges))
    tokenizer.normalizer = trained.normalizer
    tokenizer.pre_tokenizer = trained.pre_tokenizer
    tokenizer.post_processor = processors.ByteLevel(trim_offsets=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(SPECIAL)
    tokenizer.add_tokens([AddedToken("<tool>", normalized=False)])
    return tokenizer


def config(tokenizer, **changes):
    base = dict(
        vocab_size=tokenizer.get_vocab_size(), hidden_size=48, num_hidden_layers=2, intermediate_size=80,
        num_attention_heads=4, num_key_value_heads=2, max_position_embeddings=256, tie_word_embeddings=True,
        initializer_range=0.25, eos_token_id=tokenizer.token_to_id("<|endoftext|>"), rms_norm_eps=1e-6,
        bos_token_id=None, use_cache=True)
    return Qwen2Config(**(base | changes))


def randomise(model):
    """Biases and norms of a fresh model are 0 and 1: random ones show whether the engine reads them."""
    with torch.no_grad():
        for name, value in model.named_parameters():
            if name.endswith("bias"):
                value.normal_(0, 0.3)
            elif "norm" in name:
                value.normal_(1, 0.2)
    return model


def save(model, folder, tokenizer, dtype, merges_as_strings=False):
    shutil.rmtree(folder, ignore_errors=True)
    model.to(dtype).save_pretrained(folder)
    layout = json.loads(tokenizer.to_str())
    if merges_as_strings:
        layout["model"]["merges"] = [" ".join(pair) for pair in layout["model"]["merges"]]
    (folder / "tokenizer.json").write_text(json.dumps(layout, ensure_ascii=False, separators=(",", ":")))


def floats(tensor):
    return [float(f"{value:.7g}") for value in tensor.tolist()]


def golden_causal(folder, prompts):
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()
    cases = []
    for ids in prompts:
        with torch.no_grad():
            logits = model(torch.tensor([ids])).logits[0]
            out = model.generate(torch.tensor([ids]), max_new_tokens=40, do_sample=False, eos_token_id=-1,
                                 pad_token_id=0)[0][len(ids):]
            whole = torch.log_softmax(model(torch.tensor([ids + out.tolist()])).logits[0], -1)
        own = [whole[place, token] for place, token in enumerate((ids + out.tolist())[1:])]
        cases.append({"prompt": ids, "greedy": out.tolist(), "lastLogits": floats(logits[-1]),
                      "firstOfEachRow": floats(logits[:, 7]), "logprobs": floats(torch.stack(own))})
    return cases


def golden_prm(folder, prompts):
    model = AutoModelForTokenClassification.from_pretrained(
        folder, dtype=torch.float32, attn_implementation="eager").eval()
    cases = []
    for ids in prompts:
        with torch.no_grad():
            raw = model(torch.tensor([ids])).logits[0, :, 0]
        cases.append({"prompt": ids, "raw": floats(raw), "scores": floats(torch.sigmoid(raw))})
    return cases


def main():
    torch.manual_seed(20)
    tokenizer = make_tokenizer()
    prompts = [tokenizer.encode(text).ids for text in
               ["Tom has 37 apples", "a", "The answer is \\boxed{85}.\n\n37 + 48", "🙂数学 " * 12]]

    tied = config(tokenizer)
    save(randomise(AutoModelForCausalLM.from_config(tied)), HERE / "causal-tied", tokenizer, torch.bfloat16)

    eos = [tokenizer.token_to_id("<|endoftext|>"), tokenizer.token_to_id("<|im_end|>")]
    untied = config(tokenizer, hidden_size=40, num_attention_heads=3, num_key_value_heads=1, head_dim=16,
                    intermediate_size=72, tie_word_embeddings=False, eos_token_id=eos,
                    vocab_size=tokenizer.get_vocab_size() + 11)
    folder = HERE / "causal-untied"
    save(randomise(AutoModelForCausalLM.from_config(untied)), folder, tokenizer, torch.float32, merges_as_strings=True)
    # The way transformers 4 wrote it.
    written = json.loads((folder / "config.json").read_text())
    written["rope_theta"] = written.pop("rope_parameters")["rope_theta"]
    (folder / "config.json").write_text(json.dumps(written, indent=2))

    prm = config(tokenizer, hidden_size=32, num_hidden_layers=3, num_labels=1)
    save(randomise(AutoModelForTokenClassification.from_config(prm)), HERE / "prm", tokenizer, torch.bfloat16)

    golden = {
        "texts": [{"text": text, "ids": tokenizer.encode(text).ids,
                   "decoded": tokenizer.decode(tokenizer.encode(text).ids, skip_special_tokens=False)}
                  for text in TEXTS],
        "causal-tied": golden_causal(HERE / "causal-tied", prompts),
        "causal-untied": golden_causal(folder, prompts),
        "prm": golden_prm(HERE / "prm", prompts),
    }
    (HERE / "golden.json").write_text(json.dumps(golden, ensure_ascii=False, separators=(",", ":")))


if __name__ == "__main__":
    main()
