"""Training of the draft and of the target: the loss counts the solution's tokens only."""

import json
import time
from pathlib import Path

import torch
import torch.nn.functional as F

import shapes
from batches import batches, word_share
from data import TrainingStream
from optim import make_optimizers, rate_at, set_rate

SAVE_EVERY = 50


def lm_loss(model, ids, labels):
    hidden = model.model(input_ids=ids, use_cache=False).last_hidden_state[:, :-1]
    counted = labels[:, 1:] != -100
    return F.cross_entropy(model.lm_head(hidden[counted]), labels[:, 1:][counted])


def train(role, tokenizer, folder, phases, seed, **settings):
    """One phase after the other on the same weights; each has its own optimizer state and its own problems."""
    Path(folder).mkdir(parents=True, exist_ok=True)
    (Path(folder) / "log.jsonl").unlink(missing_ok=True)
    model = shapes.make(role, tokenizer, seed)
    done = 0
    for number, phase in enumerate(phases):
        done = train_phase(model, tokenizer, folder, done, seed=seed + 100 * number, **{**settings, **phase})


def train_phase(model, tokenizer, folder, done, steps, peak, size, seed, until=None, words_only=False):
    """`until`: stop here, though the curriculum and the learning rate are laid out for `steps`."""
    optimizers = make_optimizers(model, peak)
    share = (lambda progress: 1.0) if words_only else word_share
    log = open(Path(folder) / "log.jsonl", "a", buffering=1)
    began, tokens, losses = time.process_time(), 0, []
    for step, (ids, labels) in enumerate(batches(TrainingStream(seed), tokenizer, steps, size, share)):
        set_rate(optimizers, rate_at(step, steps, peak))
        with torch.autocast("cpu", dtype=torch.bfloat16):
            loss = lm_loss(model, ids, labels)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for optimizer in optimizers:
            optimizer.step()
            optimizer.zero_grad()
        tokens += ids.numel()
        losses.append(loss.item())
        last = step + 1 == (until or steps)
        if (step + 1) % SAVE_EVERY == 0 or last:
            torch.save(model.state_dict(), Path(folder) / f"{done + step + 1:05d}.pt")
            log.write(json.dumps({"step": done + step + 1, "loss": round(sum(losses) / len(losses), 4), "tokens": tokens,
                                  "cpu_seconds": round(time.process_time() - began)}) + "\n")
            losses = []
        if last:
            return done + step + 1
