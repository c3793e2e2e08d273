"""The figures on the held-out set, from the exported folders alone."""

import json
from pathlib import Path

from transformers import AutoTokenizer

import shapes
from data import held_out
from golden import load_exported
from measure import accuracy, judge_prm, judge_rsd


def figures(models):
    tokenizer = AutoTokenizer.from_pretrained(Path(models) / "draft")
    loaded = {role: load_exported(models, role) for role in shapes.SHAPES}
    draft, target, prm = loaded["draft"], loaded["target"], loaded["prm"]
    problems = held_out()
    return {
        "weights": {role: shapes.weights(model) for role, model in loaded.items()},
        "draft_accuracy": accuracy(draft, tokenizer, problems),
        "target_accuracy": accuracy(target, tokenizer, problems),
        "rsd": {str(t): judge_rsd(draft, target, prm, tokenizer, problems, t) for t in (0.5, 0.7, 0.9)},
        "prm": judge_prm(prm, draft, tokenizer, problems),
    }


def write(models, path):
    found = figures(models)
    print(json.dumps(found, indent=1))
    Path(path).write_text(json.dumps(found, indent=1) + "\n")
