"""Numbers about this process, in the text format that Prometheus reads.

The format is https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format.
"""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from trueup import __version__

CONTENT_TYPE = "text/plain; version=0.0.4"
_STARTED = time.time()
_ESCAPES = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n"})


@dataclass(frozen=True, slots=True)
class Sample:
    """One number and what tells it from others of its metric."""

    value: float
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Metric:
    """One name with its samples."""

    name: str
    help: str
    samples: tuple[Sample, ...]
    type: Literal["gauge", "counter"] = "gauge"

    @classmethod
    def of(cls, name: str, help: str, value: float) -> Metric:  # noqa: A002 - the format's word
        """A gauge of one number."""
        return cls(name, help, (Sample(value),))


def text_of(metrics: Iterable[Metric]) -> str:
    """The page that a scraper gets; what several parts tell under one name stands together."""
    lines: list[str] = []
    for metric in _merged(metrics):
        lines += [f"# HELP {metric.name} {metric.help}", f"# TYPE {metric.name} {metric.type}"]
        lines += [f"{metric.name}{_labels(s.labels)} {s.value:.17g}" for s in metric.samples]
    return "\n".join([*lines, ""])


def _merged(metrics: Iterable[Metric]) -> list[Metric]:
    by_name: dict[str, Metric] = {}
    for metric in metrics:
        before = by_name.get(metric.name)
        samples = (*before.samples, *metric.samples) if before else metric.samples
        by_name[metric.name] = replace(metric, samples=samples)
    return list(by_name.values())


def process_metrics() -> list[Metric]:
    """What every process tells, under the names that the field uses."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    cpu = Metric(
        "process_cpu_seconds_total",
        "CPU time used, in seconds.",
        (Sample(usage.ru_utime + usage.ru_stime),),
        "counter",
    )
    version = Sample(1, {"version": __version__})
    return [
        Metric("trueup_build_info", "The version that runs.", (version,)),
        cpu,
        Metric.of("process_start_time_seconds", "When the process started.", _STARTED),
        *_from_proc(),
    ]


def _from_proc() -> list[Metric]:
    """What only Linux tells."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        files = sum(1 for _ in Path("/proc/self/fd").iterdir())
    except (OSError, ValueError, IndexError):
        return []
    memory = float(pages * os.sysconf("SC_PAGE_SIZE"))
    return [
        Metric.of("process_resident_memory_bytes", "Memory in use, in bytes.", memory),
        Metric.of("process_open_fds", "Open file descriptors.", files),
    ]


def _labels(labels: Mapping[str, str]) -> str:
    pairs = ",".join(f'{name}="{value.translate(_ESCAPES)}"' for name, value in labels.items())
    return f"{{{pairs}}}" if pairs else ""
