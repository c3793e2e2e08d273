"""Training of the process reward model: the draft's layers, which predict, and new layers above, which compare.

The lower layers keep learning to predict the right next token; the upper ones learn to say whether the token that came
was the right one. Without the prediction underneath, tokens do not suffice to find a mistake in a calculation.
"""

import copy
import json
import random
import time
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import nn

import shapes
from batches import pad
from data import TrainingStream
from labels import judge
from optim import make_optimizers, rate_at, set_rate
from prm_data import annotate, corrupted

POOL = 8
REPORT_EVERY = 250


class WithPrediction(nn.Module):
    """The reward model and, while it is trained, a prediction read off the draft's last layer."""

    def __init__(self, prm, draft):
        super().__init__()
        self.prm, self.depth = prm, draft.config.num_hidden_layers
        self.norm = copy.deepcopy(draft.model.norm)

    def losses(self, ids, values, weights, following):
        out = self.prm.model(input_ids=ids, use_cache=False, output_hidden_states=True)
        counted = weights > 0
        logits = self.prm.score(out.last_hidden_state[counted])[:, 0]
        value = F.binary_cross_entropy_with_logits(logits.float(), values[counted], weight=weights[counted], reduction="sum")
        predicting = following != -100
        below = self.norm(out.hidden_states[self.depth][predicting])
        prediction = F.cross_entropy(F.linear(below, self.prm.model.embed_tokens.weight).float(), following[predicting])
        return value / weights.sum(), prediction


def prm_batches(stream, tokenizer, drafted, steps, size, drafted_share, wrong_share):
    """`drafted_share` of the solutions are the draft's own, and `wrong_share` of those have a mistake for certain."""
    with_mistake = [(p, written) for p, written in drafted if not all(judge(p, written))]
    rng = random.Random(stream.rng.random())
    for first in range(0, steps, POOL):
        rows = []
        for _ in range(POOL * size):
            if rng.random() < drafted_share:
                made = rng.choice(with_mistake if wrong_share and rng.random() < wrong_share else drafted)
            else:
                made = corrupted(rng, stream.word())
            rows.append(annotate(tokenizer, *made))
        rows.sort(key=lambda row: len(row[0]))
        groups = [rows[i:i + size] for i in range(0, len(rows), size)]
        rng.shuffle(groups)
        for group in groups[:steps - first]:
            ids, values, weights, following = zip(*group)
            yield pad(ids, tokenizer.pad_token_id), pad(values, 0.0), pad(weights, 0.0), pad(following, -100)


def start_from(draft, tokenizer, seed):
    prm = shapes.make("prm", tokenizer, seed)
    prm.model.embed_tokens.load_state_dict(draft.model.embed_tokens.state_dict())
    for mine, theirs in zip(prm.model.layers, draft.model.layers):
        mine.load_state_dict(theirs.state_dict())
    return prm


def train(tokenizer, trunk, drafted, report, folder, phases, seed, **settings):
    """`trunk`: a trained draft; `drafted`: solutions the draft wrote; `report`: figures for the log."""
    Path(folder).mkdir(parents=True, exist_ok=True)
    (Path(folder) / "log.jsonl").unlink(missing_ok=True)
    prm = start_from(trunk, tokenizer, seed)
    done = 0
    for number, phase in enumerate(phases):
        both = WithPrediction(prm, trunk)
        done = train_phase(both, tokenizer, drafted, report, folder, done, seed=seed + 100 * number, **{**settings, **phase})


def train_phase(both, tokenizer, drafted, report, folder, done, steps, peak, size, seed, until=None,
                drafted_share=0.4, wrong_share=0.0):
    """`until`: stop here, though the learning rate is laid out for `steps`."""
    prm, optimizers = both.prm, make_optimizers(both, peak)
    data = prm_batches(TrainingStream(seed), tokenizer, drafted, steps, size, drafted_share, wrong_share)
    log = open(Path(folder) / "log.jsonl", "a", buffering=1)
    began, kept = time.process_time(), []
    for step, batch in enumerate(data):
        set_rate(optimizers, rate_at(step, steps, peak))
        with torch.autocast("cpu", dtype=torch.bfloat16):
            value, prediction = both.losses(*batch)
        (value + 0.5 * prediction).backward()
        torch.nn.utils.clip_grad_norm_(both.parameters(), 1.0)
        for optimizer in optimizers:
            optimizer.step()
            optimizer.zero_grad()
        kept.append((value.item(), prediction.item()))
        last = step + 1 == (until or steps)
        if (step + 1) % REPORT_EVERY == 0 or last:
            torch.save(prm.state_dict(), Path(folder) / f"{done + step + 1:05d}.pt")
            means = [round(sum(column) / len(kept), 4) for column in zip(*kept)]
            prm.eval()
            log.write(json.dumps({"step": done + step + 1, "value_loss": means[0], "prediction_loss": means[1],
                                  "cpu_seconds": round(time.process_time() - began), **report(prm)}) + "\n")
            prm.train()
            kept = []
        if last:
            return done + step + 1
