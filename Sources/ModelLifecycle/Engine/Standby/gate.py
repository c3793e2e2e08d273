"""Holds an engine once all is imported, before it looks at its device, until rsd-batch needs it.

The gate is a file that rsd-batch has locked. It lets go when the engine is needed, and has written "open" then; a lock that is gone
without that word means that rsd-batch is gone or needs nothing, and each process of the engine ends.
"""

import fcntl
import multiprocessing
import os
import sys
import threading
import time


def register():
    path = os.environ.get("RSD_BATCH_GATE")
    if not path:
        return
    from vllm.v1.worker import worker_base

    find = worker_base.resolve_obj_by_qualname
    if hasattr(find, "holds"):
        return

    def find_and_hold(name):
        # The class of a worker: what its module imports is imported by now, and making one looks at the memory.
        found = find(name)
        print("rsd-batch: all is imported; waiting until the engine is needed", file=sys.stderr, flush=True)
        wait(path)
        return found

    find_and_hold.holds = True
    worker_base.resolve_obj_by_qualname = find_and_hold
    # The server itself waits for its engine core, and heeds no signal meanwhile.
    if multiprocessing.parent_process() is None:
        threading.Thread(target=wait, args=(path,), daemon=True).start()


def wait(path):
    parent = os.getppid()
    with open(path, "rb", 0) as gate:
        while True:
            try:
                fcntl.flock(gate, fcntl.LOCK_SH | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if os.getppid() != parent:
                    os._exit(1)
                time.sleep(0.05)
        if gate.read() != b"open":
            os._exit(1)
