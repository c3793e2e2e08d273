"""Solutions with right and wrong steps for the process reward model, and what each of their tokens is worth."""

import json
import re

from decode import continue_all, split_steps
from labels import expected_steps
from problems import DELIMITER, Problem, apply, final_text, step_text


def rollouts(model, tokenizer, stream, count, temperature, size=400):
    """What the draft itself writes: the mistakes that the reward model will have to find."""
    found = []
    while len(found) < count:
        problems = [stream.word() for _ in range(size)]
        texts = continue_all(model, tokenizer, [p.prompt for p in problems], temperature=temperature)
        found += [(p, split_steps(text)) for p, (text, ended) in zip(problems, texts) if ended]
    return found


def save_rollouts(path, found):
    with open(path, "w") as out:
        for p, steps in found:
            out.write(json.dumps([p.question, p.start, p.operations, steps]) + "\n")


def load_rollouts(path):
    rows = map(json.loads, open(path))
    return [(Problem(question, start, tuple(map(tuple, operations))), steps) for question, start, operations, steps in rows]


def corrupted(rng, problem, chance=0.25):
    """The right solution with mistakes put in. After a wrong value it goes on from there; other mistakes end it."""
    value, steps = problem.start, []
    for i, operation in enumerate(problem.operations):
        if apply(value, operation) < 0:
            return problem, steps
        if rng.random() >= chance:
            steps.append(step_text(value, operation) + DELIMITER)
            value = apply(value, operation)
        elif rng.random() < 0.65:
            value, right = wrong_number(rng, apply(value, operation)), value
            steps.append(step_text(right, operation).split("=")[0] + f"= {value}." + DELIMITER)
        else:
            return problem, steps + [wrong_step(rng, problem, i, value)]
    if rng.random() < chance / 2:
        kinds = [final_text(wrong_number(rng, value)), step_text(value, rng.choice(problem.operations)) + DELIMITER]
        return problem, steps + [rng.choice(kinds)]
    return problem, steps + [final_text(value)]


def wrong_number(rng, number):
    """Mostly the slips of someone who calculates: a digit, a carry, two digits exchanged."""
    digits = list(str(number))
    if rng.random() < 0.5:
        wrong = number + rng.choice((-1, 1)) * rng.choice((1, 1, 2, 3, 10, 10, 10, 20, 100, 100))
    elif rng.random() < 0.75 or len(digits) < 2:
        digits[rng.randrange(len(digits))] = rng.choice("0123456789")
        wrong = int("".join(digits))
    else:
        at = rng.randrange(len(digits) - 1)
        digits[at], digits[at + 1] = digits[at + 1], digits[at]
        wrong = int("".join(digits))
    return wrong if wrong >= 0 and wrong != number else number + rng.randrange(1, 10)


def wrong_step(rng, problem, i, value):
    """Another number, another operation, a step left out or told twice, a number copied wrongly, an early end."""
    sign, number = problem.operations[i]
    others = [o for o in problem.operations if o != (sign, number)]
    kind = rng.choice(["number", "number", "sign", "other", "copy", "end", "end"])
    if kind == "end":
        return final_text(value)
    if kind == "copy":
        value = wrong_number(rng, value)
    elif kind == "sign":
        sign = rng.choice([s for s in "+-*" if s != sign])
    elif kind == "other" and others:
        sign, number = rng.choice(others)
    else:
        number = wrong_number(rng, number)
    return step_text(value, (sign, number)) + DELIMITER


def annotate(tokenizer, problem, steps):
    """Ids, and for every token: its value (1 right so far, 0 wrong), its weight, and the right next token (-100: none).

    A token's value is wrong from the first token of the step that departs from the reference. The value that is read
    out is the one at the step's end; the first wrong token counts as much, since the mistake is easiest to see there.
    """
    ids = tokenizer.encode(problem.prompt)
    values, weights, following = [0.0] * len(ids), [0.0] * len(ids), [-100] * len(ids)
    right = False
    for step, reference in zip(steps, expected_steps(problem, steps)):
        written, wanted = tokenizer.encode(step), tokenizer.encode(reference)
        right = True
        for j, token in enumerate(written):
            if right:
                following[-1] = wanted[j] if j < len(wanted) else -100
            was, right = right, right and j < len(wanted) and token == wanted[j]
            ids.append(token)
            values.append(float(right))
            weights.append(1.0 if was and not right or j + 1 == len(written) else 0.1)
            following.append(-100)
    if right and re.fullmatch(r"The answer is .*", steps[-1]):
        following[-1] = tokenizer.eos_token_id
    return ids, values, weights, following
