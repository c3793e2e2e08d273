"""Prints what is installed beside vLLM as one line of JSON after a mark. Imports neither vLLM nor torch."""

import importlib.metadata as metadata
import importlib.util
import json
import os
import platform
import re
import sys

PACKAGES = ["huggingface_hub", "math-verify", "datasets", "pyarrow", "transformers"]
PLUGIN_GROUPS = ["vllm.general_plugins", "vllm.platform_plugins"]


def version(name):
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def folder(module):
    try:
        found = importlib.util.find_spec(module)
    except (ImportError, ValueError):
        found = None
    places = list(found.submodule_search_locations or []) if found else []
    return places[0] if places else None


def changed(path):
    try:
        return os.stat(path).st_mtime_ns
    except OSError:
        return 0


def torch_build(path):
    """CUDA's and ROCm's versions in torch/version.py."""
    try:
        with open(os.path.join(path, "version.py"), encoding="utf-8") as file:
            text = file.read()
    except (OSError, TypeError):
        text = ""
    found = dict(re.findall(r"^(cuda|hip)\b[^=\n]*=\s*['\"]([^'\"]+)['\"]", text, re.MULTILINE))
    return {"cuda": found.get("cuda"), "hip": found.get("hip")}


def plugins():
    names = set()
    for group in PLUGIN_GROUPS:
        try:
            names.update(point.name for point in metadata.entry_points(group=group))
        except TypeError:
            names.update(point.name for point in metadata.entry_points().get(group, ()))
    return sorted(names)


vllm = folder("vllm")
site = os.path.dirname(vllm) if vllm else ""
release = version("vllm")
entry = f"vllm-{release}.dist-info"
facts = {
    "python": platform.python_version(), "executable": sys.executable, "machine": platform.machine(),
    "vllm": release, "folder": vllm, "torch": version("torch"), **torch_build(folder("torch")),
    "plugins": plugins(), "packages": {name: version(name) for name in PACKAGES},
    # Change whenever a package is installed, upgraded or removed.
    "state": [site, str(changed(site)), entry, str(changed(os.path.join(site, entry)))],
}
print("\nrsd-batch facts: " + json.dumps(facts), flush=True)
