"""Forks vLLM servers from one process that has imported vLLM: a fork imports nothing, and is ready in a second.

Usage: fork_server.py MODEL_FOLDER..., with a socket as standard input and output. JSON lines go over it:

  in   {"fork": {"id", "arguments", "environment", "path", "log", "directory"}}
  out  {"ready": {"version", "seconds"}} or {"refused": REASON}, once
       {"forked": {"id", "pid"}} or {"failed": {"id", "reason"}}, for each fork that was asked for
       {"ended": {"pid", "code"}} or {"ended": {"pid", "signal"}}, for each fork that ended

A fork has a session, a log, an environment and an engine tag of its own and runs vLLM's own command line. This process
touches no device and has one thread: anything else would not survive a fork, and is refused. It ends when the socket is
closed, and its forks are then told by the kernel to end.
"""

import atexit
import contextlib
import ctypes
import gc
import importlib
import json
import os
import selectors
import signal
import sys
import threading
import time

# The engine's tag, and the run directory that it belongs to.
MARKS = ["RSD_BATCH_ENGINE_TAG", "RSD_BATCH_ENGINE_HOME"]
# What a server imports in its three processes. Of these, the first two must be there; the others come and go with versions.
NEEDED = ["vllm.entrypoints.cli.main", "vllm.entrypoints.openai.api_server"]
USEFUL = [
    "vllm.entrypoints.cli.serve",
    "vllm.v1.engine.core",
    "vllm.v1.engine.async_llm",
    "vllm.v1.executor.multiproc_executor",
    "vllm.v1.executor.uniproc_executor",
    "transformers",
]
USEFUL_ON = {
    "cpu": ["vllm.v1.worker.cpu_worker", "vllm.v1.worker.cpu_model_runner"],
    "cuda": ["vllm.v1.worker.gpu_worker", "vllm.v1.worker.gpu_model_runner"],
}
# OpenBLAS, which comes with NumPy, starts its threads when it is loaded unless it is to have only one.
SINGLE_THREADED = {name: "1" for name in ["OPENBLAS_NUM_THREADS"] if name not in os.environ}
libc = ctypes.CDLL(None, use_errno=True)
libc.getenv.restype = ctypes.c_void_p
# In the memory that /proc/PID/environ shows, and by which rsd-batch finds its engines; libraries may move their copy of it.
mark_places = {name: libc.getenv(name.encode()) for name in MARKS}


class Refused(Exception):
    """This process is none to fork engines from."""


# --- What is imported ---------------------------------------------------------------------------------------------


def import_all(model_folders):
    for name in NEEDED:
        try:
            importlib.import_module(name)
        except Exception as error:
            raise Refused(f"{name} could not be imported: {type(error).__name__}: {error}") from error
    for name in USEFUL + USEFUL_ON.get(device(), []):
        try_to_import(name)
    for folder in model_folders:
        for architecture in architectures(folder):
            import_model(architecture)


def try_to_import(name):
    try:
        importlib.import_module(name)
    except Exception as error:
        print(f"{name} is not imported ahead: {type(error).__name__}: {error}", flush=True)


def device():
    from vllm.platforms import current_platform

    return current_platform.device_type


def architectures(folder):
    try:
        with open(os.path.join(folder, "config.json"), encoding="utf-8") as file:
            found = json.load(file).get("architectures")
    except (OSError, ValueError, AttributeError):
        return []
    return [name for name in found or [] if isinstance(name, str)]


def import_model(architecture):
    try:
        from vllm.model_executor.models.registry import ModelRegistry

        models = ModelRegistry.models
        # vLLM makes classifiers of the language models that they were trained from.
        language_model = architecture.partition("For")[0] + "ForCausalLM"
        models[architecture if architecture in models else language_model].load_model_cls()
    except Exception as error:
        print(f"{architecture} is not imported ahead: {type(error).__name__}: {error}", flush=True)


# --- Whether it may fork ------------------------------------------------------------------------------------------


def check_fork_is_safe():
    import torch

    threads = [thread.name for thread in threading.enumerate()]
    if len(threads) > 1:
        raise Refused(f"Python runs {len(threads)} threads after its imports ({', '.join(threads)}), and a fork keeps one")
    if torch.cuda.is_initialized():
        raise Refused("an import has initialised CUDA, which no fork can use")
    # NVML has files of the driver open too, but not this one.
    if any(target.startswith("/dev/nvidia-uvm") for target in open_files()):
        raise Refused("an import has opened the GPU, which no fork can use")
    tasks = [task_name(task) for task in os.listdir("/proc/self/task")]
    if len(tasks) > 1:
        raise Refused(f"a library runs threads after its import ({', '.join(tasks)}), and a fork keeps one")


def task_name(task):
    try:
        with open(f"/proc/self/task/{task}/comm", encoding="utf-8") as file:
            return file.read().strip()
    except OSError:
        return "?"


def open_files():
    for descriptor in os.listdir("/proc/self/fd"):
        try:
            yield os.readlink(f"/proc/self/fd/{descriptor}")
        except OSError:
            pass


def let_vllm_fork():
    """vLLM's command line starts its engine core and workers with `spawn`, which would import everything again."""
    os.environ.setdefault("VLLM_WORKER_MULTIPROC_METHOD", "fork")
    if device() != "cpu" or os.environ["VLLM_WORKER_MULTIPROC_METHOD"] != "fork":
        return
    # Its CPU platform sets the variable back.
    import multiprocessing

    def get_mp_context():
        return multiprocessing.get_context("fork")

    for module in list(sys.modules.values()):
        own = getattr(module, "__dict__", {}).get("get_mp_context")
        if getattr(own, "__module__", "").startswith("vllm."):
            module.get_mp_context = get_mp_context


