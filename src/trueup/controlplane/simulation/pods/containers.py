"""What kubelet would report of a pod's containers, by the course that the pod takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Literal

from trueup.objects import Manifest
from trueup.report.times import timestamp

Course = Literal[
    "creating", "running", "unready", "completed", "failed", "crashing", "image-missing"
]

_BACKOFF_FIRST, _BACKOFF_MOST = 10.0, 300.0
"""Seconds before a container that failed is started again, doubling: kubelet's."""


@dataclass(frozen=True, slots=True)
class Run:
    """One pod's containers: since when, on which course, how often they were started again."""

    uid: str
    course: Course
    since: datetime
    now: datetime
    restarts: int = 0

    @property
    def is_started(self) -> bool:
        return self.course not in ("creating", "image-missing")


def restarts_after(seconds: float) -> tuple[int, float]:
    """How often a container that always fails was restarted, and seconds until the next time."""
    restarts, due, wait = 0, _BACKOFF_FIRST, _BACKOFF_FIRST
    while due <= seconds:
        restarts += 1
        wait = min(_BACKOFF_MOST, wait * 2)
        due += wait
    return restarts, due - seconds


def container_status(container: Mapping[str, Any], run: Run, *, sidecar: bool = False) -> Manifest:
    """The status of an ordinary container, or of a sidecar, which goes on until the pod ends."""
    image = str(container.get("image", ""))
    status: Manifest = {
        "name": container["name"],
        "image": image,
        "imageID": f"simulated://{_digest(image)}" if run.is_started else "",
        "lastState": {},
        "ready": run.course == "running",
        "restartCount": run.restarts,
        "started": run.course in ("running", "unready"),
        "state": _state(container, run),
    }
    if sidecar and run.course == "unready":
        status["ready"] = True
    if run.is_started:
        status["containerID"] = _container_id(container, run)
    if run.course == "crashing":
        status["lastState"] = {"terminated": _terminated(container, run, 1)}
    return status


def init_status(container: Mapping[str, Any], run: Run) -> Manifest:
    """An init container is done as soon as the others start."""
    if container.get("restartPolicy") == "Always":
        return container_status(container, run, sidecar=True)
    status = container_status(container, run)
    if not run.is_started:
        return {**status, "state": {"waiting": {"reason": "PodInitializing"}}}
    state = {"terminated": _terminated(container, run, 0)}
    return {
        **status,
        "lastState": {},
        "ready": True,
        "started": False,
        "restartCount": 0,
        "state": state,
    }


def _state(container: Mapping[str, Any], run: Run) -> Manifest:
    image = container.get("image", "")
    match run.course:
        case "creating":
            return {"waiting": {"reason": "ContainerCreating"}}
        case "image-missing":
            message = f'Back-off pulling image "{image}"'
            return {"waiting": {"reason": "ImagePullBackOff", "message": message}}
        case "crashing":
            seconds = int(min(_BACKOFF_MOST, _BACKOFF_FIRST * 2.0**run.restarts))
            wait = f"{seconds // 60}m{seconds % 60}s" if seconds >= 60 else f"{seconds}s"
            message = f"back-off {wait} restarting failed container={container['name']}"
            return {"waiting": {"reason": "CrashLoopBackOff", "message": message}}
        case "completed":
            return {"terminated": _terminated(container, run, 0)}
        case "failed":
            return {"terminated": _terminated(container, run, 1)}
    return {"running": {"startedAt": timestamp(run.since)}}


def _terminated(container: Mapping[str, Any], run: Run, code: int) -> Manifest:
    finished = run.now if run.course in ("completed", "failed") else run.since + _spent(run)
    return {
        "exitCode": code,
        "reason": "Error" if code else "Completed",
        "startedAt": timestamp(run.since),
        "finishedAt": timestamp(finished),
        "containerID": _container_id(container, run),
    }


def _spent(run: Run) -> timedelta:
    """The time that restarts took so far: the last failure was then."""
    waits = (min(_BACKOFF_MOST, _BACKOFF_FIRST * 2.0**n) for n in range(run.restarts))
    return timedelta(seconds=sum(waits))


def _container_id(container: Mapping[str, Any], run: Run) -> str:
    return f"simulated://{_digest(run.uid + container['name'] + str(run.restarts))}"


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()
