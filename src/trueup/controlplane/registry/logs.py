"""What a simulated container has logged: that nothing ran.

The refusals are those of the apiserver and of kubelet.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from trueup.controlplane.registry.refusals import bad_request
from trueup.objects import Manifest


@dataclass(frozen=True, slots=True)
class LogOptions:
    """``tail`` and ``limit`` in lines and bytes; None: all of them."""

    container: str = ""
    previous: bool = False
    timestamps: bool = False
    tail: int | None = None
    limit: int | None = None


def log_text(pod: Manifest, options: LogOptions) -> str:
    """The log of one container; BadRequest where there is no such container, or no log yet."""
    name = options.container or _only_container(pod)
    container = _container(pod, name)
    if not pod["spec"].get("nodeName"):
        return ""
    status = _status(pod, name)
    state = _state(status, options.previous)
    if state is None:
        raise bad_request(_why_not(pod, name, status, options.previous))
    stamp, lines = _lines(pod, container, state)
    if options.tail is not None:
        lines = lines[len(lines) - min(options.tail, len(lines)) :]
    prefix = f"{stamp} " if options.timestamps else ""
    text = "".join(f"{prefix}{line}\n" for line in lines)
    return text if options.limit is None else text[: options.limit]


def _only_container(pod: Manifest) -> str:
    names = [str(container["name"]) for container in pod["spec"]["containers"]]
    if len(names) == 1:
        return names[0]
    text = f"a container name must be specified for pod {pod['metadata']['name']}, choose one of: "
    initial = [container["name"] for container in pod["spec"].get("initContainers") or ()]
    more = f" or one of the init containers: [{' '.join(initial)}]" if initial else ""
    raise bad_request(f"{text}[{' '.join(names)}]{more}")


def _container(pod: Manifest, name: str) -> Mapping[str, Any]:
    spec = pod["spec"]
    for container in [*spec["containers"], *(spec.get("initContainers") or ())]:
        if container["name"] == name:
            found: Mapping[str, Any] = container
            return found
    raise bad_request(f"container {name} is not valid for pod {pod['metadata']['name']}")


def _status(pod: Manifest, name: str) -> Mapping[str, Any]:
    status = pod.get("status") or {}
    for field in ("containerStatuses", "initContainerStatuses"):
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
    waiting = (status.get("state") or {}).get("waiting") or {}
    reason = waiting.get("reason", "ContainerCreating")
    if reason in ("ImagePullBackOff", "ErrImagePull"):
        return f"{where} is waiting to start: trying and failing to pull image"
    return f"{where} is waiting to start: {reason}"


def _lines(
    pod: Manifest, container: Mapping[str, Any], state: Mapping[str, Any]
) -> tuple[str, list[str]]:
    """When the run began, and what there is to say of it."""
    metadata = pod["metadata"]
    place = f"node {pod['spec']['nodeName']}, image {container.get('image', '')}"
    lines = [
        "This container is simulated: nothing runs, and nothing was logged.",
        f"Pod {metadata['namespace']}/{metadata['name']}, container {container['name']}, {place}.",
    ]
    if "exitCode" in state:
        lines.append(f"It counts as ended with exit code {state['exitCode']}.")
    return str(state.get("startedAt", "")), lines
