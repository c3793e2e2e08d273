"""Writes checkpoints of Qwen2's shape with weights that nobody trained, without PyTorch."""

import json
import math
import random
import struct
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

# A state of the chain is a row of a Hadamard matrix: rows are orthogonal, and their values exact in bfloat16.
STATES = 512
BLOCK = 1 << 20
# The logit of a token that may come next; all others have about 0.
STRENGTH = 30.0


@dataclass(frozen=True)
class Shape:
    hidden: int
    """A multiple of `STATES`."""
    layers: int
    heads: int
    kv_heads: int
    intermediate: int
    vocabulary: int
    context: int


def config(shape: Shape, architecture: str, end: int) -> dict:
    values = {
        "architectures": [architecture], "model_type": "qwen2", "hidden_size": shape.hidden,
        "num_hidden_layers": shape.layers, "num_attention_heads": shape.heads, "num_key_value_heads": shape.kv_heads,
        "intermediate_size": shape.intermediate, "vocab_size": shape.vocabulary,
        "max_position_embeddings": shape.context, "hidden_act": "silu", "rms_norm_eps": 1e-6, "rope_theta": 10000.0,
        "attention_dropout": 0.0, "initializer_range": 0.02, "use_sliding_window": False, "sliding_window": None,
        "max_window_layers": shape.layers, "tie_word_embeddings": False, "torch_dtype": "bfloat16", "use_cache": True,
        "bos_token_id": None, "eos_token_id": end, "pad_token_id": end,
    }
    if architecture.endswith("TokenClassification"):
        values |= {"id2label": {"0": "LABEL_0"}, "label2id": {"LABEL_0": 0}}
    return values


def layout(shape: Shape, architecture: str) -> list[tuple[str, tuple[int, ...], str]]:
    """Tensors with their shapes, and what fills them."""
    width, inner = shape.hidden, shape.intermediate
    narrow = width // shape.heads * shape.kv_heads
    tensors = [("model.embed_tokens.weight", (shape.vocabulary, width), "states")]
    for layer in range(shape.layers):
        name = f"model.layers.{layer}"
        tensors += [
            (f"{name}.input_layernorm.weight", (width,), "ones"),
            (f"{name}.self_attn.q_proj.weight", (width, width), "noise"),
            (f"{name}.self_attn.q_proj.bias", (width,), "noise"),
            (f"{name}.self_attn.k_proj.weight", (narrow, width), "noise"),
            (f"{name}.self_attn.k_proj.bias", (narrow,), "noise"),
            (f"{name}.self_attn.v_proj.weight", (narrow, width), "noise"),
            (f"{name}.self_attn.v_proj.bias", (narrow,), "noise"),
            # What layers add must not drown the token, which says what comes next.
            (f"{name}.self_attn.o_proj.weight", (width, width), "whisper"),
            (f"{name}.post_attention_layernorm.weight", (width,), "ones"),
            (f"{name}.mlp.gate_proj.weight", (inner, width), "noise"),
            (f"{name}.mlp.up_proj.weight", (inner, width), "noise"),
            (f"{name}.mlp.down_proj.weight", (width, inner), "whisper"),
        ]
    tensors.append(("model.norm.weight", (width,), "ones"))
    if architecture.endswith("TokenClassification"):
        return [*tensors, ("score.weight", (1, width), "noise"), ("score.bias", (1,), "noise")]
    return [*tensors, ("lm_head.weight", (shape.vocabulary, width), "successors")]


def size(shape: Shape, architecture: str) -> int:
    """Bytes of the weights."""
    return sum(2 * math.prod(dimensions) for _, dimensions, _ in layout(shape, architecture))


def write(file: Path, shape: Shape, architecture: str, chain: dict[int, dict[int, float]], seed: int) -> None:
    """Writes model.safetensors.

    chain: for each token the probabilities of those that may come next; to write text is to walk along it.
    """
    header: dict = {"__metadata__": {"format": "pt"}}
    place = 0
    tensors = layout(shape, architecture)
    for name, dimensions, _ in tensors:
        end = place + 2 * math.prod(dimensions)
        header[name] = {"dtype": "BF16", "shape": list(dimensions), "data_offsets": [place, end]}
        place = end
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    filling = _Filling(shape.hidden, chain, seed)
    with open(file, "wb") as out:
        out.write(struct.pack("<Q", len(text)) + text)
        for _, dimensions, kind in tensors:
            for chunk in filling.chunks(kind, math.prod(dimensions)):
                out.write(chunk)


@cache
def _noise_blocks() -> dict[str, bytes]:
    # Begun at another place for each tensor, one block will do.
    source = random.Random(0)
    normal = [source.gauss(0, 1) for _ in range(BLOCK)]
    return {"noise": bfloat16(0.02 * value for value in normal), "whisper": bfloat16(3e-4 * value for value in normal)}


class _Filling:
    def __init__(self, width: int, chain: dict[int, dict[int, float]], seed: int) -> None:
        self._random = random.Random(seed)
        self._blocks = _noise_blocks()
        rows = [[1 - 2 * ((state & place).bit_count() % 2) for place in range(STATES)] for state in range(STATES)]
        self._states = b"".join(bfloat16(row) * (width // STATES) for row in rows)
        logits = [[0.0] * STATES for _ in range(STATES)]
        for token, successors in chain.items():
            for successor, probability in successors.items():
                weight = (STRENGTH + math.log(probability)) / width
                logits[successor] = [sum + weight * sign for sum, sign in zip(logits[successor], rows[token])]
        self._successors = b"".join(bfloat16(row) * (width // STATES) for row in logits)

    def chunks(self, kind: str, count: int) -> Iterator[bytes | memoryview]:
        """So many values, two bytes each."""
        if kind == "ones":
            yield bfloat16([1.0]) * count
        elif kind in ("states", "successors"):
            rows = self._states if kind == "states" else self._successors
            yield rows
            yield from self._noise("whisper", count - len(rows) // 2)
        else:
            yield from self._noise(kind, count)

    def _noise(self, kind: str, count: int) -> Iterator[memoryview]:
        block = memoryview(self._blocks[kind])
        place = self._random.randrange(BLOCK)
        while count > 0:
            taken = min(count, BLOCK - place)
            yield block[2 * place:2 * (place + taken)]
            count -= taken
            place = 0


def bfloat16(values) -> bytes:
    """The upper halves of 32-bit numbers."""
    single = array("f", values).tobytes()
    halves = bytearray(len(single) // 2)
    halves[0::2], halves[1::2] = single[2::4], single[3::4]
    return bytes(halves)
