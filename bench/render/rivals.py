"""kustomize's own library and its binary on the same input."""

from __future__ import annotations

import json
import resource
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_TOOLS = Path(__file__).parents[2] / "testenv" / "tools.sh"


@dataclass(frozen=True)
class Taken:
    """What ``builds`` builds took: seconds of the clock and of the processor, and bytes made."""

    builds: int
    bytes: int
    seconds: float
    cpu: float

    @property
    def cpu_ms(self) -> float:
        """Milliseconds of the processor for one build."""
        return self.cpu / self.builds * 1000

    @property
    def wall_ms(self) -> float:
        return self.seconds / self.builds * 1000


def program(name: str) -> Path:
    """The tool ``name``, built if it is not there."""
    built = subprocess.run([_TOOLS, name], stdout=subprocess.PIPE, text=True, check=True)
    return Path(built.stdout.split(maxsplit=2)[2].strip())


def by_library(krusty: Path, folders: Sequence[Path], rounds: int = 1) -> Taken:
    """All of ``folders`` in one process, after a first build that does not count."""
    paths = "\n".join(map(str, folders))
    run = subprocess.run(
        [krusty, "--rounds", str(rounds)],
        input=paths,
        capture_output=True,
        text=True,
        check=True,
    )
    return Taken(**json.loads(run.stdout))


def by_binary(kustomize: Path, folders: Sequence[Path]) -> Taken:
    """A process for each of ``folders``."""
    before, began, size = _cpu_of_children(), time.perf_counter(), 0
    for folder in folders:
        run = subprocess.run([kustomize, "build", folder], capture_output=True, check=True)
        size += len(run.stdout)
    seconds = time.perf_counter() - began
    return Taken(len(folders), size, seconds, _cpu_of_children() - before)


def _cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
