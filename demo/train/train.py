"""Makes the demo's three models: python3 demo/train/train.py all --out demo/models

The stages can be run one at a time, in this order: problems, tokenizer, draft, target, rollouts, prm, export, report, golden.
`all` trains the target beside the other two. Checkpoints and logs go to the --work folder.
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path

os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import torch
from transformers import AutoTokenizer
from transformers.utils import logging

import build_tokenizer
import choose
import data
import golden
import prm_data
import recipe
import report
import shapes
import train_lm
import train_prm
from measure import judge_prm


def tokenizer_of(work):
    return AutoTokenizer.from_pretrained(work / "tokenizer")


def problems(work, out):
    data.write_held_out(out.parent / "problems.jsonl")


def tokenizer(work, out):
    build_tokenizer.build(work / "tokenizer")


def draft(work, out):
    train_lm.train("draft", tokenizer_of(work), work / "draft", **recipe.DRAFT)
    choose.choose_draft(tokenizer_of(work), work / "draft")


def target(work, out):
    train_lm.train("target", tokenizer_of(work), work / "target", **recipe.TARGET)


def rollouts(work, out):
    tok = tokenizer_of(work)
    chosen = choose.load("draft", tok, choose.chosen_draft(work / "draft"))
    torch.manual_seed(recipe.ROLLOUT_SEED)
    stream = data.TrainingStream(recipe.ROLLOUT_SEED)
    drafted = prm_data.rollouts(chosen, tok, stream, recipe.GREEDY_ROLLOUTS, 0.0)
    drafted += prm_data.rollouts(chosen, tok, stream, recipe.SAMPLED_ROLLOUTS, 1.0)
    prm_data.save_rollouts(work / "rollouts.jsonl", drafted)


def prm_tools(work):
    """What the reward model's training needs: tokenizer, lower layers, the draft's solutions, figures for the log."""
    tok = tokenizer_of(work)
    chosen = choose.load("draft", tok, choose.chosen_draft(work / "draft"))
    trunk = choose.load("draft", tok, choose.newest(work / "draft"))  # the last one calculates best
    look = lambda model: judge_prm(model, chosen, tok, data.validation())
    return tok, trunk, prm_data.load_rollouts(work / "rollouts.jsonl"), look


def prm(work, out):
    train_prm.train(*prm_tools(work), work / "prm", **recipe.PRM)


def export(work, out):
    tok = tokenizer_of(work)
    draft_model = choose.load("draft", tok, choose.chosen_draft(work / "draft"))
    target_model = choose.load("target", tok, choose.newest(work / "target"))
    state = torch.load(choose.newest(work / "prm"))
    state = choose.shift_bias(state, choose.choose_shift(tok, draft_model, target_model, state))
    shapes.save(draft_model, tok, out / "draft")
    shapes.save(target_model, tok, out / "target")
    shapes.save(choose.load("prm", tok, state), tok, out / "prm")
    for role in shapes.SHAPES:
        build_tokenizer.check(out / role)


def write_report(work, out):
    report.write(out, out.parent / "figures.json")


def write_golden(work, out):
    golden.write(out, out.parent)


STAGES = {"problems": problems, "tokenizer": tokenizer, "draft": draft, "target": target, "rollouts": rollouts, "prm": prm,
          "export": export, "report": write_report, "golden": write_golden}


def run_all(work, out):
    problems(work, out)
    tokenizer(work, out)
    beside = subprocess.Popen([sys.executable, __file__, "target", "--out", out, "--work", work])
    draft(work, out)
    rollouts(work, out)
    prm(work, out)
    if beside.wait() != 0:
        sys.exit("the target's training failed")
    for stage in (export, write_report, write_golden):
        stage(work, out)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("stage", choices=["all", *STAGES])
    parser.add_argument("--out", type=Path, required=True, help="the folder of the three models, such as demo/models")
    parser.add_argument("--work", type=Path, help="checkpoints and logs; by default the folder `work` beside --out")
    args = parser.parse_args()
    work = args.work or args.out.parent / "work"
    work.mkdir(parents=True, exist_ok=True)
    args.out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    logging.disable_progress_bar()
    {"all": run_all, **STAGES}[args.stage](work, args.out)


if __name__ == "__main__":
    main()
