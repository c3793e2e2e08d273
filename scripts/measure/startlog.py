"""Where the time of a start goes, read from vLLM's log as it is written.

The phases are those that rsd-batch itself writes into its journal.
"""

import re

# As vLLM since 0.13 says it; its two model runners begin with different words, and the CPU build says less than that of GPUs.
BEGAN = re.compile(r"Starting to load model|Loading model from scratch")
READ = re.compile(r"Loading weights took")
LOADED = re.compile(r"Model loading took .*?([\d.]+) s")
WARMED_UP = re.compile(r"init engine \(.*?\) took ([\d.]+) s")
COMPILED = re.compile(r"init engine \(.*\) took .*compilation: ([\d.]+) s")
CAPTURED = re.compile(r"Graph capturing finished in ([\d.]+) secs")


class StartLog:
    """Is given each line with the moment it came. Moments are seconds since the process was spawned."""

    def __init__(self) -> None:
        self._began: float | None = None
        self._loaded: float | None = None
        self._warmed_up: float | None = None
        self.compilation: float | None = None
        """Seconds of torch.compile within `graphs`, as vLLM says."""
        self.capture: float | None = None
        """Seconds of capturing CUDA graphs within `graphs`, as vLLM says."""

    def line(self, text: str, moment: float) -> None:
        if self._began is None and BEGAN.search(text):
            self._began = moment
        if self._warmed_up is None:
            if found := LOADED.search(text):
                self._loaded = moment
                if self._began is None:
                    self._began = max(0.0, moment - float(found[1]))
            elif READ.search(text):
                self._loaded = moment
            elif WARMED_UP.search(text):
                self._warmed_up = moment
        if found := COMPILED.search(text):
            self.compilation = float(found[1])
        if found := CAPTURED.search(text):
            self.capture = float(found[1])

    def phases(self, ready: float) -> dict[str, float]:
        """Seconds by phase; one whose begin or end the log does not show is left out."""
        phases: dict[str, float] = {}
        begin: float | None = 0.0
        ends = {"imports": self._began, "weights": self._loaded, "graphs": self._warmed_up, "ready": ready}
        for phase, end in ends.items():
            if begin is not None and end is not None:
                phases[phase] = round(end - begin, 3)
            begin = end
        return phases
