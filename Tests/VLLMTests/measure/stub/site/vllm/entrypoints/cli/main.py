"""Stands in for `vllm serve` on a GPU: its log, its endpoints, and the memory that it takes. STUB_FAULT names what goes wrong."""

import json
import os
import signal
import subprocess
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlparse

FLAGS = sys.argv[2:]
FAULT = os.environ.get("STUB_FAULT", "")
ROLE = FLAGS[FLAGS.index("--served-model-name") + 1]
STARTING = [
    "(EngineCore pid=7) INFO 11-28 07:29:20 [core.py:133] Initializing a V1 LLM engine (v0.32.0) with config: …",
    "(EngineCore pid=7) INFO 11-28 07:29:38 [model_runner.py:391] Loading model from scratch...",
    "(EngineCore pid=7) INFO 11-28 07:29:39 [default_loader.py:501] Loading weights took 0.01 seconds",
    "(EngineCore pid=7) INFO 11-28 07:29:41 [model_runner.py:424] Model loading took 14.25 GiB memory and 0.020000 seconds",
    "(EngineCore pid=7) INFO 11-28 07:29:42 [model_runner.py:1127] Graph capturing finished in 3 secs, took 0.51 GiB",
    "(EngineCore pid=7) INFO 11-28 07:29:42 [core.py:395] init engine (profile, create kv cache, warmup model) took 0.04 s "
    "(compilation: 0.03 s)",
]
BASE, LOADED, CONTEXT = 500, 70000, 1500


class GPU:
    """The file that the stub of nvidia-smi reads, in MiB."""

    @staticmethod
    def use(mebibytes: int) -> None:
        Path(os.environ["STUB_GPU"]).write_text(str(BASE + mebibytes))


class State:
    asleep: set[str] = set()
    has_weights = True


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_) -> None:
        pass

    def answer(self, body: object, status: int = 200) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def do_GET(self) -> None:
        self.answer({"is_sleeping": bool(State.asleep)})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or "null")
        address = urlparse(self.path)
        query = {name: values[-1] for name, values in parse_qs(address.query).items()}
        if address.path.startswith("/v1/") and self.headers["Authorization"] != f"Bearer {os.environ['VLLM_API_KEY']}":
            return self.answer({"error": "Unauthorized"}, 401)
        if FAULT and FAULT in self.path:
            return self.answer({"error": {"message": "as asked for"}}, 500)
        getattr(self, "post_" + address.path.strip("/").replace("/", "_"))(query, body)

    def post_tokenize(self, _query, body) -> None:
        self.answer({"tokens": [ord(character) for character in body["prompt"]]})

    def post_v1_completions(self, _query, body) -> None:
        assert not State.asleep
        first = body["prompt"][0] if State.has_weights else 0
        ids = [first + place for place in range(body["max_tokens"])]
        self.answer({"choices": [{"token_ids": ids}], "usage": {"prompt_tokens": len(body["prompt"]), "completion_tokens": len(ids)}})

    def post_pooling(self, _query, body) -> None:
        rows = [[0.5] for _ in body["input"]]
        self.answer({"data": [{"data": rows}], "usage": {"prompt_tokens": len(rows), "total_tokens": len(rows)}})

    def post_sleep(self, query, _body) -> None:
        State.asleep = {"weights", "kv_cache"}
        State.has_weights = query["level"] == "1"
        GPU.use(CONTEXT)
        self.answer({"status": "sleeping"})

    def post_wake_up(self, query, _body) -> None:
        State.asleep -= {query["tags"]} if "tags" in query else {"weights", "kv_cache"}
        GPU.use(CONTEXT if State.asleep else LOADED)
        self.answer({"status": "sleeping" if State.asleep else "awake"})

    def post_collective_rpc(self, _query, body) -> None:
        assert body == {"method": "reload_weights"} and State.asleep == {"kv_cache"}
        State.has_weights = True
        self.answer({"results": [None]})

    def post_reset_prefix_cache(self, _query, _body) -> None:
        self.answer(None)


def end(*_) -> None:
    GPU.use(0)
    os._exit(0)


def main() -> None:
    if FAULT == "start" or (FAULT == "sleep mode" and "--enable-sleep-mode" in FLAGS):
        sys.exit("ValueError: as asked for")
    assert ("--enable-sleep-mode" in FLAGS) == (os.environ.get("VLLM_SERVER_DEV_MODE") == "1")
    assert os.environ["HF_HUB_OFFLINE"] == "1"
    # An engine core that outlives its server, in a session of its own.
    subprocess.Popen(["sleep", os.environ["STUB_MARK"]], start_new_session=True)
    for line in STARTING:
        print(line, flush=True)
        time.sleep(0.05)
    if FAULT == "hang":
        time.sleep(1000)
    GPU.use(LOADED)
    signal.signal(signal.SIGTERM, end)
    ThreadingHTTPServer.request_queue_size = 1024
    ThreadingHTTPServer(("127.0.0.1", int(FLAGS[FLAGS.index("--port") + 1])), Handler).serve_forever()


if __name__ == "__main__":
    main()
