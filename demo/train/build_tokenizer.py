"""A byte-level BPE laid out as Qwen2's own tokenizer is, but with a few hundred tokens.

transformers 5 reads every checkpoint of type qwen2 through Qwen2Tokenizer, which puts Qwen2's pre-tokenizer in place of
whatever tokenizer.json says. So this one uses exactly that pre-tokenizer, and `check` proves that nothing changed.
"""

import json
import random
from pathlib import Path

from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import AutoTokenizer

from problems import DELIMITER, bare_chain, word_problem

END = "<|endoftext|>"
SIZE = 448
QWEN2_PATTERN = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)


def assemble(vocabulary, merges):
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=merges, byte_fallback=False, ignore_merges=False))
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(QWEN2_PATTERN), behavior="isolated", invert=False),
        pre_tokenizers.ByteLevel(add_prefix_space=False, trim_offsets=False, use_regex=False),
    ])
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.post_processor = processors.ByteLevel(trim_offsets=False)
    return tokenizer


def learn():
    """The blank line's merge comes first and by hand: it must be one token, and no other merge may reach into it."""
    rng = random.Random(1)
    texts = []
    for _ in range(8000):
        problem = word_problem(rng)
        texts += [problem.question] + [step.strip() for step in problem.steps]
    learner = assemble({}, [])
    learner.train_from_iterator(texts, trainers.BpeTrainer(
        vocab_size=SIZE - 2, show_progress=False, initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()), max_token_length=12))
    learned = json.loads(learner.to_str())["model"]
    newline = "\u010a"
    merges = [(newline, newline)] + [tuple(m) for m in learned["merges"]]
    vocabulary = dict(learned["vocab"])
    vocabulary[newline * 2] = len(vocabulary)
    tokenizer = assemble(vocabulary, merges)
    tokenizer.add_special_tokens([END])
    return tokenizer


def build(folder):
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    learn().save(str(folder / "tokenizer.json"))
    (folder / "tokenizer_config.json").write_text(json.dumps({
        "tokenizer_class": "Qwen2Tokenizer", "eos_token": END, "pad_token": END, "unk_token": None, "bos_token": None,
        "add_prefix_space": False, "clean_up_tokenization_spaces": False, "model_max_length": 512, "errors": "replace"}))
    AutoTokenizer.from_pretrained(folder).save_pretrained(folder)
    check(folder)


def check(folder):
    """What transformers makes of the folder gives the ids of the raw file, and survives a round trip."""
    raw = Tokenizer.from_file(str(Path(folder) / "tokenizer.json"))
    auto = AutoTokenizer.from_pretrained(folder)
    assert len(auto.encode(DELIMITER)) == 1 and auto.bos_token is None and auto.eos_token == END
    blank = auto.encode(DELIMITER)[0]
    rng = random.Random(2)
    for i in range(2000):
        problem = word_problem(rng) if i % 4 else bare_chain(rng)
        solution = "".join(problem.steps)
        text = problem.prompt + solution
        ids = auto.encode(text)
        assert ids == raw.encode(text).ids == encode_by_step(raw, text)
        assert auto.encode(problem.prompt) + auto.encode(solution) == ids  # the seam after the question is safe
        assert ids.count(blank) == len(problem.steps) and auto.decode(ids) == text
    return auto


def encode_by_step(raw, text):
    """The ids when the text is cut after each blank line: the seams between steps are safe too."""
    pieces = text.split(DELIMITER)
    ids = []
    for i, piece in enumerate(pieces):
        ids += raw.encode(piece + (DELIMITER if i + 1 < len(pieces) else "")).ids
    return ids
