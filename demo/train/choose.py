"""Choices made on the validation set: which of the draft's checkpoints, and where the reward model's 0.7 lies."""

import json
from pathlib import Path

import torch

import shapes
from data import validation
from measure import accuracy, judge_rsd

DRAFT_AIM = 0.55
MOST_TARGET = 0.21
SHIFTS = [-1.5, -1.25, -1.0, -0.75, -0.5, -0.25, 0.0]


def load(role, tokenizer, state):
    """The model as its bf16 file will be, in float32."""
    model = shapes.make(role, tokenizer)
    model.load_state_dict(state if isinstance(state, dict) else torch.load(state))
    return model.to(torch.bfloat16).float().eval()


def newest(folder):
    return max(Path(folder).glob("*.pt"))


def choose_draft(tokenizer, folder):
    """A draft improves from 3 to 80 % within a few hundred steps: take the checkpoint nearest to the aim."""
    problems, found = validation(), {}
    for path in sorted(Path(folder).glob("*.pt")):
        found[path] = accuracy(load("draft", tokenizer, path), tokenizer, problems)
        print(f"draft {path.stem}: {found[path]:.3f}", flush=True)
        if found[path] > DRAFT_AIM + 0.15:
            break
    best = min(found, key=lambda path: abs(found[path] - DRAFT_AIM))
    (Path(folder) / "chosen.json").write_text(json.dumps({"step": int(best.stem), "validation_accuracy": found[best]}))
    return best


def chosen_draft(folder):
    return Path(folder) / f"{json.loads((Path(folder) / 'chosen.json').read_text())['step']:05d}.pt"


def shift_bias(state, shift):
    return {**state, "score.bias": state["score.bias"] + shift}


def choose_shift(tokenizer, draft, target, state):
    """The score's bias moves the operating point: the most accurate one that leaves the target little to write."""
    found = []
    for shift in SHIFTS:
        figures = judge_rsd(draft, target, load("prm", tokenizer, shift_bias(state, shift)), tokenizer, validation())
        print(f"bias {shift:+}: {figures}", flush=True)
        found.append((figures["target_share"] <= MOST_TARGET, figures["accuracy"], -abs(shift), shift))
    return max(found)[-1]
