"""Writes paired-tests.jsonl: paired tests on random tables, by scipy and statsmodels.

    python3 -m venv env && env/bin/pip install scipy statsmodels
    env/bin/python Tests/RSDJobsTests/Comparison/paired-tests.py > Tests/RSDJobsTests/Comparison/paired-tests.jsonl
"""

import json
import random

import numpy as np
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests

rng = random.Random(20260101)


def write(**line):
    print(json.dumps(line, separators=(",", ":")))


def single(wins, losses, ties):
    """McNemar's exact test, and the interval by Agresti and Min (2005): the Wald interval with half a pair in each cell."""
    table = [[ties, wins], [losses, 0]]
    p = mcnemar(table, exact=True).pvalue
    assert wins + losses == 0 or np.isclose(p, stats.binomtest(wins, wins + losses).pvalue, rtol=1e-9)
    n = wins + losses + ties + 2
    b, c = wins + 0.5, losses + 0.5
    half = stats.norm.ppf(0.975) * np.sqrt((b + c) - (b - c) ** 2 / n) / n
    centre = (b - c) / n
    write(wins=wins, losses=losses, ties=ties, p=float(min(1, p)), low=max(-1, centre - half), high=min(1, centre + half))


for _ in range(250):
    most = rng.choice([3, 10, 40, 300, 3000])
    single(rng.randint(0, most), rng.randint(0, most), rng.randint(1, 3 * most))

for _ in range(120):
    problems, (k, m) = rng.randint(2, 40), rng.choice([(4, 4), (8, 1), (1, 5), (3, 7), (16, 16)])
    hard = [rng.random() for _ in range(problems)]
    own = [sum(rng.random() < h for _ in range(k)) for h in hard]
    reference = [sum(rng.random() < h * rng.choice([0.7, 1]) for _ in range(m)) for h in hard]
    x, y = np.array(own) / k, np.array(reference) / m
    if np.ptp(x - y) < 1e-12:
        continue
    test = stats.ttest_rel(x, y)
    interval = test.confidence_interval(0.95)
    write(
        samples=[k, m], own=own, reference=reference, difference=float(np.mean(x - y)), p=float(test.pvalue),
        error=float(stats.sem(x - y)), low=max(-1, float(interval.low)), high=min(1, float(interval.high)))

for _ in range(60):
    family = [rng.choice([rng.random(), rng.random() ** 6, 0.03, 1.0]) for _ in range(rng.randint(1, 12))]
    write(family=family, holm=[float(p) for p in multipletests(family, method="holm")[1]])

for freedom in [1, 2, 3, 5, 10, 30, 100, 1000, 20000]:
    write(freedom=freedom, z=float(stats.t.ppf(0.975, freedom)), tails=[[t, float(2 * stats.t.sf(t, freedom))] for t in [0, 0.01, 0.5, 1, 2, 5, 30]])
