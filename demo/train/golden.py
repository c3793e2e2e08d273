"""What plain transformers makes of the exported models in float32: the measure for other engines."""

import json
from pathlib import Path

import torch
from transformers import AutoModelForCausalLM, AutoModelForTokenClassification, AutoTokenizer

from data import held_out
from decode import MOST_TOKENS

COUNT = 8


def load_exported(models, role):
    kind = AutoModelForTokenClassification if role == "prm" else AutoModelForCausalLM
    return kind.from_pretrained(Path(models) / role, dtype=torch.float32).eval()


def complete(model, ids):
    with torch.inference_mode():
        out = model.generate(torch.tensor([ids]), attention_mask=torch.ones(1, len(ids), dtype=torch.long),
                             max_new_tokens=MOST_TOKENS, do_sample=False)
    return out[0, len(ids):].tolist()


def write(models, folder):
    folder = Path(folder)
    tokenizer = AutoTokenizer.from_pretrained(Path(models) / "target")
    draft, target, prm = (load_exported(models, role) for role in ("draft", "target", "prm"))
    entries = []
    for i, problem in enumerate(held_out()[:COUNT]):
        ids = tokenizer.encode(problem.prompt)
        entry = {"id": f"demo-{i:03d}", "prompt": problem.prompt, "prompt_ids": ids}
        for role, model in (("draft", draft), ("target", target)):
            written = complete(model, ids)
            entry[role] = {"text": tokenizer.decode(written, skip_special_tokens=True), "ids": written}
        scored = ids + [t for t in entry["target"]["ids"] if t != tokenizer.eos_token_id]
        with torch.inference_mode():
            rewards = torch.sigmoid(prm(torch.tensor([scored])).logits[0, :, 0]).tolist()
        entry["prm"] = {"ids": scored, "rewards": [round(r, 7) for r in rewards]}
        entries.append(entry)
    lines = ",\n".join(json.dumps(e, separators=(",", ":")) for e in entries)
    (folder / "golden.json").write_text("[\n" + lines + "\n]\n")
    with open(folder / "golden-tokens.jsonl", "w", newline="\n") as out:
        for i, problem in enumerate(held_out()):
            out.write(json.dumps({"id": f"demo-{i:03d}", "ids": tokenizer.encode(problem.prompt)}, separators=(",", ":")) + "\n")
