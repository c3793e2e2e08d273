"""The measurements one after the other, in what time there is."""

import json
import os
import time
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import jobs
import load
import machine
import naps
import report
from engine import SCORING, Engine, EngineFailure
from load import Load
from models import DEMO, Models

# The most valuable first: the largest engine, then the job that starts each engine several times.
STEPS = ("target", "swap", "share", "sleep", "draft", "prm")
# Seconds for one level of load, and for each command of sleep mode.
LONGEST = 120
NO_SLEEP = "vLLM's CPU build has no sleep mode"


@dataclass
class Settings:
    program: Path
    models: Models
    gpu: machine.GPU | None
    version: str
    steps: list[str]
    problems: int
    folder: Path


class Study:
    def __init__(self, settings: Settings, told: dict, end: float, say: Callable[[str], None]) -> None:
        """told: what is known already. end: by the monotonic clock."""
        self._settings, self._told, self._end, self._say = settings, told, end, say
        # Seconds from spawn to ready: a guess until one was seen.
        self._cold = 25.0 if self._is_cpu else 75.0
        self._next = self._cold

    @property
    def _is_cpu(self) -> bool:
        return self._settings.gpu is None

    def _left(self) -> float:
        return self._end - time.monotonic()

    def run(self) -> None:
        try:
            for step in self._settings.steps:
                begin = time.monotonic()
                with self._attempt(step):
                    self._say(f"{step} ({self._left():.0f} s left)")
                    (self._job if step in ("swap", "share", "sleep") else self._engine)(step)
                self._told["steps"].append({"step": step, "seconds": round(time.monotonic() - begin, 1)})
                self.write()
            self._told["finished"] = True
        finally:
            self.write()

    @contextmanager
    def _attempt(self, what: str):
        """What goes wrong is told, and harms no other measurement."""
        try:
            yield
        except EngineFailure as failure:
            self._miss(what, str(failure))
        except Exception as failure:
            self._miss(what, f"{type(failure).__name__}: {failure}")

    def _miss(self, what: str, why: str) -> None:
        self._say(f"  {what}: missing, {why}")
        self._told["missing"].append({"what": what, "why": why})

    def _lacks(self, needed: float, what: str) -> bool:
        if self._left() >= needed:
            return False
        self._miss(what, f"about {needed:.0f} s were needed and {max(0, self._left()):.0f} s were left; give more --minutes")
        return True

    def write(self) -> None:
        """Both files, each whole at any time."""
        told = self._told
        for name, text in (("measurements.json", json.dumps(told, indent=1) + "\n"), ("measurements.md", report.markdown(told))):
            partial = self._settings.folder / f"{name}.partial"
            partial.write_text(text)
            os.replace(partial, self._settings.folder / name)

    # A job

    def _job(self, residency: str) -> None:
        if residency == "sleep" and self._is_cpu:
            return self._miss("a job under sleep", NO_SLEEP)
        needed = 10 + self._next * 3
        if self._lacks(needed + jobs.STOP_SECONDS, f"a job under {residency}"):
            return
        limit = self._left() - jobs.STOP_SECONDS
        if residency == "swap" and len(self._settings.steps) > 1:
            # Where all of its many starts are cold, it must not take the time of everything else.
            limit = max(needed, 0.65 * limit)
        job = jobs.run(
            self._settings.program, residency, self._settings.models, self._settings.problems, self._is_cpu,
            self._settings.folder, limit)
        self._told["jobs"].append(job)
        for start in job["starts"]:
            self._saw(start, f"rsd-batch, {residency}")
        if why := job.get("why_not_finished"):
            self._miss(f"the end of the job under {residency}", why)
        if job["starts"] and all(start["kind"] == "cold" for start in job["starts"]):
            self._miss(f"warm starts under {residency}",
                       f"all {len(job['starts'])} starts were cold ({residency}.log may say why)")

    def _saw(self, start: dict, by: str) -> None:
        self._told["starts"].append(start | {"by": by})
        if start["kind"] == "cold":
            self._cold = start["seconds"]
        self._next = start["seconds"]

    # An engine

    def _engine(self, role: str) -> None:
        models = self._settings.models
        if role == "prm" and models.profile not in SCORING:
            return self._miss(
                "the PRM alone", f"a PRM of profile {models.profile} is started with what only rsd-batch brings along")
        if self._lacks(self._cold + (5 if self._is_cpu else 25), f"the {role} alone"):
            return
        sleeps = not self._is_cpu
        try:
            self._work(role, sleeps)
        except EngineFailure as failure:
            if not sleeps or self._left() < self._cold + 5:
                raise
            self._miss(f"sleep and waking of the {role}", f"with sleep mode: {failure}")
            self._work(role, sleeps=False)

    def _work(self, role: str, sleeps: bool) -> None:
        models, folder = self._settings.models, self._settings.folder
        self._settle()
        log = folder / (f"{role}.log" if sleeps or self._is_cpu else f"{role}-awake.log")
        version = self._settings.version
        with Engine(role, models.paths[role], models.profile, version, self._is_cpu, sleeps, log) as engine:
            # One that hangs must not take the time of everything else.
            is_last = role == self._settings.steps[-1]
            engine.bring_up(self._left() - 5 if is_last else max(2 * self._cold, self._left() / 2))
            self._saw({"engine": role, "kind": "cold"} | engine.start, "vllm serve")
            text = engine.tokenize("\n\n".join(problem_texts()))
            self._loads(engine, text)
            self._naps(engine, text)

    def _loads(self, engine: Engine, text: list[int]) -> None:
        warm_up, *loads = self._plan(engine.role)
        prompts, rate = load.prompts(text), 0.0
        for each in [warm_up, *loads]:
            what = f"tokens a second of the {engine.role}, {each.in_flight} in flight"
            tokens = each.requests * (each.written_tokens or each.prompt_tokens)
            if self._lacks(5 + (tokens / rate if rate else 0), what):
                continue
            with self._attempt(f"{what} and more"):
                figure = load.measure(engine, each, prompts, min(self._left() - 2, LONGEST))
                if each is not warm_up:
                    rate = figure["tokens_per_second"]
                    self._told["throughput"].append(figure)
                    self._say(f"  {what}: {rate:,.0f}")
                continue
            return

    def _plan(self, role: str) -> list[Load]:
        """The first warms the engine up."""
        levels = [1, 4, 16, 64] if self._is_cpu else [16, 64, 256, 1024]
        read, written = (64, 32) if self._is_cpu else (128, 128)
        if role != "prm":
            return [Load(4, 4, read, 8), *(Load(level, level, read, written) for level in levels)]
        read = min(self._settings.models.context - 1, 128 if self._is_cpu else 512)
        least = 16 if self._is_cpu else 256
        return [Load(4, 4, read, 0), *(Load(level, max(level, least), read, 0) for level in levels)]

    def _naps(self, engine: Engine, text: list[int]) -> None:
        what = f"sleep and waking of the {engine.role}"
        if self._is_cpu:
            return self._miss(what, NO_SLEEP)
        if not engine.sleeps:
            return
        for level in (1, 2):
            if self._lacks(20, f"{what}, level {level}"):
                return
            with self._attempt(f"{what}, level {level}"):
                engine.check_alive()
                nap = naps.measure(engine, level, self._settings.gpu, text[:32], min(self._left() - 2, LONGEST))
                self._told["sleep"].append(nap)
                self._say(f"  {what}, level {level}: {nap['sleep_seconds']:.1f} s and {nap['wake_seconds']:.1f} s")
                continue
            # Perhaps it sleeps on, and answers nothing any more.
            if level == 1:
                self._miss(f"{what}, level 2", "level 1 failed")
            return

    def _settle(self) -> None:
        """Waits a while until the GPU's memory is as free as it was at the beginning."""
        gpu, limit = self._settings.gpu, time.monotonic() + 20
        while gpu and gpu.used is not None and time.monotonic() < limit:
            used = machine.memory_used(gpu)
            if used is None or used <= gpu.used + machine.GIB // 2:
                return
            time.sleep(0.5)


def problem_texts() -> list[str]:
    return [json.loads(line)["question"] for line in (DEMO / "problems.jsonl").read_text().splitlines()]
