"""Tokens a second with so many requests in flight."""

import asyncio
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from engine import Engine, EngineFailure


@dataclass
class Load:
    in_flight: int
    requests: int
    prompt_tokens: int
    written_tokens: int
    """Of each request; 0 for a PRM, which reads."""


def measure(engine: Engine, load: Load, prompts: Iterator[list[int]], limit: float) -> dict:
    """Puts the requests, never more in flight than the load says. Raises EngineFailure, OSError."""
    bodies = [json.dumps(_body(engine, load, next(prompts))).encode() for _ in range(load.requests)]
    begin = time.monotonic()
    answers = asyncio.run(_ask(engine, "/pooling" if engine.role == "prm" else "/v1/completions", bodies, load.in_flight, limit))
    seconds = time.monotonic() - begin
    counted = "completion_tokens" if load.written_tokens else "prompt_tokens"
    tokens = sum(json.loads(answer)["usage"][counted] for answer in answers)
    expected = load.requests * (load.written_tokens or load.prompt_tokens)
    if tokens != expected:
        raise EngineFailure(f"{load.requests} requests came to {tokens} tokens, and not to {expected}")
    return {
        "engine": engine.role, "in_flight": load.in_flight, "requests": load.requests, "prompt_tokens": load.prompt_tokens,
        "written_tokens": load.written_tokens, "tokens": tokens, "seconds": round(seconds, 3),
        "tokens_per_second": round(tokens / seconds, 1),
    }


def prompts(text: list[int]) -> Iterator[list[int]]:
    """Token ids, each prompt from another place of the text on, so that no cache knows its beginning."""
    stride = 7 if len(text) % 7 else 11
    for number in count():
        place = number * stride % len(text)
        yield text[place:] + text[:place]


def _body(engine: Engine, load: Load, ids: list[int]) -> dict:
    prompt = ids[:load.prompt_tokens]
    if engine.role == "prm":
        return {"model": engine.role, "input": prompt}
    return {
        "model": engine.role, "prompt": prompt, "max_tokens": load.written_tokens, "ignore_eos": True, "temperature": 0,
        "return_token_ids": True,
    }


async def _ask(engine: Engine, path: str, bodies: list[bytes], in_flight: int, limit: float) -> list[bytes]:
    waiting = iter(bodies)
    answers: list[bytes] = []

    async def worker() -> None:
        for body in waiting:
            answers.append(await _post(engine, path, body))

    workers = [worker() for _ in range(min(in_flight, len(bodies)))]
    try:
        await asyncio.wait_for(asyncio.gather(*workers), limit)
    except asyncio.TimeoutError:
        raise EngineFailure(f"{len(answers)} of {len(bodies)} requests were answered within {limit:.0f} s") from None
    return answers


async def _post(engine: Engine, path: str, body: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", engine.port)
    try:
        headers = engine.headers | {"Host": "127.0.0.1", "Content-Length": str(len(body)), "Connection": "close"}
        head = f"POST {path} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in headers.items()) + "\r\n"
        writer.write(head.encode() + body)
        answer = await reader.read()
    finally:
        writer.close()
    head, _, content = answer.partition(b"\r\n\r\n")
    if head.split(b" ", 2)[1:2] != [b"200"]:
        raise EngineFailure(f"{path} answered {head[:60].decode(errors='replace')!r}: {content[:200].decode(errors='replace')}")
    return content
