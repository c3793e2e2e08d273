"""Every figure of the training in one place."""

DRAFT = dict(phases=[dict(steps=1400)], peak=4e-3, size=40, seed=11)

# The target learns to calculate within 450 steps; word problems alone, with a falling rate, are the rest of its way.
TARGET = dict(
    phases=[
        dict(steps=1400, until=450, peak=3e-3),
        dict(steps=600, peak=3e-3, words_only=True),
        dict(steps=250, peak=2e-3, words_only=True),
    ],
    size=40, seed=12)

PRM = dict(
    phases=[
        dict(steps=2600, until=500, peak=3e-3),
        dict(steps=1500, peak=3e-3),
        dict(steps=1500, peak=2e-3, drafted_share=0.5, wrong_share=0.5),
    ],
    size=32, seed=13)

ROLLOUT_SEED = 14
GREEDY_ROLLOUTS = 6000
SAMPLED_ROLLOUTS = 6000
