"""The figures that the model card reports."""

import torch

from decode import continue_all, rsd, score_all, solved, split_steps
from labels import judge


def accuracy(model, tokenizer, problems):
    texts = [text for text, _ in continue_all(model, tokenizer, [p.prompt for p in problems])]
    return sum(solved(p, t) for p, t in zip(problems, texts)) / len(problems)


def area_under_curve(positive, negative):
    """The chance that a good step scores higher than a bad one; ties count half."""
    good, bad = torch.tensor(positive)[:, None], torch.tensor(negative)[None]
    return ((good > bad).float().mean() + 0.5 * (good == bad).float().mean()).item()


def judge_prm(prm, draft, tokenizer, problems, threshold=0.7):
    """How well the rewards tell the draft's right steps from its wrong ones, up to the first wrong step of a solution."""
    drafted = [split_steps(text) for text, _ in continue_all(draft, tokenizer, [p.prompt for p in problems])]
    rewards = score_all(prm, tokenizer, [p.prompt for p in problems], drafted)
    good, bad = [], []
    for problem, steps, scores in zip(problems, drafted, rewards):
        for right, score in zip(judge(problem, steps), scores):
            (good if right else bad).append(score)
            if not right:
                break
    return {
        "auc": area_under_curve(good, bad), "right_steps": len(good), "wrong_steps": len(bad),
        "right_accepted": sum(r >= threshold for r in good) / len(good),
        "wrong_rejected": sum(r < threshold for r in bad) / len(bad),
    }


def judge_rsd(draft, target, prm, tokenizer, problems, threshold=0.7):
    done = rsd(draft, target, prm, tokenizer, problems, threshold)
    return {
        "accuracy": sum(solved(p, t.text) for p, t in zip(problems, done)) / len(problems),
        "target_share": sum(t.by_target for t in done) / sum(len(t.steps) for t in done),
    }
