"""Writes golden.json: what Hugging Face's `tokenizers` makes of random texts, with tokenizers of every kind.

    python Tests/TokenizersTests/tokenizers.py    (with the package `tokenizers` installed)

The texts are not in the file: GoldenTexts.swift draws the same ones, with the same generator and the same fragments.
"""

import json
import pathlib
import re
import sys

# This file has the package's name.
sys.path = [path for path in sys.path if pathlib.Path(path or ".").resolve() != pathlib.Path(__file__).resolve().parent]
import tokenizers  # noqa: E402
from tokenizers import Tokenizer, models, pre_tokenizers, trainers  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
TEXTS = 2000
MASK = (1 << 64) - 1


class Random:
    """SplitMix64."""

    def __init__(self, seed):
        self.state = seed

    def next(self):
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        return z ^ (z >> 31)

    def below(self, limit):
        return self.next() % limit


FRAGMENTS = json.loads((HERE / "fragments.json").read_text())


def scalar(random):
    """Any character of the first three planes, most of them from the lower blocks."""
    value = random.below([0x80, 0x250, 0x3000, 0x10000, 0x30000][random.below(5)])
    return "\N{REPLACEMENT CHARACTER}" if 0xD800 <= value < 0xE000 else chr(value)


def text(random):
    parts = []
    for _ in range(random.below(24)):
        parts.append(scalar(random) if random.below(6) == 0 else FRAGMENTS[random.below(len(FRAGMENTS))])
    return "".join(parts)


def digest(data):
    """FNV-1a with 32 bits, folded to 16, in hexadecimal."""
    value = 0x811C9DC5
    for byte in data:
        value = ((value ^ byte) * 0x01000193) & 0xFFFFFFFF
    return f"{(value >> 16) ^ (value & 0xFFFF):04x}"


def of_ids(ids):
    return digest(b"".join(id.to_bytes(4, "little") for id in ids))


def of_text(text):
    return digest(text.encode())


def split(regex, behavior="Isolated", invert=False):
    return {"type": "Split", "pattern": {"Regex": regex}, "behavior": behavior, "invert": invert}


def sequence(*parts):
    return {"type": "Sequence", "pretokenizers": list(parts)}


def byte_level(use_regex):
    return {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": use_regex}


def digits(individual):
    return {"type": "Digits", "individual_digits": individual}


QWEN2 = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
LLAMA3 = QWEN2.replace(r"|\p{N}|", r"|\p{N}{1,3}|")
CL100K = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]++[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s+"
O200K = (
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
    r"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
    r"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
DEEPSEEK3 = (
    "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\\r\\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+"
    "| ?[\\p{P}\\p{S}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"
)
NFC = {"type": "NFC"}

KINDS = {
    "GPT-2": (None, byte_level(True), {}),
    "SmolLM2": (None, sequence(digits(True), byte_level(True)), {}),
    "runs of digits": (None, sequence(digits(False), byte_level(True)), {}),
    "GPT-NeoX": (NFC, byte_level(True), {}),
    "Qwen2": (NFC, sequence(split(QWEN2), byte_level(False)), {}),
    "Llama 3": (None, sequence(split(LLAMA3), byte_level(False)), {"ignore_merges": True}),
    "cl100k": ({"type": "Sequence", "normalizers": [NFC]}, sequence(split(CL100K, "Removed", True), byte_level(False)), {}),
    "o200k": (None, sequence(split(O200K, "Removed", True), byte_level(False)), {"ignore_merges": True}),
    "DeepSeek": (
        {"type": "Sequence", "normalizers": []},
        sequence(
            split(r"[\r\n]"), split(r"\s?\p{L}+"), split(r"\s?\p{P}+"), split("[一-龥ࠀ-一가-퟿]+"), digits(True),
            byte_level(False),
        ),
        {},
    ),
    "DeepSeek LLM": (None, sequence(split(r"[\r\n]"), split(r"\s?\p{L}+"), split(r"\s+$"), byte_level(False)), {}),
    "DeepSeek V3": (
        None,
        sequence(split(r"\p{N}{1,3}"), split("[一-龥぀-ゟ゠-ヿ]+"), split(DEEPSEEK3), byte_level(False)),
        {},
    ),
    "no pattern": (NFC, byte_level(False), {}),
    "removed blanks": (None, sequence(split(r"\s+", "Removed"), byte_level(False)), {}),
}

ADDED = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", "<｜end▁of▁sentence｜>", "<tool>", "<tool>s", "\n\n\n", "é!"]
UNMERGED = "zyz"


def added(first):
    return [
        {
            "id": first + place, "content": content, "single_word": False, "lstrip": False, "rstrip": False,
            # Special tokens are found in the text as it is, others after it was normalized.
            "normalized": not content.startswith("<|"), "special": content.startswith("<|"),
        }
        for place, content in enumerate(ADDED)
    ]


def model():
    """Merges that cross every border that a pre-tokenizer may draw."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    trainer = trainers.BpeTrainer(
        vocab_size=900, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False)
    random = Random(7)
    # An added token that is in the vocabulary too has the id that it has there.
    unwanted = "|".join(map(re.escape, ADDED + [UNMERGED]))
    texts = (re.sub(unwanted, "", text(random)) for _ in range(3000))
    tokenizer.train_from_iterator(texts, trainer)
    return json.loads(tokenizer.to_str())["model"]


def main():
    bpe = model()
    # A token that no merge makes, for `ignore_merges`.
    size = len(bpe["vocab"]) + 1
    bpe["vocab"]["Ġ" + UNMERGED] = size - 1
    golden = {"texts": TEXTS, "seed": 17, "model": bpe, "added": added(size), "kinds": []}
    for name, (normalizer, pre_tokenizer, more) in KINDS.items():
        file = {
            "version": "1.0", "truncation": None, "padding": None, "added_tokens": golden["added"],
            "normalizer": normalizer, "pre_tokenizer": pre_tokenizer, "post_processor": None,
            "decoder": byte_level(True), "model": bpe | more,
        }
        tokenizer = Tokenizer.from_str(json.dumps(file))
        random = Random(golden["seed"])
        texts = [text(random) for _ in range(TEXTS)]
        ids = [tokenizer.encode(one, add_special_tokens=False).ids for one in texts]
        count = size + len(ADDED)
        pieces = [tokenizer.decode([id], skip_special_tokens=False) for id in range(count)]
        several = [[random.below(count) for _ in range(random.below(6))] for _ in range(500)]
        golden["kinds"].append(
            {
                "name": name, "normalizer": normalizer, "pre_tokenizer": pre_tokenizer, "more": more,
                "ids": "".join(map(of_ids, ids)),
                "pieces": "".join(map(of_text, pieces)),
                "decoded": "".join(
                    of_text(tokenizer.decode(one, skip_special_tokens=False)) for one in several),
            }
        )
    golden["tokenizers"] = tokenizers.__version__
    (HERE / "golden.json").write_text(json.dumps(golden, ensure_ascii=False) + "\n")


main()
