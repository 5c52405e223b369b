"""What becomes of a pod on its node, as a function of the pod, its annotations and the time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from trueup.controlplane.simulation.outcome import Action, Delete, Outcome, Tell, status_change
from trueup.controlplane.simulation.pods.conditions import PodCondition, pod_conditions
from trueup.controlplane.simulation.pods.containers import (
    Course,
    Run,
    container_status,
    init_status,
    restarts_after,
)
from trueup.controlplane.simulation.reading import is_deleting, is_finished, moment, phase
from trueup.controlplane.simulation.requests import SIMULATED, behaviour, delay, remaining
from trueup.objects import Manifest
from trueup.report.times import timestamp

Pod = Mapping[str, Any]

_PHASES: dict[Course, str] = {
    "creating": "Pending",
    "image-missing": "Pending",
    "completed": "Succeeded",
    "failed": "Failed",
}
_NOTHING_RUNS = "Nothing runs: the containers of this pod are simulated on node {node}"


class Addresses(NamedTuple):
    """The addresses of a pod and of its node."""

    pod: str
    host: str


def pod_outcome(pod: Pod, addresses: Addresses, now: datetime) -> Outcome:
    """The pod's next state; ``again`` where it changes with time alone."""
    if is_deleting(pod):
        return _ended(pod, now)
    if is_finished(pod) or not pod["spec"].get("nodeName"):
        return Outcome()
    run, again = _run(pod, now)
    changes = status_change(pod, _status(pod, run, addresses), {SIMULATED: "true"})
    return Outcome([*changes, *_told(pod, run)], again)


def _ended(pod: Pod, now: datetime) -> Outcome:
    """Simulated containers stop at once, unless asked to use the whole grace period."""
    metadata = pod["metadata"]
    if not metadata.get("deletionGracePeriodSeconds"):
        return Outcome()  # a finalizer holds it
    if behaviour(pod) == "SlowStop":
        left = (moment(metadata["deletionTimestamp"]) - now).total_seconds()
        if left > 0:
            return Outcome(again=left)
    return Outcome([Delete(pod, grace=0)])


def _run(pod: Pod, now: datetime) -> tuple[Run, float | None]:
    """How the containers are doing, and seconds until that changes."""
    status = pod.get("status") or {}
    uid = pod["metadata"]["uid"]
    since = moment(status["startTime"]) if status.get("startTime") else now
    left = remaining(pod, since, now)
    ends = pod["spec"].get("restartPolicy") != "Always"
    if left:
        return Run(uid, "running" if ends else "creating", since, now), left
    asked = behaviour(pod)
    if asked == "ImagePullBackOff":
        return Run(uid, "image-missing", since, now), None
    if asked == "CrashLoopBackOff" or (asked == "Fail" and _restarts(pod)):
        elapsed = now - since - delay(pod)
        restarts, again = restarts_after(elapsed.total_seconds())
        return Run(uid, "crashing", since, now, restarts), again
    if asked == "Unready":
        return Run(uid, "unready", since, now), None
    if not ends or phase(pod) == "Pending":
        return Run(uid, "running", since, now), 0.0 if ends else None
    return Run(uid, "failed" if asked == "Fail" else "completed", since, now), None


def _restarts(pod: Pod) -> bool:
    """Whether a container that fails is started again."""
    return bool(pod["spec"].get("restartPolicy") != "Never")


def _status(pod: Pod, run: Run, addresses: Addresses) -> Manifest:
    spec = pod["spec"]
    address = addresses.host if spec.get("hostNetwork") else addresses.pod
    status: Manifest = {
        **(pod.get("status") or {}),
        "observedGeneration": pod["metadata"].get("generation"),
        "phase": _PHASES.get(run.course, "Running"),
        "startTime": timestamp(run.since),
        "hostIP": addresses.host,
        "hostIPs": [{"ip": addresses.host}],
        "podIP": address,
        "podIPs": [{"ip": address}],
        "containerStatuses": [container_status(c, run) for c in spec["containers"]],
        "conditions": pod_conditions(pod, _conditions(pod, run), run.now),
    }
    if spec.get("initContainers"):
        status["initContainerStatuses"] = [init_status(c, run) for c in spec["initContainers"]]
    return status


def _conditions(pod: Pod, run: Run) -> list[PodCondition]:
    names = " ".join(container["name"] for container in pod["spec"]["containers"])
    unready = ("False", "ContainersNotReady", f"containers with unready status: [{names}]")
    ready: tuple[str, ...] = unready
    initialized: tuple[str, ...] = ("True",)
    match run.course:
        case "running":
            ready = ("True",)
        case "completed":
            ready, initialized = ("False", "PodCompleted"), ("True", "PodCompleted")
        case "failed":
            ready = ("False", "PodFailed")
    sandbox = "False" if run.course in ("completed", "failed") else "True"
    return [
        PodCondition("PodReadyToStartContainers", sandbox),
        PodCondition("Initialized", *initialized),
        PodCondition("Ready", *ready),
        PodCondition("ContainersReady", *ready),
        PodCondition("PodScheduled", "True"),
    ]


def _told(pod: Pod, run: Run) -> list[Action]:
    """Said once for a pod, and again when it begins to fail."""
    told: list[Action] = []
    if not (pod.get("status") or {}).get("startTime"):
        node = pod["spec"]["nodeName"]
        told.append(Tell(pod, "Simulated", _NOTHING_RUNS.format(node=node)))
    before = _waiting_reason((pod.get("status") or {}).get("containerStatuses") or ())
    if run.course == "crashing" and before != "CrashLoopBackOff":
        told.append(Tell(pod, "BackOff", "Back-off restarting failed container", warning=True))
    if run.course == "image-missing" and before != "ImagePullBackOff":
        told.append(Tell(pod, "Failed", "Error: ImagePullBackOff", warning=True))
    return told


def _waiting_reason(statuses: Any) -> str:
    for status in statuses:
        waiting = (status.get("state") or {}).get("waiting") or {}
        return str(waiting.get("reason", ""))
    return ""
