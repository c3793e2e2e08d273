"""The three sets of problems, kept apart: held-out (reported), validation (choices are made on it) and training."""

import hashlib
import json
import random

from problems import bare_chain, problem_set, word_problem

HELD_OUT_SEED, HELD_OUT_COUNT = 20250131, 200
VALIDATION_SEED, VALIDATION_COUNT = 2324, 300


def fingerprint(question):
    return hashlib.sha256(question.encode()).digest()


def held_out():
    return problem_set(HELD_OUT_SEED, HELD_OUT_COUNT)


def validation():
    taken = {fingerprint(p.question) for p in held_out()}
    fresh = [p for p in problem_set(VALIDATION_SEED, VALIDATION_COUNT + 50) if fingerprint(p.question) not in taken]
    return fresh[:VALIDATION_COUNT]


class TrainingStream:
    """Endless training problems; one that is in the held-out or the validation set is skipped."""

    def __init__(self, seed):
        self.rng = random.Random(seed)
        self.reserved = {fingerprint(p.question) for p in held_out() + validation()}

    def word(self):
        while True:
            problem = word_problem(self.rng)
            if fingerprint(problem.question) not in self.reserved:
                return problem

    def chain(self):
        return bare_chain(self.rng)


def write_held_out(path):
    with open(path, "w", encoding="utf-8", newline="\n") as out:
        for i, p in enumerate(held_out()):
            line = {"id": f"demo-{i:03d}", "question": p.question, "answer": str(p.answer)}
            out.write(json.dumps(line, ensure_ascii=False) + "\n")
