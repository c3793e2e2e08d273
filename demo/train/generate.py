"""Writes the held-out problems, byte for byte the same each time: python3 demo/train/generate.py demo/problems.jsonl"""

import sys

from data import held_out, validation, write_held_out

if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    questions = [p.question for p in held_out()]
    assert len(set(questions)) == 200 and not set(questions) & {p.question for p in validation()}
    write_held_out(sys.argv[1])
