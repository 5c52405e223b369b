"""Figures as a table for people and as JSON for programs."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from typing import Any

from bench.measures import Baseline, Commit, Idle, Live, objects_of, quantile
from bench.workload import Workload
from trueup import __version__


def results(
    workload: Workload,
    alone: Baseline,
    live: Live,
    memory: int,
    drifts: Sequence[float],
    idle: Idle,
    commit: Commit,
) -> dict[str, Any]:
    """All figures of a run. ``memory``: bytes that bringing all live took."""
    count, objects = len(workload.names), objects_of(workload)
    p50, p99 = quantile(drifts, 0.5), quantile(drifts, 0.99)
    return {
        "trueup": __version__,
        "python": platform.python_version(),
        "deliveries": count,
        "objects": objects,
        "baseline": {
            "applies_per_second": round(alone.applies_per_second, 1),
            "patch_ms": round(alone.patch * 1000, 3),
        },
        "live": {
            "seconds": round(live.seconds, 3),
            "cpu_ms_per_delivery": round(live.cpu / count * 1000, 2),
            "deliveries_per_second": round(count / live.seconds, 2),
            "objects_per_second": round(objects / live.seconds, 1),
            "share_of_bare_applies": round(objects / live.seconds / alone.applies_per_second, 4),
        },
        "memory": {
            "bytes": memory,
            "kb_per_object": round(memory / objects / 1000, 2),
        },
        "drift": {
            "count": len(drifts),
            "p50_ms": round(p50 * 1000, 2),
            "p99_ms": round(p99 * 1000, 2),
            "p50_in_patches": round(p50 / alone.patch, 1),
        },
        "idle": {
            "seconds": round(idle.seconds, 1),
            "cpu_percent": round(100 * idle.cpu / idle.seconds, 2),
            "api_calls": idle.calls.total(),
            "by_method": dict(idle.calls),
        },
        "commit": {
            "first_ms": round(commit.first * 1000, 1),
            "all_seconds": round(commit.all, 3),
            "cpu_seconds": round(commit.cpu, 3),
            "renders": commit.renders,
            "api_calls": commit.calls.total(),
            "by_method": dict(commit.calls),
            "first_in_patches": round(commit.first / alone.patch, 1),
        },
    }


def table(found: dict[str, Any]) -> str:
    """The figures, one a line, each with what it is to be seen against."""
    live, drift, idle, commit = (found[part] for part in ("live", "drift", "idle", "commit"))
    alone, memory = found["baseline"], found["memory"]
    rows = [
        ("API server alone", f"{alone['applies_per_second']:g} applies/s", ""),
        ("", f"{alone['patch_ms']:g} ms a patch", ""),
        (
            "made live",
            f"{live['deliveries_per_second']:g} deliveries/s",
            f"objects at {live['share_of_bare_applies']:.0%} of the rate of bare applies",
        ),
        ("", f"{live['cpu_ms_per_delivery']:g} ms of CPU a delivery", ""),
        ("memory", f"{memory['kb_per_object']:g} kB an object", "server, simulation, controllers"),
        (
            "drift to corrected, p50",
            f"{drift['p50_ms']:g} ms",
            f"{drift['p50_in_patches']:g} patches",
        ),
        ("drift to corrected, p99", f"{drift['p99_ms']:g} ms", f"of {drift['count']}"),
        (
            f"idle for {idle['seconds']:g} s",
            f"{idle['cpu_percent']:g}% of a core",
            f"{idle['api_calls']} API calls",
        ),
        (
            "commit to live, one folder",
            f"{commit['first_ms']:g} ms",
            f"{commit['renders']} of {found['deliveries']} rendered",
        ),
        (
            "... noted by all",
            f"{commit['all_seconds']:g} s",
            f"{commit['api_calls']} API calls, {commit['cpu_seconds']:g} s of CPU",
        ),
    ]
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    head = f"{found['deliveries']} deliveries, {found['objects']} objects"
    lines = [f"{a:<{widths[0]}}  {b:>{widths[1]}}  {c}".rstrip() for a, b, c in rows]
    return "\n".join([head, *lines])