# --- Forking ------------------------------------------------------------------------------------------------------


class Server:
    def __init__(self, channel):
        self.channel = channel
        self.forks = set()
        self.pending = b""
        # Written to by Python when a child ends. A pidfd would do, but the Pythons that uv installs have no `pidfd_open`, nor
        # have kernels before 5.3.
        self.ends, self.bell = os.pipe()
        os.set_blocking(self.bell, False)
        self.selector = selectors.DefaultSelector()
        self.selector.register(channel, selectors.EVENT_READ, self.read)
        self.selector.register(self.ends, selectors.EVENT_READ, self.reap)

    def say(self, message):
        line = json.dumps(message).encode() + b"\n"
        while line:
            line = line[os.write(self.channel, line) :]

    def serve(self):
        """Returns a request in the process that is to become its engine; this process itself never returns."""
        signal.set_wakeup_fd(self.bell)
        # The bell rings for signals only that Python handles.
        signal.signal(signal.SIGCHLD, lambda *_: None)
        while True:
            for key, _ in self.selector.select():
                request = key.data(key.fd)
                if request is not None:
                    return request

    def read(self, _):
        part = os.read(self.channel, 65536)
        if not part:
            os._exit(0)
        *lines, self.pending = (self.pending + part).split(b"\n")
        for line in lines:
            request = json.loads(line)["fork"]
            if self.fork(request) == 0:
                return request
        return None

    def fork(self, request):
        reading, writing = os.pipe()
        parent = os.getpid()
        try:
            pid = os.fork()
        except OSError as error:
            os.close(reading), os.close(writing)
            self.say({"failed": {"id": request["id"], "reason": f"fork: {error.strerror}"}})
            return None
        if pid == 0:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            self.selector.close()
            for descriptor in (reading, self.channel, self.ends, self.bell):
                os.close(descriptor)
            become_own_process(request, parent, writing)
            return 0
        os.close(writing)
        with os.fdopen(reading, "rb") as answer:
            said = answer.read().decode(errors="replace")
        if said == "ready":
            self.forks.add(pid)
            self.say({"forked": {"id": request["id"], "pid": pid}})
        else:
            os.waitpid(pid, 0)
            self.say({"failed": {"id": request["id"], "reason": said or "the fork ended at once"}})
        return pid

    def reap(self, _):
        os.read(self.ends, 4096)
        for pid in list(self.forks):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                self.forks.remove(pid)
                code = os.waitstatus_to_exitcode(status)
                self.say({"ended": {"pid": pid, **({"code": code} if code >= 0 else {"signal": -code})}})


def become_own_process(request, parent, answer):
    """Makes of a fork what a process of its own would be; says so before it goes on."""
    try:
        os.setsid()
        die_with_parent(parent)
        log = os.open(request["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o644)
        os.dup2(log, 1), os.dup2(log, 2)
        os.close(log)
        if request.get("directory"):
            os.chdir(request["directory"])
        set_environment(request["environment"])
        sys.path[:0] = request["path"]
        importlib.invalidate_caches()
        sys.argv = ["vllm", *request["arguments"]]
    except BaseException as error:
        os.write(answer, f"{type(error).__name__}: {error}".encode())
        os._exit(1)
    os.write(answer, b"ready")
    os.close(answer)


def die_with_parent(parent):
    set_parent_death_signal = 1
    if libc.prctl(set_parent_death_signal, signal.SIGTERM, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl")
    if os.getppid() != parent:
        os._exit(1)


def set_environment(environment):
    import tempfile

    for name in MARKS:
        replace_mark(name, environment[name])
    for name in SINGLE_THREADED:
        del os.environ[name]
    os.environ.update(environment)
    # It remembers the folder of the variable that has just changed.
    tempfile.tempdir = None


def replace_mark(name, value):
    place = mark_places[name]
    if not place or len(os.environ[name]) != len(value):
        raise ValueError(f"{name} cannot be replaced")
    ctypes.memmove(place, value.encode(), len(value))
    with open("/proc/self/environ", "rb") as file:
        if f"{name}={value}".encode() not in file.read().split(b"\0"):
            raise ValueError(f"{name} was not replaced")


def set_title(title):
    try:
        from setproctitle import setproctitle

        setproctitle(title)
    except ImportError:
        pass


def run_vllm():
    # As after `python -m`: multiprocessing's `spawn` looks here for what to import.
    set_title(" ".join(sys.argv))
    main = sys.modules["vllm.entrypoints.cli.main"]
    sys.modules["__main__"] = main
    try:
        code = main.main()
    except SystemExit as end:
        code = end.code
    if code is None or isinstance(code, int):
        leave(code or 0)
    sys.exit(code)


def leave(code):
    """Ends as multiprocessing's forks do. Python would take every module down, and copy the memory that forks share for it."""
    threading._shutdown()
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):
            stream.flush()
    os._exit(code & 0xFF)


def open_channel():
    """The socket, out of the way of whatever prints."""
    channel = os.dup(0)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    os.dup2(2, 1)
    # What was printed before, as by a sitecustomize, is no part of the first message.
    os.write(channel, b"\n")
    return channel


def main():
    begin = time.monotonic()
    server = Server(open_channel())
    os.environ.update(SINGLE_THREADED)
    try:
        import_all(sys.argv[1:])
        check_fork_is_safe()
        let_vllm_fork()
    except Refused as refused:
        server.say({"refused": str(refused)})
        return
    import vllm

    set_title("rsd-batch fork server")
    gc.collect()
    # Objects that no collection touches stay in memory that all forks share.
    gc.freeze()
    server.say({"ready": {"version": vllm.__version__, "seconds": round(time.monotonic() - begin, 3)}})
    server.serve()
    run_vllm()


if __name__ == "__main__":
    main()
