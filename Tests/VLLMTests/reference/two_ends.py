"""The demo's draft with two end-of-sequence tokens, of which it ends on the one that is not its tokenizer's, as Gemma does."""

import json
import shutil
from pathlib import Path

from transformers import AutoTokenizer

DRAFT = Path(__file__).parents[3] / "demo" / "models" / "draft"
# A byte that no text of the demo has.
OTHER_END = "Ā"


def convert(folder: Path) -> None:
    """Writes the checkpoint into a folder that is there."""
    shutil.copytree(DRAFT, folder, dirs_exist_ok=True)
    plain = AutoTokenizer.from_pretrained(DRAFT)
    ends = [plain.convert_tokens_to_ids(OTHER_END), plain.eos_token_id]
    rewrite(folder / "tokenizer_config.json", eos_token=OTHER_END)
    for name in ("config.json", "generation_config.json"):
        rewrite(folder / name, eos_token_id=ends)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    text = "A box holds 37 pens and 48 pencils.\n\n37 + 48 = 85."
    assert tokenizer.eos_token_id == ends[0] != ends[1]
    assert tokenizer.encode(text) == plain.encode(text)


def rewrite(file: Path, **values: object) -> None:
    file.write_text(json.dumps(json.loads(file.read_text()) | values, indent=2) + "\n")
