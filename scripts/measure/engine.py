"""One `vllm serve`, started with the flags that rsd-batch gives it."""

import http.client
import json
import os
import re
import secrets
import shutil
import socket
import sys
import tempfile
import time
from pathlib import Path

import processes
from startlog import StartLog

# Further flags of a PRM, by profile. Others need what only rsd-batch brings along.
SCORING = {"token-classification": [], "qwen-prm": ["--pooler-config", '{"pooling_type": "ALL"}']}
CPU_FLAGS = ["--dtype", "float32", "--enforce-eager", "--kv-cache-memory-bytes", "268435456"]


class EngineFailure(Exception):
    pass


class Engine:
    """Up for as long as a `with` lasts; its process never outlives it."""

    def __init__(self, role: str, model: Path, profile: str, version: str, is_cpu: bool, sleeps: bool, log: Path) -> None:
        self.role, self.log, self.sleeps = role, log, sleeps
        self._model, self._profile, self._version, self._is_cpu = model, profile, version, is_cpu
        self._key = secrets.token_hex(16)
        self._process = None
        self.port = 0
        self.start: dict = {}

    def __enter__(self) -> "Engine":
        # vLLM makes sockets there, whose paths must be short.
        named = tempfile.gettempdir()
        self._room = tempfile.mkdtemp(prefix="rsd-", dir=named if len(named) <= 32 else "/tmp")
        return self

    def __exit__(self, *_) -> None:
        if self._process:
            processes.end_group(self._process)
        shutil.rmtree(self._room, ignore_errors=True)

    # Starting

    def bring_up(self, limit: float) -> None:
        """Starts the process and waits until it answers, at most so many seconds. Raises EngineFailure."""
        self.port = free_port()
        command = [sys.executable, "-m", "vllm.entrypoints.cli.main", "serve", str(self._model), *self._flags()]
        log = StartLog()
        begin = time.monotonic()
        self._process = processes.spawn(command, self.log, self._environment())
        with open(self.log, "rb") as lines:
            rest = b""
            while True:
                exited = self._process.poll() is not None
                is_ready = not exited and self._is_healthy()
                moment = time.monotonic() - begin
                rest += lines.read()
                *whole, rest = rest.split(b"\n")
                for line in whole:
                    log.line(line.decode(errors="replace"), moment)
                if is_ready:
                    break
                if exited:
                    raise EngineFailure(f"vllm serve ended before it was ready: {last_words(self.log)}")
                if moment > limit:
                    raise EngineFailure(f"vllm serve was not ready after {limit:.0f} s: {last_words(self.log)}")
                time.sleep(0.02)
        self.start = {"seconds": round(moment, 3), "phases": log.phases(moment)}
        if log.compilation is not None:
            self.start["compilation_seconds"] = log.compilation
        if log.capture is not None:
            self.start["graph_capture_seconds"] = log.capture

    def _flags(self) -> list[str]:
        flags = ["--host", "127.0.0.1", "--port", str(self.port), "--served-model-name", self.role, "--seed", "0",
                 "--generation-config", "vllm", "--uvicorn-log-level", "warning"]
        if self.role == "prm":
            flags += ["--runner", "pooling", *SCORING[self._profile], "--no-enable-prefix-caching"]
        else:
            flags += ["--runner", "generate"]
        flags += CPU_FLAGS if self._is_cpu else ["--gpu-memory-utilization", "0.90"]
        return flags + (["--enable-sleep-mode"] if self.sleeps else [])

    def _environment(self) -> dict[str, str]:
        cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "rsd-batch"
        ours = {
            "HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "VLLM_NO_USAGE_STATS": "1", "DO_NOT_TRACK": "1",
            "TORCHINDUCTOR_CACHE_DIR": str(cache / "inductor"), "CUDA_DEVICE_ORDER": "PCI_BUS_ID",
        }
        if self._is_cpu:
            release = tuple(int(part) for part in re.findall(r"\d+", self._version)[:3])
            # What differs between versions, as in rsd-batch's VLLMHistory.
            broken = (0, 20, 0) <= release < (0, 21, 0)
            cores = ",".join(str(core) for core in sorted(os.sched_getaffinity(0)))
            ours["VLLM_CPU_OMP_THREADS_BIND"] = cores if broken else "nobind"
            if release < (0, 20, 0):
                ours["VLLM_CPU_KVCACHE_SPACE"] = "1"
        environment = ours | os.environ | {"TMPDIR": self._room, "VLLM_API_KEY": self._key}
        return environment | ({"VLLM_SERVER_DEV_MODE": "1"} if self.sleeps else {})

    def _is_healthy(self) -> bool:
        try:
            self.call("GET", "/health", limit=10)
            return True
        except (OSError, http.client.HTTPException, EngineFailure):
            return False

    # Asking

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._key}", "Content-Type": "application/json"}

    def call(self, method: str, path: str, body: object = None, limit: float = 120) -> bytes:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=limit)
        try:
            connection.request(method, path, None if body is None else json.dumps(body), self.headers)
            answer = connection.getresponse()
            content = answer.read()
        finally:
            connection.close()
        if answer.status != 200:
            raise EngineFailure(f"{path} answered {answer.status}: {content[:200].decode(errors='replace')}")
        return content

    def tokenize(self, text: str) -> list[int]:
        body = {"model": self.role, "prompt": text, "add_special_tokens": False}
        return json.loads(self.call("POST", "/tokenize", body))["tokens"]

    def check_alive(self) -> None:
        if self._process.poll() is not None:
            raise EngineFailure(f"vllm serve ended: {last_words(self.log)}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def last_words(log: Path) -> str:
    """The last line that looks like an error, or the last at all, and where the others are."""
    lines = [line.strip() for line in log.read_text(errors="replace").splitlines() if line.strip()]
    errors = [line for line in lines if re.search(r"\b\w*(Error|Exception)\b: ", line) and "See root cause" not in line]
    return f"{(errors or lines or ['it said nothing'])[-1][-300:]} ({log})"
