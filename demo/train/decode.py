"""Greedy decoding of many problems at once, and RSD on top of it."""

from dataclasses import dataclass, field

import torch

from problems import DELIMITER

MOST_TOKENS, MOST_STEPS = 110, 12


def continue_all(model, tokenizer, prefixes, stop_at_step=False, temperature=0.0):
    """The text that the model adds to each prefix (a string), and whether it ended by itself."""
    if not prefixes:
        return []
    blank, end = tokenizer.encode(DELIMITER)[0], tokenizer.eos_token_id
    stops = [end, blank] if stop_at_step else [end]  # rows that stop early are filled up with `end`
    batch = tokenizer(prefixes, padding=True, padding_side="left", return_tensors="pt")
    sampling = dict(do_sample=True, temperature=temperature, top_k=0, top_p=1.0) if temperature else dict(do_sample=False)
    with torch.inference_mode():
        ids = model.generate(
            input_ids=batch["input_ids"], attention_mask=batch["attention_mask"], max_new_tokens=MOST_TOKENS,
            eos_token_id=stops, pad_token_id=end, **sampling)
    written = ids[:, batch["input_ids"].shape[1]:].tolist()
    return [(tokenizer.decode(row, skip_special_tokens=True), next((t for t in row if t in stops), None) == end) for row in written]


def split_steps(text):
    """Each step keeps its delimiter; only the last may be without one."""
    pieces = text.split(DELIMITER)
    return [p + DELIMITER for p in pieces[:-1]] + ([pieces[-1]] if pieces[-1] else [])


def answer_of(text):
    before, found, after = text.rpartition("\\boxed{")
    return after.partition("}")[0] if found else None


def solved(problem, text):
    return answer_of(text) == str(problem.answer)


def step_ends(tokenizer, prompt, steps):
    """Ids of the prompt and the steps, and the place of each step's last token."""
    ids, ends = tokenizer.encode(prompt), []
    for step in steps:
        ids = ids + tokenizer.encode(step)
        ends.append(len(ids) - 1)
    return ids, ends


def score_all(prm, tokenizer, prompts, solutions):
    """A reward for every step of every solution."""
    rows, places = zip(*(step_ends(tokenizer, p, s) for p, s in zip(prompts, solutions)))
    width = max(map(len, rows))
    ids = torch.tensor([r + [tokenizer.pad_token_id] * (width - len(r)) for r in rows])
    with torch.inference_mode():
        rewards = torch.sigmoid(prm(input_ids=ids, use_cache=False).logits[..., 0])
    return [rewards[i, ends].tolist() for i, ends in enumerate(places)]


@dataclass
class Trajectory:
    prompt: str
    steps: list = field(default_factory=list)
    by_target: int = 0
    finished: bool = False

    @property
    def text(self):
        return "".join(self.steps)


def rsd(draft, target, prm, tokenizer, problems, threshold=0.7):
    """Waves: the draft writes to the end, the PRM scores, the target writes the first rejected step."""
    all_of_them = [Trajectory(p.prompt) for p in problems]
    while open_ones := [t for t in all_of_them if not t.finished]:
        drafts = continue_all(draft, tokenizer, [t.prompt + t.text for t in open_ones])
        candidates = [split_steps(text) for text, _ in drafts]
        rewards = score_all(prm, tokenizer, [t.prompt for t in open_ones], [t.steps + c for t, c in zip(open_ones, candidates)])
        rejected = []
        for t, steps, scores, (_, ended) in zip(open_ones, candidates, rewards, drafts):
            fresh = scores[len(t.steps):]
            passing = next((i for i, r in enumerate(fresh) if r < threshold), len(fresh))
            t.steps += steps[:passing]
            if passing == len(steps):
                t.finished = True
            else:
                rejected.append(t)
        for t, (text, ended) in zip(rejected, continue_all(target, tokenizer, [t.prompt + t.text for t in rejected], stop_at_step=True)):
            t.steps.append(text)
            t.by_target += 1
            t.finished = ended
        for t in all_of_them:
            t.finished = t.finished or len(t.steps) >= MOST_STEPS
    return all_of_them
