"""The pod's row: one word for the state of many containers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from trueup.controlplane.tables.column import AGE, NAME, Column, at, field, shown, text
from trueup.controlplane.tables.duration import since
from trueup.objects import Manifest


@dataclass(slots=True)
class _State:
    """What is read off the container statuses."""

    ready: int = 0
    total: int = 0
    restarts: int = 0
    last_restart: str = ""
    reason: str = ""

    def count_restarts(self, status: Mapping[str, Any]) -> None:
        self.restarts += status.get("restartCount", 0)
        finished = at(status, "lastState.terminated.finishedAt", "")
        self.last_restart = max(self.last_restart, finished)


def _read(pod: Manifest) -> _State:
    status = pod.get("status") or {}
    state = _State(total=len(at(pod, "spec.containers", ())))
    state.reason = status.get("reason") or status.get("phase", "")
    if _condition(status, "PodScheduled").get("reason") == "SchedulingGated":
        state.reason = "SchedulingGated"
    sidecars = _sidecars(pod)
    state.total += len(sidecars)
    initializing = _read_init_containers(pod, sidecars, state)
    if not initializing or _condition(status, "Initialized").get("status") == "True":
        _read_containers(status, sidecars, state)
    if at(pod, "metadata.deletionTimestamp"):
        if status.get("reason") == "NodeLost":
            state.reason = "Unknown"
        elif status.get("phase") not in ("Succeeded", "Failed"):
            state.reason = "Terminating"
    return state


def _sidecars(pod: Manifest) -> set[str]:
    """Init containers that go on running beside the containers."""
    containers = at(pod, "spec.initContainers", ())
    return {c["name"] for c in containers if c.get("restartPolicy") == "Always"}


def _read_init_containers(pod: Manifest, sidecars: set[str], state: _State) -> bool:
    """Whether initialization is under way, or has failed."""
    total = len(at(pod, "spec.initContainers", ()))
    for index, container in enumerate(at(pod, "status.initContainerStatuses", ())):
        state.count_restarts(container)
        if at(container, "state.terminated.exitCode") == 0:
            continue
        if container.get("name") in sidecars and container.get("started"):
            state.ready += bool(container.get("ready"))
            continue
        state.reason = "Init:" + (_init_reason(container) or f"{index}/{total}")
        return True
    return False


def _init_reason(container: Mapping[str, Any]) -> str:
    terminated = at(container, "state.terminated")
    if terminated is not None:
        return _exit_reason(terminated)
    waiting: str = at(container, "state.waiting.reason", "")
    return waiting if waiting != "PodInitializing" else ""


def _exit_reason(terminated: Mapping[str, Any]) -> str:
    if terminated.get("reason"):
        return str(terminated["reason"])
    if terminated.get("signal"):
        return f"Signal:{terminated['signal']}"
    return f"ExitCode:{terminated.get('exitCode', 0)}"


def _read_containers(status: Mapping[str, Any], sidecars: set[str], state: _State) -> None:
    state.restarts, state.last_restart = 0, ""
    for container in status.get("initContainerStatuses") or ():
        if container.get("name") in sidecars:
            state.count_restarts(container)
    running, failure = False, ""
    for container in reversed(status.get("containerStatuses") or ()):
        state.count_restarts(container)
        terminated = at(container, "state.terminated")
        if at(container, "state.waiting.reason"):
            state.reason = at(container, "state.waiting.reason")
        elif terminated is not None:
            state.reason = _exit_reason(terminated)
            failure = state.reason if terminated.get("exitCode") else failure
        elif container.get("ready") and at(container, "state.running") is not None:
            running = True
            state.ready += 1
    if state.reason == "Completed":
        state.reason = _beside_completed(status, running, failure)


def _beside_completed(status: Mapping[str, Any], running: bool, failure: str) -> str:
    """The word for a pod of which one container has completed."""
    if running and _condition(status, "Ready").get("status") == "True":
        return "Running"
    return failure or ("NotReady" if running else "Completed")


def _condition(status: Mapping[str, Any], kind: str) -> Mapping[str, Any]:
    conditions: Iterable[Mapping[str, Any]] = status.get("conditions") or ()
    return next((c for c in conditions if c.get("type") == kind), {})


def _ready(pod: Manifest) -> str:
    state = _read(pod)
    return f"{state.ready}/{state.total}"


def _restarts(pod: Manifest, now: datetime) -> str:
    state = _read(pod)
    if state.restarts and state.last_restart:
        return f"{state.restarts} ({since(state.last_restart, now)} ago)"
    return str(state.restarts)


def _address(pod: Manifest) -> str:
    addresses = at(pod, "status.podIPs", ())
    return (addresses[0].get("ip") if addresses else "") or "<none>"


def _readiness_gates(pod: Manifest) -> str:
    gates = at(pod, "spec.readinessGates", ())
    status = pod.get("status") or {}
    met = sum(_condition(status, g.get("conditionType", "")).get("status") == "True" for g in gates)
    return f"{met}/{len(gates)}" if gates else "<none>"


PODS: tuple[Column, ...] = (
    NAME,
    text("Ready", shown(_ready), "Ready containers of all containers."),
    text("Status", shown(lambda pod: _read(pod).reason), "The state of the pod in a word."),
    text("Restarts", _restarts, "Restarts of its containers, and when the last one was."),
    AGE,
    text("IP", shown(_address), "Address of the pod.", wide=True),
    text("Node", field("spec.nodeName", "<none>"), "Where it runs.", wide=True),
    text(
        "Nominated Node",
        field("status.nominatedNodeName", "<none>"),
        "Where it may run once others have made room.",
        wide=True,
    ),
    text("Readiness Gates", shown(_readiness_gates), "Gates that are met, of all.", wide=True),
)


def completion(pod: Manifest) -> list[Manifest]:
    """The row condition of a pod that has ended; clients may grey it out."""
    messages = {"Succeeded": "The pod has completed successfully.", "Failed": "The pod failed."}
    phase = at(pod, "status.phase", "")
    if phase not in messages:
        return []
    message = messages[phase]
    return [{"type": "Completed", "status": "True", "reason": phase, "message": message}]
