"""What this machine is, and how much of its GPU's memory is in use."""

import importlib.metadata
import os
import platform
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

GIB = 1 << 30
MIB = 1 << 20
FIELDS = ["index", "uuid", "name", "memory.total", "memory.used", "driver_version"]


@dataclass
class GPU:
    index: str
    uuid: str
    name: str
    total: int | None
    """Bytes; None where it is shared with the processor, or cut into slices."""
    used: int | None
    driver: str


class NoGPU(Exception):
    """Why no GPU can be used or looked at."""


def chosen_gpu(environment=os.environ) -> GPU:
    """The GPU that engines will take: the first of those that are visible, in the order of PCI addresses."""
    visible = environment.get("CUDA_VISIBLE_DEVICES")
    first = "0" if visible is None else visible.split(",")[0].strip()
    if not re.fullmatch(r"\d+|GPU-[0-9a-fA-F-]+", first):
        raise NoGPU(f"CUDA_VISIBLE_DEVICES={visible} names no whole GPU")
    for gpu in parse_gpus(nvidia_smi(FIELDS)):
        if gpu.index == first or gpu.uuid.startswith(first):
            return gpu
    raise NoGPU(f"nvidia-smi lists no GPU {first}")


def parse_gpus(text: str) -> list[GPU]:
    """What nvidia-smi says of the fields above, a GPU a line; its sizes are in MiB."""
    gpus = []
    for line in text.splitlines():
        values = [value.strip() for value in line.split(",")]
        if len(values) != len(FIELDS):
            raise NoGPU(f"nvidia-smi answered something that is not understood: {line}")
        index, uuid, name, total, used, driver = values
        gpus.append(GPU(index, uuid, name, _mebibytes(total), _mebibytes(used), driver))
    return gpus


def _mebibytes(text: str) -> int | None:
    return int(text) * MIB if text.isdigit() else None


def memory_used(gpu: GPU) -> int | None:
    """Bytes in use on the GPU by anybody; None where it cannot be told."""
    try:
        return _mebibytes(nvidia_smi(["memory.used"], f"--id={gpu.uuid}").strip())
    except NoGPU:
        return None


def nvidia_smi(fields: list[str], *more: str) -> str:
    command = ["nvidia-smi", f"--query-gpu={','.join(fields)}", "--format=csv,noheader,nounits", *more]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=30)
    except FileNotFoundError:
        raise NoGPU("there is no nvidia-smi here") from None
    except subprocess.TimeoutExpired:
        raise NoGPU("nvidia-smi did not answer for 30 s") from None
    if done.returncode != 0:
        raise NoGPU("nvidia-smi says: " + ((done.stdout + done.stderr).strip().splitlines() or ["nothing"])[-1])
    return done.stdout


def room(folder: Path) -> int:
    """Bytes that files may take there: what is free, and of a file system in memory no more than a quarter of what is available."""
    free = shutil.disk_usage(folder).free
    return min(free, available_memory() // 4) if is_in_memory(folder, Path("/proc/mounts").read_text()) else free


def is_in_memory(folder: Path, mounts: str) -> bool:
    """mounts: as /proc/mounts has them, where the last of several at one place counts."""
    kinds = {}
    for line in mounts.splitlines():
        _, place, kind, *_ = line.split()
        kinds[Path(place.replace("\\040", " "))] = kind
    folder = folder.resolve()
    return next((kinds[place] for place in [folder, *folder.parents] if place in kinds), "") in ("tmpfs", "ramfs")


def available_memory() -> int:
    found = re.search(r"^MemAvailable: +(\d+) kB", Path("/proc/meminfo").read_text(), re.MULTILINE)
    return int(found[1]) * 1024 if found else 0


def vllm_version() -> str | None:
    try:
        return importlib.metadata.version("vllm")
    except importlib.metadata.PackageNotFoundError:
        return None


def package_version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def facts(gpu: GPU | None) -> dict:
    told: dict = {
        "host": platform.node(), "system": platform.platform(), "cpu": _cpu_name(),
        "cores": len(os.sched_getaffinity(0)), "memory_bytes": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
        "python": platform.python_version(), "torch": package_version("torch"), "transformers": package_version("transformers"),
    }
    if gpu:
        told["gpu"] = {"name": gpu.name, "memory_bytes": gpu.total, "driver": gpu.driver, "used_before_bytes": gpu.used}
    return told


def _cpu_name() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()
