"""vLLM's sleep mode: how long an engine takes to fall asleep and to wake, and what it keeps of the GPU's memory."""

import json
import time

import machine
from engine import Engine, EngineFailure


def measure(engine: Engine, level: int, gpu: machine.GPU, prompt: list[int], limit: float) -> dict:
    """Sends an engine to sleep and wakes it, as rsd-batch does. Raises EngineFailure, OSError."""
    known = _answer(engine, prompt)
    before = machine.memory_used(gpu)
    begin = time.monotonic()
    engine.call("POST", f"/sleep?level={level}", limit=limit)
    fell_asleep = time.monotonic() - begin
    if not json.loads(engine.call("GET", "/is_sleeping"))["is_sleeping"]:
        raise EngineFailure("it says that it is still awake")
    asleep = _settled(gpu)
    begin = time.monotonic()
    if level == 1:
        engine.call("POST", "/wake_up", limit=limit)
    else:
        engine.call("POST", "/wake_up?tags=weights", limit=limit)
        engine.call("POST", "/collective_rpc", {"method": "reload_weights"}, limit=limit)
        engine.call("POST", "/wake_up?tags=kv_cache", limit=limit)
        engine.call("POST", "/reset_prefix_cache", limit=limit)
    woke = time.monotonic() - begin
    again = _answer(engine, prompt)
    return {
        "engine": engine.role, "level": level, "sleep_seconds": round(fell_asleep, 3), "wake_seconds": round(woke, 3),
        "gpu_bytes_before": before, "gpu_bytes_asleep": asleep, "gpu_bytes_awake": machine.memory_used(gpu),
        "answers_as_before": _agree(known, again),
    }


def _settled(gpu: machine.GPU) -> int | None:
    """The least memory in use within a second: the driver takes a moment."""
    looks = []
    for _ in range(3):
        looks.append(machine.memory_used(gpu))
        time.sleep(0.3)
    return min((look for look in looks if look is not None), default=None)


def _answer(engine: Engine, prompt: list[int]) -> list:
    if engine.role == "prm":
        scores = json.loads(engine.call("POST", "/pooling", {"model": engine.role, "input": prompt}))["data"][0]["data"]
        return [value for row in scores for value in (row if isinstance(row, list) else [row])]
    body = {"model": engine.role, "prompt": prompt, "max_tokens": 8, "temperature": 0, "return_token_ids": True}
    return json.loads(engine.call("POST", "/v1/completions", body))["choices"][0]["token_ids"]


def _agree(one: list, other: list) -> bool:
    """Token ids are equal, scores but for rounding."""
    return len(one) == len(other) and all(abs(first - second) <= 0.01 for first, second in zip(one, other))
