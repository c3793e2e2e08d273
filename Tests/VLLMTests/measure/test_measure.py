"""scripts/measure on a machine whose GPU, vLLM and rsd-batch are stubs; vLLM's Python runs it."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from contextlib import suppress
from pathlib import Path

HERE = Path(__file__).resolve().parent
MEASURE = HERE.parents[2] / "scripts" / "measure"
sys.path.insert(0, str(MEASURE))

import machine  # noqa: E402
from models import text_chain  # noqa: E402
from processes import descendants  # noqa: E402
from startlog import StartLog  # noqa: E402


class Machine:
    """Where one measurement runs."""

    def __init__(self, test: unittest.TestCase, fault: str = "") -> None:
        scratch = tempfile.TemporaryDirectory(prefix="rsd-measure-")
        test.addCleanup(scratch.cleanup)
        folder = Path(scratch.name)
        self.out, gpu = folder / "out", folder / "gpu"
        gpu.write_text("500")
        # An argument that no other process has.
        self.mark = f"987{os.getpid()}.{time.monotonic_ns()}"
        self.environment = os.environ | {
            "PATH": f"{HERE / 'stub/bin'}:{os.environ['PATH']}", "PYTHONPATH": str(HERE / "stub/site"), "STUB_GPU": str(gpu),
            "STUB_FAULT": fault, "STUB_MARK": self.mark,
        }
        self.environment.pop("CUDA_VISIBLE_DEVICES", None)

    def start(self, *arguments: str) -> subprocess.Popen:
        program = HERE / "stub/bin/rsd-batch"
        return subprocess.Popen(
            [sys.executable, "-B", MEASURE, "--models", "demo", "--program", program, "--out", self.out, *arguments],
            env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)

    def run(self, *arguments: str) -> tuple[int, dict]:
        process = self.start(*arguments)
        _, self.said = process.communicate(timeout=300)
        return process.returncode, self.told()

    def told(self) -> dict:
        return json.loads((self.out / "measurements.json").read_text())

    def left(self) -> list[str]:
        """Processes that outlived it."""
        found = []
        for entry in Path("/proc").iterdir():
            try:
                words = (entry / "cmdline").read_bytes().decode().split("\0") if entry.name.isdigit() else []
            except OSError:
                continue
            if self.mark in words or str(self.out) in " ".join(words):
                found.append(" ".join(words))
        return found


def holds(condition) -> bool:
    limit = time.monotonic() + 20
    while time.monotonic() < limit:
        if condition():
            return True
        time.sleep(0.02)
    return False


class OnAGPU(unittest.TestCase):
    def test_all(self):
        machine = Machine(self)
        code, told = machine.run("--problems", "7")
        self.assertEqual(code, 0, machine.said)
        self.assertEqual(told["missing"], [])
        self.assertTrue(told["finished"])
        self.assertEqual([step["step"] for step in told["steps"]], ["target", "swap", "share", "sleep", "draft", "prm"])
        self.assertEqual(told["machine"]["gpu"]["name"], "NVIDIA Stub")
        own = [start for start in told["starts"] if start["by"] == "vllm serve"]
        self.assertEqual([start["engine"] for start in own], ["target", "draft", "prm"])
        for start in own:
            self.assertEqual(list(start["phases"]), ["imports", "weights", "graphs", "ready"])
            self.assertAlmostEqual(sum(start["phases"].values()), start["seconds"], places=1)
            self.assertEqual((start["compilation_seconds"], start["graph_capture_seconds"]), (0.03, 3))
        forked = [start for start in told["starts"] if start["kind"] == "warm"]
        self.assertEqual(len(forked), 9)
        self.assertEqual(forked[0]["phases"], {"imports": 0.1, "weights": 2, "graphs": 3, "ready": 0.4})
        self.assertEqual([(nap["engine"], nap["level"]) for nap in told["sleep"]],
                         [(role, level) for role in ("target", "draft", "prm") for level in (1, 2)])
        for nap in told["sleep"]:
            self.assertEqual([nap[f"gpu_bytes_{when}"] >> 20 for when in ("before", "asleep", "awake")], [70500, 2000, 70500])
            self.assertTrue(nap["answers_as_before"])
        self.assertEqual([figure["in_flight"] for figure in told["throughput"]], [16, 64, 256, 1024] * 3)
        self.assertTrue(all(figure["tokens_per_second"] > 0 for figure in told["throughput"]))
        self.assertEqual([(job["residency"], job["results"]) for job in told["jobs"]], [("swap", 7), ("share", 7), ("sleep", 7)])
        table = (machine.out / "measurements.md").read_text()
        for words in ("NVIDIA Stub", "| target | 1 |", "| prm | warm |", "7 of 7"):
            self.assertIn(words, table)
        self.assertEqual(machine.left(), [])

    def test_what_fails_harms_nothing_else(self):
        for fault, told_of, only in (
            ("level=1", "sleep and waking of the draft, level 2", "draft"),
            ("level=2", "sleep and waking of the draft, level 2", "draft"),
            ("sleep mode", "sleep and waking of the draft", "draft"),
            ("completions", "tokens a second of the draft, 4 in flight and more", "draft"), ("start", "draft", "draft,share"),
            ("refuse", "the end of the job under share", "share,draft"),
        ):
            with self.subTest(fault):
                machine = Machine(self, fault)
                code, told = machine.run("--only", only, "--problems", "3")
                self.assertEqual(code, 0, machine.said)
                self.assertIn(told_of, [gap["what"] for gap in told["missing"]])
                self.assertTrue(told["finished"])
                self.assertTrue(told["starts"])
                self.assertEqual(bool(told["throughput"]), fault not in ("completions", "start"))
                self.assertEqual(bool(told["jobs"]), "share" in only)
                if fault == "refuse":
                    self.assertIn("code 2: the models do not fit (", told["missing"][0]["why"])
                self.assertEqual(machine.left(), [])

    def test_time_that_is_not_there(self):
        machine = Machine(self)
        code, told = machine.run("--minutes", "0.2")
        self.assertEqual((code, told["starts"]), (1, []))
        self.assertEqual(len(told["missing"]), 6)
        self.assertIn("give more --minutes", told["missing"][0]["why"])

    def test_signals_leave_no_process(self):
        for fault, step, sign in (("hang", "draft", "draft.log"), ("run", "swap", "swap/journal/events.jsonl")):
            for number in (signal.SIGTERM, signal.SIGINT):
                with self.subTest(fault, number=number):
                    machine = Machine(self, fault)
                    process = machine.start("--only", step)
                    holds(lambda: (machine.out / sign).exists() and self.is_marked(machine))
                    process.send_signal(number)
                    _, said = process.communicate(timeout=120)
                    self.assertEqual(process.returncode, 75, said)
                    self.assertFalse(machine.told()["finished"])
                    self.assertEqual(machine.left(), [])

    def test_nothing_it_started_outlives_its_death(self):
        for fault, step in (("hang", "draft"), ("run", "swap")):
            with self.subTest(fault):
                machine = Machine(self, fault)
                process = machine.start("--only", step)
                self.assertTrue(holds(lambda: self.is_marked(machine)))
                child, *others = descendants(process.pid)
                process.kill()
                process.communicate(timeout=120)
                try:
                    self.assertTrue(holds(lambda: not Path(f"/proc/{child}").exists()))
                finally:
                    for pid in [child, *others]:
                        with suppress(ProcessLookupError):
                            os.kill(pid, signal.SIGKILL)

    def is_marked(self, machine: Machine) -> bool:
        return any(machine.mark in words for words in machine.left())


class Reading(unittest.TestCase):
    def test_start_log_of_the_cpu_build(self):
        log = StartLog()
        log.line("(Worker pid=1) INFO 11-28 07:29:38 [cpu_model_runner.py:68] Starting to load model /m...", 10)
        log.line("(Worker pid=1) INFO 11-28 07:29:39 [default_loader.py:501] Loading weights took 0.26 seconds", 11)
        took = "init engine (profile, create kv cache, warmup model) took 0.32 s"
        log.line(f"(EngineCore pid=2) INFO 11-28 07:29:42 [core.py:402] {took}", 13)
        self.assertEqual(log.phases(13.5), {"imports": 10, "weights": 1, "graphs": 2, "ready": 0.5})

    def test_start_log_that_tells_little(self):
        self.assertEqual(StartLog().phases(9), {})
        log = StartLog()
        log.line("INFO [gpu_model_runner.py:5150] Model loading took 2.98 GiB memory and 4.000000 seconds", 10)
        self.assertEqual(log.phases(20), {"imports": 6, "weights": 4})

    def test_nvidia_smi(self):
        two = "0, GPU-a, NVIDIA H100, 81559, 1, 580.1\n1, GPU-b, NVIDIA GB10, [N/A], [N/A], 580.1\n"
        first, second = machine.parse_gpus(two)
        self.assertEqual((first.total, first.used), (81559 << 20, 1 << 20))
        self.assertEqual((second.name, second.total, second.used), ("NVIDIA GB10", None, None))
        self.assertRaises(machine.NoGPU, machine.parse_gpus, "No devices were found\n")
        self.assertRaises(machine.NoGPU, machine.chosen_gpu, {"CUDA_VISIBLE_DEVICES": "MIG-1"})

    def test_file_systems_in_memory(self):
        mounts = "/dev/vda / ext4 rw 0 0\ntmpfs /dev/shm tmpfs rw 0 0\ntmpfs /my\\040tmp tmpfs rw 0 0\nnas /my\\040tmp/nas nfs4 rw 0 0\n"
        for folder, is_in_memory in (("/home", False), ("/dev/shm/a/b", True), ("/my tmp/b", True), ("/my tmp/nas/b", False)):
            self.assertEqual(machine.is_in_memory(Path(folder), mounts), is_in_memory, folder)

    def test_texts_are_words_in_steps(self):
        from random import Random

        vocabulary = {"Ġpens": 0, "Ġare": 1, "Ġhere": 2, "Ġnow": 3, "ĊĊ": 4, "?": 5}
        chain = text_chain(vocabulary, 6, Random(1))
        for token, successors in chain.items():
            self.assertAlmostEqual(sum(successors.values()), 1)
            self.assertEqual(4 in successors, token < 4)


if __name__ == "__main__":
    unittest.main()
