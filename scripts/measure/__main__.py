import argparse
import os
import re
import resource
import shutil
import subprocess
import sys
import time
from datetime import datetime, timezone
from pathlib import Path

import machine
import models
import processes
from study import STEPS, Settings, Study

HERE = Path(__file__).resolve().parent
TOOL = "measure-gpu"


def main() -> int:
    begin = time.monotonic()
    arguments = parser().parse_args()
    processes.take_charge()
    try:
        return measure(arguments, begin + 60 * arguments.minutes)
    except processes.Interrupted as signal:
        say(f"Stopped by {signal}; what was measured before is kept")
        return 75
    finally:
        processes.end_all()


def measure(arguments: argparse.Namespace, end: float) -> int:
    version = machine.vllm_version()
    if version is None:
        return refuse(f"vLLM is not installed in the environment of {sys.executable}", 4)
    try:
        gpu = None if "cpu" in version else machine.chosen_gpu()
    except machine.NoGPU as reason:
        return refuse(f"vLLM {version} is a build for GPUs, and no GPU can be measured: {reason}. "
                      "scripts/setup-vllm --cpu makes an environment for processors", 4)
    if (program := find_program(arguments.program)) is None:
        return refuse("there is no rsd-batch here (`make demo` builds one); name it with --program", 4)
    name = arguments.models or ("demo" if gpu is None else "qwen2.5")
    try:
        store = Path(arguments.store or cache_folder() / "measured-models")
        paths = {role: getattr(arguments, role) for role in models.ROLES}
        if any(paths.values()):
            chosen = given_models(paths, arguments.profile)
        else:
            chosen = models.demo() if name == "demo" else models.made(name, store, say)
    except (OSError, ValueError) as problem:
        return refuse(str(problem), 2)
    folder = Path(arguments.out or f"runs/measure-{datetime.now():%Y%m%d-%H%M%S}").resolve()
    try:
        folder.mkdir(parents=True)
    except OSError as problem:
        return refuse(f"{folder} cannot be made: {problem.strerror}; name a new folder with --out", 2)
    problems = arguments.problems or (20 if gpu is None else 100)
    raise_file_limit()
    told = {
        "tool": TOOL, "date": datetime.now(timezone.utc).isoformat(timespec="seconds"), "minutes": arguments.minutes,
        "machine": machine.facts(gpu), "vllm": version, "program": program_version(program), "models": chosen.facts(),
        "starts": [], "sleep": [], "throughput": [], "jobs": [], "steps": [], "missing": [], "finished": False,
    }
    settings = Settings(program, chosen, gpu, version, arguments.only, problems, folder)
    study = Study(settings, told, end, say)
    say(f"{told['machine'].get('gpu', {}).get('name', 'the CPU build')}, vLLM {version}, models: {chosen.name}; into {folder}")
    try:
        study.run()
    finally:
        processes.end_all()
    print((folder / "measurements.md").read_text())
    say(f"{folder / 'measurements.json'}, {folder / 'measurements.md'}")
    return 0 if told["starts"] else 1


class Parser(argparse.ArgumentParser):
    def error(self, message: str):
        self.print_usage(sys.stderr)
        sys.exit(refuse(message, 64))


def parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog=TOOL, formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Measures what engines take on this machine: cold and warm starts by phase, sleep and waking with the\n"
                    "memory that stays in use, tokens a second by requests in flight, and one job under each residency.\n"
                    "With vLLM's CPU build it does the same in miniature.",
        epilog="Writes measurements.json and measurements.md as it goes. What cannot be measured here is named with the\n"
               "reason. Exit codes: 0 done; 1 nothing was measured; 2 wrong folder or models; 4 no vLLM, GPU or rsd-batch;\n"
               "64 wrong command line; 75 interrupted.")
    parser.add_argument("--minutes", type=minutes, default=10, metavar="M",
                        help="for all of it; what does not fit any more is left out (default 10)")
    parser.add_argument("--out", metavar="DIR", help="a new folder for what is written (default runs/measure-DATE-TIME)")
    parser.add_argument("--models", choices=["qwen2.5", "tiny", "demo"],
                        help="qwen2.5: a draft and a PRM of 1.5B and a target of 7B, of random weights, made here once (22 GB; the "
                             "default on a GPU); tiny: the same with small shapes; demo: the demo's (the default on the CPU build)")
    parser.add_argument("--store", metavar="DIR", help="where made models are kept (default ~/.cache/rsd-batch/measured-models)")
    for role in models.ROLES:
        parser.add_argument(f"--{role}", type=Path, metavar="DIR", help=f"the {role}'s checkpoint, instead; all three together")
    parser.add_argument("--profile", default="token-classification", metavar="NAME", help="of the PRM given, as in job specs")
    parser.add_argument("--only", type=steps, default=list(STEPS), metavar="LIST",
                        help=f"of {','.join(STEPS)}: engines alone, and jobs by residency (default all, in this order)")
    parser.add_argument("--problems", type=problem_count, metavar="N", help="of each job (default 100; 20 on the CPU build)")
    parser.add_argument("--program", metavar="PATH", help="rsd-batch (default: of the release or of .build/release, else on PATH)")
    return parser


def minutes(text: str) -> float:
    value = float(text)
    if not 0 < value <= 1440:
        raise ValueError
    return value


def problem_count(text: str) -> int:
    value = int(text)
    if not 0 < value <= 200:
        raise ValueError
    return value


problem_count.__name__ = "number of problems (1 to 200)"


def steps(text: str) -> list[str]:
    chosen = [step.strip() for step in text.split(",")]
    if unknown := [step for step in chosen if step not in STEPS]:
        raise argparse.ArgumentTypeError(f"{unknown[0] or 'nothing'} is none of {', '.join(STEPS)}")
    return [step for step in STEPS if step in chosen]


def given_models(paths: dict[str, Path | None], profile: str) -> models.Models:
    absent = [f"--{role}" for role, path in paths.items() if path is None]
    if absent:
        raise ValueError(f"the three models are given together, or none of them; there is no {absent[0]}")
    for role, path in paths.items():
        if not (path / "config.json").is_file():
            raise ValueError(f"--{role} {path}: there is no config.json in it")
    return models.given({role: path.resolve() for role, path in paths.items()}, profile)


def find_program(named: str | None) -> Path | None:
    root = HERE.parent.parent
    beside = [root / "bin/rsd-batch", root / ".build/release/rsd-batch"]
    for place in [named] if named else [*beside, shutil.which("rsd-batch")]:
        if place and Path(place).is_file() and os.access(place, os.X_OK):
            return Path(place).resolve()
    return None


def program_version(program: Path) -> str:
    done = subprocess.run([program, "--version"], capture_output=True, text=True)
    number = re.search(r"\d+\.\d+\S*", done.stdout)
    return f"rsd-batch {number[0]}" if number else "rsd-batch"


def cache_folder() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "rsd-batch"


def raise_file_limit() -> None:
    """A connection for each request in flight."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 8192 if hard == resource.RLIM_INFINITY else min(8192, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def refuse(message: str, code: int) -> int:
    say(f"{TOOL}: {message}")
    return code


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
