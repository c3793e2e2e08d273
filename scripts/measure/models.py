"""The draft, the target and the PRM that are measured: given, the demo's, or made here."""

import fcntl
import hashlib
import json
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from random import Random

import machine
import tensors
from tensors import Shape

HERE = Path(__file__).resolve().parent
DEMO = HERE.parent.parent / "demo"
ROLES = ("draft", "target", "prm")

WRITER, SCORER = "Qwen2ForCausalLM", "Qwen2ForTokenClassification"
ARCHITECTURES = {"draft": WRITER, "target": WRITER, "prm": SCORER}
SMALL = Shape(hidden=1536, layers=28, heads=12, kv_heads=2, intermediate=8960, vocabulary=151936, context=4096)
LARGE = Shape(hidden=3584, layers=28, heads=28, kv_heads=4, intermediate=18944, vocabulary=152064, context=4096)
TINY = Shape(hidden=512, layers=2, heads=8, kv_heads=2, intermediate=1024, vocabulary=512, context=1024)
SHAPES = {
    "qwen2.5": {"draft": SMALL, "target": LARGE, "prm": SMALL},
    "tiny": {"draft": TINY, "target": TINY, "prm": TINY},
}


@dataclass
class Models:
    name: str
    paths: dict[str, Path]
    profile: str
    """Of the PRM, as job specs call it."""
    context: int
    """Of the shortest."""
    method: str
    """As the job spec has it."""
    decoding: str

    def facts(self) -> dict:
        return {"name": self.name, "profile": self.profile} | {
            role: {"path": str(path), "weight_bytes": weight_bytes(path)} for role, path in self.paths.items()}


def weight_bytes(path: Path) -> int:
    return sum(file.stat().st_size for kind in ("*.safetensors", "pytorch_model*.bin") for file in path.glob(kind))


def given(paths: dict[str, Path], profile: str) -> Models:
    """Trained models, so that the job is the method as it is."""
    contexts = []
    for path in paths.values():
        values = json.loads((path / "config.json").read_text())
        contexts.append(values.get("max_position_embeddings") or 2048)
    context = min(contexts)
    return Models(
        name="given", paths=paths, profile=profile, context=context, method="rsd: { threshold: 0.7 }",
        decoding=f"max_tokens: {min(512, context // 2)}, max_steps: 50, temperature: 0")


def demo() -> Models:
    models = given({role: DEMO / "models" / role for role in ROLES}, "token-classification")
    models.name = "demo"
    return models


def made(name: str, store: Path, say) -> Models:
    """Models that write words in steps and score them at random; made once.

    Raises OSError where there is no room for them.
    """
    folder = store / name
    shapes = SHAPES[name]
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "lock", "w") as lock:
        # Two at once would spoil each other's work. The second finds it done.
        fcntl.flock(lock, fcntl.LOCK_EX)
        _make_all(folder, shapes, say)
    return Models(
        name=name, paths={role: folder / role for role in ROLES}, profile="token-classification",
        context=min(shape.context for shape in shapes.values()),
        # Rewards of random weights say nothing: one draft step in twenty falls, whichever it is.
        method="rsd: { weighting: constant, p: 0.95 }", decoding="max_tokens: 512, max_steps: 8, temperature: 1")


def _make_all(folder: Path, shapes: dict[str, Shape], say) -> None:
    stamp, recipe = folder / "stamp", _recipe()
    if stamp.is_file() and stamp.read_text() == recipe:
        return
    stamp.unlink(missing_ok=True)
    for role in ROLES:
        shutil.rmtree(folder / role, ignore_errors=True)
    needed = sum(tensors.size(shapes[role], ARCHITECTURES[role]) for role in ROLES)
    if (room := machine.room(folder)) < needed * 1.02:
        raise OSError(f"the models need {needed / 1e9:.2g} GB, and {room / 1e9:.2g} GB can be had in {folder}; "
                      "name a folder on a disk that has them with --store")
    say(f"Making the models in {folder} ({needed / 1e9:.2g} GB)")
    for number, role in enumerate(ROLES):
        _make(folder / role, shapes[role], ARCHITECTURES[role], number)
    stamp.write_text(recipe)


def _recipe() -> str:
    return hashlib.sha256((HERE / "models.py").read_bytes() + (HERE / "tensors.py").read_bytes()).hexdigest()


def _make(folder: Path, shape: Shape, architecture: str, seed: int) -> None:
    folder.mkdir()
    tokenizer = DEMO / "models" / "draft"
    shutil.copy(tokenizer / "tokenizer.json", folder)
    settings = json.loads((tokenizer / "tokenizer_config.json").read_text()) | {"model_max_length": shape.context}
    (folder / "tokenizer_config.json").write_text(json.dumps(settings, indent=2) + "\n")
    described = json.loads((folder / "tokenizer.json").read_text())
    end = described["added_tokens"][0]["id"]
    chain = text_chain(described["model"]["vocab"], end, Random(seed))
    tensors.write(folder / "model.safetensors", shape, architecture, chain, seed)
    (folder / "config.json").write_text(json.dumps(tensors.config(shape, architecture, end), indent=2) + "\n")


def text_chain(vocabulary: dict[str, int], end: int, random: Random) -> dict[int, dict[int, float]]:
    """Which token follows which, so that texts are words in steps of about 40, and end after some 5 steps.

    Every word is one token wherever it stands, so that text and tokens stand for each other.
    """
    delimiter = vocabulary["ĊĊ"]
    words = sorted(id for token, id in vocabulary.items() if re.fullmatch("Ġ[a-zA-Z]{2,}", token))
    chain = {}
    for token in [*vocabulary.values(), end]:
        stops = {delimiter: 1 / 40, end: 1 / 200} if token in words else {}
        going_on = 1 - sum(stops.values())
        chain[token] = {word: going_on / 4 for word in random.sample(words, 4)} | stops
    return chain
