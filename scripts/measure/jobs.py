"""A job of rsd-batch itself under one residency, and what its journal tells."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import processes
from models import DEMO, Models

# A runner that is told to stop gives its engines this long, and a little more.
STOP_SECONDS = 20


def spec(residency: str, models: Models, problems: int, is_cpu: bool) -> str:
    lines = [f"name: measure-{residency}", "seed: 0", "models:"]
    for role, path in models.paths.items():
        profile = f", profile: {models.profile}" if role == "prm" else ""
        lines.append(f"  {role}: {{ model: {json.dumps(str(path))}{profile} }}")
    lines += ["engine:", "  kind: vllm", f"  residency: {residency}"]
    if is_cpu:
        lines.append("  args: { dtype: float32, enforce-eager: true, kv-cache-memory-bytes: 256M }")
    lines += [
        "datasets:",
        f"  - {{ name: problems, path: {json.dumps(str(DEMO / 'problems.jsonl'))}, id: id, limit: {problems} }}",
        f'decoding: {{ delimiter: "\\n\\n", lookahead: all, {models.decoding} }}',
        f"methods: [{{ {models.method} }}]",
    ]
    return "\n".join(lines) + "\n"


def run(program: Path, residency: str, models: Models, problems: int, is_cpu: bool, folder: Path, limit: float) -> dict:
    """Runs the job, stops it where it takes longer, and tells what came of it."""
    job = folder / f"{residency}.yaml"
    job.write_text(spec(residency, models, problems, is_cpu))
    run_folder, log = folder / residency, folder / f"{residency}.log"
    environment = os.environ | {"RSD_BATCH_VLLM": sys.executable}
    begin = time.monotonic()
    runner = processes.spawn(
        [str(program), "run", str(job), "--run-dir", str(run_folder), "--quiet"], log, environment)
    try:
        code = _wait(runner, limit)
        seconds = time.monotonic() - begin
    finally:
        _stop(runner)
        processes.end_all()
    told = {"residency": residency, "problems": problems, "exit_code": code, "seconds": round(seconds, 2)}
    told |= summary(records(run_folder / "journal"))
    results = run_folder / "results.jsonl"
    lines = [json.loads(line) for line in results.read_text().splitlines()] if results.is_file() else []
    told |= {"results": len(lines), "failed": sum(line.get("finish") == "failed" for line in lines)}
    if code is None:
        told["why_not_finished"] = f"it was stopped after {limit:.0f} s, since the time was up"
    elif code not in (0, 3):
        told["why_not_finished"] = f"rsd-batch ended with code {code}: {_reason(log)}"
    return told


def _wait(runner: subprocess.Popen, limit: float) -> int | None:
    try:
        return runner.wait(limit)
    except subprocess.TimeoutExpired:
        return None


def _stop(runner: subprocess.Popen) -> None:
    """Lets it stop its engines: nobody ends them better."""
    if runner.poll() is None:
        runner.send_signal(signal.SIGTERM)
        try:
            runner.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            pass


def _reason(log: Path) -> str:
    lines = [line.strip() for line in log.read_text(errors="replace").splitlines() if line.strip()]
    errors = [line.partition("error: ")[2] for line in lines if line.startswith("rsd-batch: error: ")]
    return f"{(errors or lines[-1:] or ['it said nothing'])[0][:400]} ({log})"


# The journal

def records(folder: Path) -> list[dict]:
    """Lines that are whole: the last may be torn where a run was stopped."""
    found = []
    for file in sorted(folder.glob("*.jsonl")):
        for line in file.read_text(errors="replace").splitlines():
            try:
                record = json.loads(line)
            except ValueError:
                continue
            if isinstance(record, dict):
                found.append(record)
    return found


def _start(load: dict) -> dict:
    return {
        # A program that makes only cold starts does not say so.
        "engine": load["engine"], "kind": load.get("start", "cold"), "seconds": round(load["seconds"], 3),
        "phases": {phase: round(seconds, 3) for phase, seconds in load.get("phases", {}).items()},
    }


def summary(records: list[dict]) -> dict:
    """Starts, wakings, and where the time went."""
    loads = [record for record in records if record.get("kind") == "load"]
    phases = [record for record in records if record.get("kind") == "phase"]
    wakes = [record for record in records if record.get("kind") == "wake"]
    return {
        "starts": [_start(load) for load in loads],
        "wakes": [{"engine": wake["engine"], "seconds": round(wake["seconds"], 3)} for wake in wakes],
        "loading_seconds": round(sum(load["seconds"] for load in loads), 2),
        "waking_seconds": round(sum(wake["seconds"] for wake in wakes), 2),
        "working_seconds": round(sum(phase["seconds"] for phase in phases), 2),
        "swaps": sum(record.get("kind") == "swap" for record in records),
        "waves": max((phase["wave"] for phase in phases), default=0),
    }
