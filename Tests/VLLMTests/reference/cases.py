"""What the golden files ask: questions and their steps, each with the delimiter that ended it."""

CASES = [
    ("Tom has 37 apples and buys 48 more. How many apples does he have?", [
        "37 + 48 = 85.\n\n",
        "The answer is \\boxed{85}.",
    ]),
    ("Mia takes 3 boxes of 12 marbles and loses 9. How many are left?", [
        "Step 1: First we multiply.\nThat is 3 * 12 = 36.\n\n",
        "Step 2: Then we subtract: 36 - 9 = 27.\n\n",
        "Step 3: So 27 marbles are left.\n\n",
        "The answer is \\boxed{27}.\n\n",
    ]),
    # One step alone, and a question of more than one line.
    ("A sum:\n 1 + 1\n\nWhat is it?", ["2"]),
    # What goes wrong where characters, bytes and tokens are taken for the same.
    ("Wie groß ist \N{GREEK SMALL LETTER PI} · 2² für «r = 2»? \N{THINKING FACE}", [
        "Größe: 数学 \N{THINKING FACE} ≈ 12,57.\n\n",
        "   leading spaces, and   more\tof them.\n\n",
        "It isn't 12; it's 12.57 - or 4\N{GREEK SMALL LETTER PI}.\n\n",
    ]),
    # Signs that are answers elsewhere, and a step that is empty but for its delimiter.
    ("What is 5 - 3 + 1?", ["+\n\n", "5 - 3 + 1 = 3.\n\n", "\n\n", "- done"]),
    ("How much is 10 times 10?", [f"Line {i}: 10 * {i} = {10 * i}.\n\n" for i in range(1, 11)]),
]
