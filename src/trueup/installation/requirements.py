"""What must hold before an installation: the version of the server, and what we may do there."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable

from trueup.cluster import Client
from trueup.errors import InputError, NotFound
from trueup.installation.findings import Finding, Level, failed, ok
from trueup.objects import GroupVersionKind, Manifest, ObjectRef

OLDEST = (1, 31)
"""The oldest Kubernetes whose own kinds we know the schemas of."""

_VERBS = ("create", "patch")


async def requirements(client: Client, objects: Iterable[Manifest]) -> list[Finding]:
    """Whether ``objects`` can be put in place on this cluster, by us."""
    return [await served_version(client), await _permissions(client, objects)]


async def require(client: Client, objects: Iterable[Manifest]) -> None:
    """Raises InputError for the first requirement that does not hold."""
    for finding in await requirements(client, objects):
        if finding.level is Level.FAILED:
            raise InputError(finding.message, subject=finding.subject, next_step=finding.next_step)


async def served_version(client: Client) -> Finding:
    """Whether the server is new enough."""
    answer = await client.get_raw("/version")
    text = str(answer.get("gitVersion") or "unknown")
    found = re.match(r"v?(\d+)\.(\d+)", text)
    oldest = ".".join(map(str, OLDEST))
    if found is None or (int(found[1]), int(found[2])) < OLDEST:
        cause = f"version {text}, and Trueup needs {oldest} or newer"
        return failed("Kubernetes", cause, "upgrade the cluster")
    return ok("Kubernetes", f"version {text}")


async def _permissions(client: Client, objects: Iterable[Manifest]) -> Finding:
    """Asks the server about every kind and verb of an installation."""
    places = {(ref.gvk, ref.namespace) for ref in map(ObjectRef.of, objects)}
    asked = [(gvk, namespace, verb) for gvk, namespace in sorted(places) for verb in _VERBS]
    answers = await asyncio.gather(*(_may(client, *each) for each in asked))
    refused = [
        f"{verb} {gvk.kind}" for (gvk, _, verb), may in zip(asked, answers, strict=True) if not may
    ]
    if refused:
        cause = f"you may not: {', '.join(refused)}"
        return failed("Permissions", cause, "act as an administrator of the cluster")
    return ok("Permissions", "you may do all that an installation needs")


async def _may(client: Client, gvk: GroupVersionKind, namespace: str, verb: str) -> bool:
    try:
        resource = (await client.resource(gvk)).plural
    except NotFound:  # nobody may do anything with what is not there
        return False
    attributes = {"group": gvk.group, "resource": resource, "namespace": namespace, "verb": verb}
    review = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectAccessReview",
        "spec": {"resourceAttributes": attributes},
    }
    answer = await client.create(review, field_manager="trueup")
    return bool(answer["status"]["allowed"])
