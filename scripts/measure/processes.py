"""Processes that end with this one, whatever ends it."""

import ctypes
import os
import signal
import subprocess
import time
from pathlib import Path

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
libc = ctypes.CDLL(None)


class Interrupted(KeyboardInterrupt):
    """A signal asked for the end."""


def take_charge() -> None:
    """Makes signals an exception, and orphans of what is started here this process's own children."""
    libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, _interrupt)


def _interrupt(number, _frame) -> None:
    # The first is enough: cleaning up has limits of its own.
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, signal.SIG_IGN)
    raise Interrupted(signal.Signals(number).name)


def spawn(command: list[str], log: Path, environment: dict[str, str]) -> subprocess.Popen:
    """Starts a program in a session of its own; both its outputs go into the log."""
    with open(log, "wb") as output:
        return subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, env=environment,
            start_new_session=True, preexec_fn=_tie_to_parent)


def _tie_to_parent() -> None:
    # This process may be killed, and an engine would hold the GPU for ever.
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    # Ignored signals would stay ignored in the new program.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


def end_group(process: subprocess.Popen) -> None:
    """Lets a program and what it has started end well, for a while, and then ends them."""
    try:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(5)
    except (ProcessLookupError, subprocess.TimeoutExpired):
        pass
    end_all()


def end_all(seconds: float = 20) -> None:
    """Ends everything that was started here, with what that has started, and waits until it is gone."""
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        alive = descendants(os.getpid())
        for pid in alive:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        _reap()
        if not alive:
            return
        time.sleep(0.02)


def _reap() -> None:
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def descendants(root: int) -> list[int]:
    """Living processes below one, by /proc."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            # The name may hold spaces and parentheses; state and parent follow the last of these.
            state, parent = (entry / "stat").read_text().rpartition(")")[2].split()[:2]
        except OSError:
            continue
        if state != "Z":
            children.setdefault(int(parent), []).append(int(entry.name))
    found, open_ = [], [root]
    while open_:
        below = children.get(open_.pop(), [])
        found += below
        open_ += below
    return found
