"""What is wrong with an installation, found out from the cluster alone."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from datetime import UTC, datetime

from trueup import __version__
from trueup.cluster import Client
from trueup.dialects.flux import crds as flux_crds
from trueup.dialects.flux.conventions import health
from trueup.errors import NotFound
from trueup.installation.access import access
from trueup.installation.findings import Finding, failed, ok, warning
from trueup.installation.leases import Leadership, leaderships, leases_for
from trueup.installation.neighbours import neighbourhood
from trueup.installation.pods import troubles
from trueup.installation.removing import kind_of
from trueup.installation.rendering import Installation, render
from trueup.installation.stopping import deployment_in
from trueup.objects import GroupVersionKind, Manifest, ObjectRef
from trueup.objects.manifest import labels
from trueup.observe.health import Status
from trueup.report.conditions import find, is_true

_INSTALL = "run trueup install"
_NAMED = 3
"""How many of those that are not ready are named."""


async def inspection(client: Client, namespace: str) -> AsyncIterator[Finding]:
    """One finding after the other, as they are known."""
    lockdown = ObjectRef(
        "rbac.authorization.k8s.io", "ClusterRoleBinding", "", "trueup-watch", "v1"
    )
    is_lockdown = await client.find(lockdown) is not None
    expected = render(Installation(namespace=namespace, lockdown=is_lockdown))
    for obj in expected:
        if obj["kind"] == "CustomResourceDefinition":
            yield await _definition(client, obj)
    async for finding in access(client, expected, lockdown=is_lockdown):
        yield finding
    for finding in await neighbourhood(client):
        yield finding
    deployment = await client.find(deployment_in(namespace))
    yield await _deployment(client, deployment_in(namespace), deployment)
    for lead in await leaderships(client, leases_for(deployment, namespace)):
        yield _leader(lead)
    for definition in flux_crds.crds():
        yield await _resources(client, kind_of(definition))


async def _definition(client: Client, wanted: Manifest) -> Finding:
    ref = ObjectRef.of(wanted)
    live = await client.find(ref)
    if live is None:
        return failed(ref, "is missing", _INSTALL)
    if not is_true((live.get("status") or {}).get("conditions") or (), "Established"):
        return failed(ref, "is not established", "see its conditions")
    served, needed = _served(live), _served(wanted)
    if not needed <= served:
        return failed(ref, f"does not serve {', '.join(sorted(needed - served))}", _INSTALL)
    return ok(ref, f"serves {', '.join(sorted(needed))}")


def _served(definition: Manifest) -> set[str]:
    return {version["name"] for version in definition["spec"]["versions"] if version["served"]}


async def _deployment(client: Client, ref: ObjectRef, live: Manifest | None) -> Finding:
    if live is None:
        return failed(ref, "is missing", _INSTALL)
    status, message = health(live, datetime.now(UTC))
    if status != Status.CURRENT:
        return failed(ref, "; ".join([message, *await troubles(client, ref)]), "see its Pods")
    version = labels(live).get("app.kubernetes.io/version", "unknown")
    if version != __version__:
        return warning(ref, f"is of version {version}, and this is {__version__}", _INSTALL)
    return ok(ref, message)


def _leader(lead: Leadership) -> Finding:
    if not lead.holder:
        return failed(lead.ref, "nobody leads", "see whether the controllers run")
    if not lead.renews:
        return failed(lead.ref, f"{lead.holder} renews it no more", "see the log of that replica")
    return ok(lead.ref, f"{lead.holder} leads")


async def _resources(client: Client, kind: GroupVersionKind) -> Finding:
    """A resource that is not ready is the business of whoever wrote it: a warning."""
    try:
        found = (await client.list(kind)).items
    except NotFound:
        return failed(kind.kind, "is not served", _INSTALL)
    active = [obj for obj in found if not (obj.get("spec") or {}).get("suspend")]
    late = [obj for obj in active if not _is_ready(obj)]
    counted = f"{len(active) - len(late)} of {len(found)} ready"
    if len(active) < len(found):
        counted += f", {len(found) - len(active)} suspended"
    if not late:
        return ok(kind.kind, counted)
    return warning(kind.kind, f"{counted}; not so: {_named(late)}", "see trueup get all -A")


def _is_ready(obj: Manifest) -> bool:
    return is_true((obj.get("status") or {}).get("conditions") or (), "Ready")


def _named(late: Iterable[Manifest]) -> str:
    late = list(late)
    texts = []
    for obj in late[:_NAMED]:
        said = find((obj.get("status") or {}).get("conditions") or (), "Ready") or {}
        meta = obj["metadata"]
        texts.append(f"{meta['namespace']}/{meta['name']} ({said.get('message') or 'no status'})")
    more = f" and {len(late) - _NAMED} more" if len(late) > _NAMED else ""
    return ", ".join(texts) + more
