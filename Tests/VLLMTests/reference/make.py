"""Makes the models that the tests on real vLLM need, and what plain PyTorch says of them.

    python make.py GGUF FOLDER       # scripts/make-test-models gives both

FOLDER gets `smollm2` (from the GGUF file), `two-ends` (from the demo's draft), `prm-*` (tiny, random) and
`golden/PROFILE.json`: the cases, and for each the ids
that the PRM reads, the positions of the rewards and the rewards.
"""

import json
import sys
from functools import partial
from pathlib import Path

import torch
from tokenizers import Tokenizer
from transformers import AutoTokenizer

import profiles
import smollm2
import tiny_models
import tiny_tokenizers
import two_ends
from cases import CASES

# Golden file: checkpoint, reference, what else the profile is told.
GOLDEN = {
    "skywork": ("prm-skywork", profiles.skywork, {"step_token": "\n"}),
    "skywork-paper": ("prm-skywork", profiles.skywork, {"step_token": "\n\n"}),
    "qwen-prm": ("prm-qwen", profiles.qwen_prm, {}),
    "token-classification": ("prm-token-classification", profiles.token_classification, {}),
    "sequence-classification": ("prm-sequence-classification", profiles.sequence_classification, {}),
    "math-shepherd": ("prm-math-shepherd", profiles.math_shepherd, {}),
    "rlhflow": ("prm-rlhflow", profiles.rlhflow, {}),
}
CHECKPOINTS = {
    "prm-skywork": (tiny_tokenizers.qwen, tiny_models.value_head_model),
    "prm-qwen": (tiny_tokenizers.qwen, tiny_models.process_reward_model),
    "prm-token-classification": (tiny_tokenizers.qwen, tiny_models.token_classifier),
    "prm-sequence-classification": (tiny_tokenizers.llama3, tiny_models.sequence_classifier),
    "prm-math-shepherd": (tiny_tokenizers.sentencepiece, tiny_models.mistral),
    "prm-rlhflow": (tiny_tokenizers.llama3, tiny_models.llama),
}


def main(gguf: Path, folder: Path) -> None:
    torch.set_num_threads(1)
    (folder / "smollm2").mkdir()
    smollm2.convert(gguf, folder / "smollm2")
    (folder / "two-ends").mkdir()
    two_ends.convert(folder / "two-ends")
    models = {}
    for name, (tokenizer, model) in CHECKPOINTS.items():
        (folder / name).mkdir()
        models[name] = model(folder / name, tokenizer(folder / name))
    (folder / "golden").mkdir()
    for profile, (checkpoint, reference, settings) in GOLDEN.items():
        tokenizer = loaded_tokenizer(folder / checkpoint)
        read = partial(reference, models[checkpoint], tokenizer, **settings)
        golden = {"checkpoint": checkpoint, **settings, "cases": [case(read, *given) for given in CASES]}
        text = json.dumps(golden, indent=1, ensure_ascii=False)
        (folder / "golden" / f"{profile}.json").write_text(text + "\n")


def loaded_tokenizer(folder: Path):
    """As vLLM loads it. Seen to be what the file says, since transformers has rules of its own for some models."""
    tokenizer = AutoTokenizer.from_pretrained(folder)
    plain = Tokenizer.from_file(str(folder / "tokenizer.json"))
    for question, steps in CASES:
        text = question + "".join(steps)
        assert tokenizer.encode(text, add_special_tokens=False) == plain.encode(text, add_special_tokens=False).ids, folder
    return tokenizer


def case(read, question: str, steps: list[str]) -> dict:
    reading = read(question, steps)
    assert len(reading.ends) == len(steps) == len(reading.rewards)
    assert reading.ends[-1] == len(reading.ids) - 1
    # A reward depends on nothing behind its step: this is what lets a whole solution be scored at once.
    first = read(question, steps[:1])
    assert abs(first.rewards[0] - reading.rewards[0]) < 1e-4
    return {"question": question, "steps": steps, **vars(reading)}


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
