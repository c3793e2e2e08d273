"""Word problems made from templates, with the solution that a model is to write.

A problem is a start value and a chain of operations, told as a little story. The solution has one step for each
operation, `37 + 48 = 85.`, and a last step, `The answer is \\boxed{85}.`; a blank line stands between two steps.
"""

import random
from dataclasses import dataclass

DELIMITER = "\n\n"
LARGEST = 999

NAMES = ["Mia", "Tom", "Ana", "Ben", "Eva", "Leo", "Zoe", "Max", "Ida", "Sam", "Amy", "Dan", "Kim", "Roy", "Lea", "Jon"]
THINGS = ["shells", "marbles", "stamps", "cards", "coins", "apples", "pears", "nuts", "pens", "books", "beads", "stones"]
VEHICLES = ["bus", "train", "boat", "tram"]
PLACES = ["shop", "farm", "market", "school"]

# {v}: the start value; {k}: an operation's number; {a}, {b}: two people; {o}: things; {w}: a vehicle or a place.
STORIES = [
    dict(
        start=["{a} has {v} {o}.", "{a} starts with {v} {o}.", "{a} keeps {v} {o} in a box."],
        add=["{a} finds {k} more.", "{b} gives {a} {k} more.", "{a} buys {k} {o}.", "Then {a} gets {k} from {b}.", "{a} wins {k}."],
        sub=["{a} loses {k}.", "{a} gives {k} to {b}.", "{a} sells {k} {o}.", "Then {b} takes {k} of them.", "{a} throws {k} away."],
        mul=["Then {a} gets {k} times as many.", "A game makes it {k} times as many."],
        double=["Then the number doubles."],
        ask=["How many {o} does {a} have now?", "How many {o} are left?"],
    ),
    dict(
        start=["A {w} has {v} people on it.", "There are {v} people on a {w}.", "A {w} starts with {v} people."],
        add=["Then {k} people get on.", "{k} more get on.", "At a stop {k} get on."],
        sub=["Then {k} people get off.", "{k} of them get off.", "At a stop {k} get off."],
        mul=["Then there are {k} times as many.", "The number grows to {k} times that."],
        double=["Then the number doubles."],
        ask=["How many people are on the {w} now?", "How many people are left?"],
    ),
    dict(
        start=["A {w} has {v} {o}.", "There are {v} {o} at a {w}.", "A {w} starts with {v} {o}."],
        add=["{a} brings {k} more.", "The {w} gets {k} more {o}.", "Then {a} brings {k}.", "The {w} buys {k}."],
        sub=["{a} buys {k} of them.", "The {w} sells {k}.", "Then {a} takes {k} {o}.", "{k} go bad."],
        mul=["Then the {w} gets {k} times as many.", "The number grows to {k} times that."],
        double=["Then the number doubles."],
        ask=["How many {o} does the {w} have now?", "How many {o} are left?"],
    ),
]


@dataclass(frozen=True)
class Problem:
    question: str
    start: int
    operations: tuple  # of (sign, number)

    @property
    def prompt(self):
        return self.question + DELIMITER

    @property
    def answer(self):
        return self.values()[-1]

    @property
    def steps(self):
        """The solution's steps; all but the last end with the delimiter."""
        values = self.values()
        written = [step_text(v, o) + DELIMITER for v, o in zip(values, self.operations)]
        return written + [final_text(values[-1])]

    def values(self):
        values = [self.start]
        for operation in self.operations:
            values.append(apply(values[-1], operation))
        return values


def apply(value, operation):
    sign, number = operation
    return {"+": value + number, "-": value - number, "*": value * number}[sign]


def step_text(value, operation):
    sign, number = operation
    return f"{value} {sign} {number} = {apply(value, operation)}."


def final_text(value):
    return f"The answer is \\boxed{{{value}}}."


def random_chain(rng, length):
    """A start value and operations that keep every value within 1 to LARGEST."""
    start = value = rng.randrange(5, 200)
    operations = []
    while len(operations) < length:
        sign = rng.choice("++--*")
        number = rng.randrange(2, 6) if sign == "*" else rng.randrange(2, 100)
        if 1 <= apply(value, (sign, number)) <= LARGEST:
            operations.append((sign, number))
            value = apply(value, (sign, number))
    return start, tuple(operations)


def word_problem(rng, least=2, most=5):
    start, operations = random_chain(rng, rng.randrange(least, most + 1))
    kind = rng.randrange(len(STORIES))
    story = STORIES[kind]
    a, b = rng.sample(NAMES, 2)
    words = dict(a=a, b=b, o=rng.choice(THINGS), w=rng.choice(VEHICLES if kind == 1 else PLACES))
    sentences = [rng.choice(story["start"]).format(v=start, **words)]
    for sign, number in operations:
        if sign == "*":
            group = "double" if number == 2 and rng.random() < 0.5 else "mul"
        else:
            group = "add" if sign == "+" else "sub"
        sentences.append(rng.choice(story[group]).format(k=number, **words))
    sentences.append(rng.choice(story["ask"]).format(**words))
    return Problem(" ".join(sentences), start, operations)


def bare_chain(rng, length=10):
    """The same arithmetic without a story, calculated from left to right; only the curriculum uses it."""
    start, operations = random_chain(rng, length)
    return Problem(" ".join([str(start)] + [f"{s} {n}" for s, n in operations]) + " = ?", start, operations)


def problem_set(seed, count):
    """`count` different word problems; the same seed gives the same problems."""
    rng = random.Random(seed)
    found = {}
    while len(found) < count:
        problem = word_problem(rng)
        found.setdefault(problem.question, problem)
    return list(found.values())
