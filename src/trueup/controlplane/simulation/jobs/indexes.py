"""Completion indexes: which are done, and how they are written (``0-2,4``)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from trueup.objects import Manifest

INDEX = "batch.kubernetes.io/job-completion-index"


def index_of(pod: Mapping[str, Any]) -> int | None:
    text = (pod["metadata"].get("annotations") or {}).get(INDEX, "")
    return int(text) if text.isdecimal() else None


def parsed(text: str) -> set[int]:
    found: set[int] = set()
    for part in filter(None, text.split(",")):
        first, _, last = part.partition("-")
        found.update(range(int(first), int(last or first) + 1))
    return found


def written(indexes: Iterable[int]) -> str:
    """Runs of three and more as a range, two as two numbers."""
    parts: list[str] = []
    for first, last in _runs(sorted(indexes)):
        between = "-" if last - first > 1 else ","
        parts.append(str(first) if first == last else f"{first}{between}{last}")
    return ",".join(parts)


def _runs(indexes: list[int]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for index in indexes:
        if runs and runs[-1][1] == index - 1:
            runs[-1] = (runs[-1][0], index)
        else:
            runs.append((index, index))
    return runs


def with_index(pod: Manifest, index: int) -> Manifest:
    """``pod`` for one index: in its annotations, labels, environment, host name and name."""
    metadata, spec = pod["metadata"], pod["spec"]
    name = metadata["generateName"].removesuffix("-")
    metadata["generateName"] = f"{name}-{index}-"
    metadata.setdefault("annotations", {})[INDEX] = str(index)
    metadata.setdefault("labels", {})[INDEX] = str(index)
    spec.setdefault("hostname", f"{name}-{index}")
    source = {"fieldRef": {"fieldPath": f"metadata.labels['{INDEX}']"}}
    for container in [*spec["containers"], *(spec.get("initContainers") or ())]:
        names = [variable["name"] for variable in container.get("env") or ()]
        if "JOB_COMPLETION_INDEX" not in names:
            variable = {"name": "JOB_COMPLETION_INDEX", "valueFrom": source}
            container.setdefault("env", []).append(variable)
    return pod
