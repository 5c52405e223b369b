"""What keeps the Pods of a Deployment from running, in the words of the statuses."""

from __future__ import annotations

from collections.abc import Iterator

from trueup.cluster import Client
from trueup.errors import ApiError
from trueup.objects import GroupVersionKind, Manifest, ObjectRef
from trueup.report.conditions import find

POD = GroupVersionKind("", "v1", "Pod")


async def pods_of(client: Client, deployment: Manifest) -> list[Manifest]:
    """The Pods that the selector of the Deployment means."""
    wanted = deployment["spec"]["selector"]["matchLabels"]
    selector = ",".join(f"{key}={value}" for key, value in wanted.items())
    namespace = deployment["metadata"]["namespace"]
    return (await client.list(POD, namespace, label_selector=selector)).items


async def troubles(client: Client, deployment: ObjectRef) -> list[str]:
    """One line for each kind of trouble; none where nobody may look."""
    try:
        live = await client.get(deployment)
        pods = await pods_of(client, live)
    except ApiError:
        return []
    return sorted({*_refusals(live), *(text for pod in pods for text in _troubles(pod))})


def _refusals(deployment: Manifest) -> Iterator[str]:
    """Why there are no Pods: a quota, an account that is not there, an admission rule."""
    failure = find((deployment.get("status") or {}).get("conditions") or (), "ReplicaFailure")
    if failure is not None and failure["status"] == "True":
        yield f"{failure.get('reason')}: {failure.get('message')}"


def _troubles(pod: Manifest) -> Iterator[str]:
    status = pod.get("status") or {}
    scheduled = find(status.get("conditions") or (), "PodScheduled")
    if scheduled is not None and scheduled["status"] == "False":
        yield f"{scheduled.get('reason')}: {scheduled.get('message')}"
    for container in status.get("containerStatuses") or ():
        state = container.get("state") or {}
        for found in (state.get("waiting"), state.get("terminated")):
            if found:
                yield ": ".join(filter(None, (found.get("reason"), found.get("message"))))
