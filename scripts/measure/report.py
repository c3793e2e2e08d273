"""The measurements as Markdown, to be put into docs/measurements.md."""

from statistics import median

from machine import GIB
from models import ROLES

PHASES = {"imports": "imports", "weights": "weights", "graphs": "compile and graphs", "ready": "ready"}


def markdown(told: dict) -> str:
    parts = [f"## {_device(told)} (`scripts/measure-gpu`)", _machine(told)]
    for title, table in (
        ("Starts, seconds (medians)", _starts(told)), ("Sleep and waking", _sleep(told)),
        ("Tokens a second by requests in flight", _throughput(told)), ("The same job under each residency", _jobs(told)),
    ):
        if table:
            parts += [f"**{title}**", table]
    if told["missing"]:
        parts.append("\n".join(["Missing:", "", *(f"- {gap['what']}: {gap['why']}" for gap in told["missing"])]))
    if not told["finished"]:
        parts.append("Not finished.")
    return "\n\n".join(parts) + "\n"


def _device(told: dict) -> str:
    gpu = told["machine"].get("gpu")
    return gpu["name"] if gpu else "The CPU build in miniature"


def _machine(told: dict) -> str:
    machine, models = told["machine"], told["models"]
    gpu = machine.get("gpu")
    words = []
    if gpu:
        size = f"{gpu['memory_bytes'] / GIB:.0f} GiB, " if gpu["memory_bytes"] else ""
        words.append(f"{gpu['name']} ({size}driver {gpu['driver']})")
    words += [f"{machine['cores']} cores of {machine['cpu']}", f"{machine['memory_bytes'] / GIB:.0f} GiB of memory",
              f"vLLM {told['vllm']}", f"PyTorch {machine['torch']}", told["program"], told["date"][:10]]
    sizes = ", ".join(f"{role} {models[role]['weight_bytes'] / 1e9:.3g} GB" for role in ROLES if role in models)
    return f"{', '.join(words)}. Models: {models['name']} ({sizes})." if sizes else ", ".join(words) + "."


def _starts(told: dict) -> str:
    groups: dict[tuple[str, str, str], list[dict]] = {}
    for start in told["starts"]:
        groups.setdefault((start["engine"], start["kind"], start["by"]), []).append(start)
    rows = []
    for (engine, kind, by), starts in sorted(groups.items(), key=lambda group: (ROLES.index(group[0][0]), group[0])):
        seconds = [f"{median(start['seconds'] for start in starts):.1f}"]
        for phase in PHASES:
            known = [start["phases"][phase] for start in starts if phase in start["phases"]]
            seconds.append(f"{median(known):.1f}" if known else "–")
        rows.append([engine, kind, by, str(len(starts)), *seconds])
    return table(["engine", "start", "by", "starts", "all", *PHASES.values()], rows)


def _sleep(told: dict) -> str:
    rows = [
        [nap["engine"], str(nap["level"]), f"{nap['sleep_seconds']:.2f}", f"{nap['wake_seconds']:.2f}",
         *(_gib(nap[key]) for key in ("gpu_bytes_before", "gpu_bytes_asleep", "gpu_bytes_awake")),
         "yes" if nap["answers_as_before"] else "no"]
        for nap in told["sleep"]
    ]
    return table(["engine", "level", "asleep after, s", "awake after, s", "GPU before, GiB", "asleep, GiB", "awake again, GiB",
                  "answers as before"], rows)


def _throughput(told: dict) -> str:
    figures = {(figure["engine"], figure["in_flight"]): figure for figure in told["throughput"]}
    levels = sorted({in_flight for _, in_flight in figures})
    rows = []
    for role in ROLES:
        own = [figures.get((role, level)) for level in levels]
        known = [figure for figure in own if figure]
        if known:
            written = known[0]["written_tokens"]
            what = f"writes {written} after {known[0]['prompt_tokens']}" if written else f"reads {known[0]['prompt_tokens']}"
            rows.append([f"{role} ({what})", *(f"{figure['tokens_per_second']:,.0f}" if figure else "–" for figure in own)])
    return table(["engine", *(str(level) for level in levels)], rows)


def _jobs(told: dict) -> str:
    rows = []
    for job in told["jobs"]:
        kinds = [start["kind"] for start in job["starts"]]
        starts = ", ".join(f"{kinds.count(kind)} {kind}" for kind in ("cold", "standby", "warm") if kind in kinds)
        rows.append([
            job["residency"], f"{job['seconds']:.1f}" if job["exit_code"] in (0, 3) else "not finished", starts or "0",
            f"{job['loading_seconds']:.1f}", str(len(job["wakes"])), f"{job['waking_seconds']:.1f}",
            f"{job['working_seconds']:.1f}", str(job["waves"]), f"{job['results']} of {job['problems']}"])
    return table(["residency", "whole run, s", "starts", "loading, s", "wakings", "waking, s", "working, s", "waves", "results"],
                 rows)


def _gib(size: int | None) -> str:
    return "–" if size is None else f"{size / GIB:.2f}"


def table(head: list[str], rows: list[list[str]]) -> str:
    """Empty where there is no row."""
    if not rows:
        return ""
    return "\n".join("| " + " | ".join(row) + " |" for row in [head, ["---"] * len(head), *rows])
