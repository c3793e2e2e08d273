"""What is right about a written step. The judgement is local: it takes the value that the step before wrote as given."""

import re

from problems import final_text, step_text

STEP = re.compile(r"(\d+) ([-+*]) (\d+) = (\d+)\.\n\n")


def expected_steps(problem, steps):
    """For each written step the step that should stand there, as far as that can be said.

    A step that gets the value wrong only leads on from the wrong value; after one that is wrong in any other way
    (another operation, another number, an early end) the rest has no reference and is left out.
    """
    value, references = problem.start, []
    for i, step in enumerate(steps):
        if i < len(problem.operations):
            reference = step_text(value, problem.operations[i]) + "\n\n"
        else:
            reference = final_text(value)
        references.append(reference)
        found = STEP.fullmatch(step)
        if not found or step.split("=")[0] != reference.split("=")[0]:
            break
        value = int(found.group(4))
    return references


def judge(problem, steps):
    return [step == reference for step, reference in zip(steps, expected_steps(problem, steps))]
