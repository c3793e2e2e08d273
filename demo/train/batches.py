"""Training batches of a generator model: token ids and the places whose next token counts."""

import random

import torch

POOL = 8  # batches drawn at a time, so that sequences of about equal length can share one


def word_share(progress):
    """The curriculum: bare chains alone for the first 30 % of the training, gone after 60 %."""
    return 0.0 if progress < 0.3 else min(1.0, 0.3 + 0.7 * (progress - 0.3) / 0.3)


def pad(rows, value):
    width = max(len(r) for r in rows)
    return torch.tensor([r + [value] * (width - len(r)) for r in rows])


def batches(stream, tokenizer, steps, size, share=word_share):
    """Padding stands on the right, where a causal model never looks, so no mask is needed."""
    rng = random.Random(stream.rng.random())
    end = tokenizer.eos_token_id
    for first in range(0, steps, POOL):
        problems = [stream.word() if rng.random() < share(first / steps) else stream.chain() for _ in range(POOL * size)]
        prompts = tokenizer([p.prompt for p in problems])["input_ids"]
        solutions = tokenizer(["".join(p.steps) for p in problems])["input_ids"]
        pairs = sorted(zip(prompts, solutions), key=lambda pair: len(pair[0]) + len(pair[1]))
        groups = [pairs[i:i + size] for i in range(0, len(pairs), size)]
        rng.shuffle(groups)
        for group in groups[:steps - first]:
            ids = pad([p + s + [end] for p, s in group], end)
            labels = pad([[-100] * len(p) + s + [end] for p, s in group], -100)
            yield ids, labels
