"""What a simulated container has logged: that nothing ran.

The refusals are those of the apiserver and of kubelet.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from trueup.controlplane.registry.refusals import bad_request
from trueup.objects import Manifest

_STATUSES = ("containerStatuses", "initContainerStatuses", "ephemeralContainerStatuses")
_EPOCH = "1970-01-01T00:00:00Z"
_PULLING = {
    "ErrImagePull": "image can't be pulled",
    "ImagePullBackOff": "trying and failing to pull image",
}


@dataclass(frozen=True, slots=True)
class LogOptions:
    """``tail`` and ``limit`` in lines and bytes; None: all of them, as with ``since``."""

    container: str = ""
    previous: bool = False
    timestamps: bool = False
    follow: bool = False
    tail: int | None = None
    limit: int | None = None
    since: datetime | None = None


def chosen_container(pod: Manifest, name: str) -> str:
    """The container of that name, or the only one; BadRequest where that is none."""
    spec, shown = pod["spec"], pod["metadata"]["name"]
    every = [
        str(container["name"])
        for field in ("initContainers", "containers", "ephemeralContainers")
        for container in spec.get(field) or ()
    ]
    if not name and len(spec["containers"]) == 1:
        return str(spec["containers"][0]["name"])
    if not name:
        text = f"a container name must be specified for pod {shown}, choose one of: "
        raise bad_request(f"{text}[{' '.join(every)}]")
    if name not in every:
        raise bad_request(f"container {name} is not valid for pod {shown}")
    return name


def log_of(pod: Manifest, container: str, options: LogOptions) -> bytes:
    """The log of a container of a pod on a node; BadRequest where there is none yet."""
    status = _status(pod, container)
    state = _state(status, options.previous)
    if state is None:
        raise bad_request(_why_not(pod, container, status, options.previous))
    began = str(state.get("startedAt") or pod["metadata"].get("creationTimestamp") or _EPOCH)
    if options.since is not None and datetime.fromisoformat(began) < options.since:
        return b""
    lines = _lines(pod, container, state)
    if options.tail is not None:
        lines = lines[len(lines) - min(options.tail, len(lines)) :]
    prefix = f"{began.removesuffix('Z')}.000000000Z " if options.timestamps else ""
    return "".join(f"{prefix}{line}\n" for line in lines).encode()[: options.limit]


def is_running(pod: Manifest, container: str) -> bool:
    return bool((_status(pod, container).get("state") or {}).get("running"))


def _status(pod: Manifest, name: str) -> Mapping[str, Any]:
    status = pod.get("status") or {}
    for field in _STATUSES:
        for found in status.get(field) or ():
            if found["name"] == name:
                result: Mapping[str, Any] = found
                return result
    return {}


def _state(status: Mapping[str, Any], previous: bool) -> Mapping[str, Any] | None:
    """The run whose log is asked for; None where there was none."""
    last = (status.get("lastState") or {}).get("terminated")
    if previous:
        return last
    state = status.get("state") or {}
    return state.get("running") or state.get("terminated") or last


def _why_not(pod: Manifest, name: str, status: Mapping[str, Any], previous: bool) -> str:
    where = f'container "{name}" in pod "{pod["metadata"]["name"]}"'
    if previous:
        return f"previous terminated {where} not found"
    if not status:
        return f"{where} is not available"
    state = status.get("state") or {}
    if "waiting" not in state:
        return f"{where} is waiting to start - no logs yet"
    reason = state["waiting"].get("reason", "")
    return f"{where} is waiting to start: {_PULLING.get(reason, reason)}"


def _lines(pod: Manifest, container: str, state: Mapping[str, Any]) -> list[str]:
    metadata, spec = pod["metadata"], pod["spec"]
    every = [*spec["containers"], *(spec.get("initContainers") or ())]
    image = next((each.get("image", "") for each in every if each["name"] == container), "")
    where = f"node {spec['nodeName']}, image {image}"
    lines = [
        "This container is simulated: nothing runs, and nothing was logged.",
        f"Pod {metadata['namespace']}/{metadata['name']}, container {container}, {where}.",
    ]
    if "exitCode" in state:
        lines.append(f"It counts as ended with exit code {state['exitCode']}.")
    return lines
