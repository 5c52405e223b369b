"""What is wrong with an installation, found out from the cluster alone."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import UTC, datetime

from trueup import __version__
from trueup.cluster import Client
from trueup.dialects.flux import crds as flux_crds
from trueup.dialects.flux.conventions import health
from trueup.errors import Forbidden, NotFound, TrueupError, Unauthorized, Unavailable
from trueup.installation.access import DELIVERY, compared_binding, compared_role
from trueup.installation.definitions import compared_definition
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
_LOCKDOWN = ObjectRef("rbac.authorization.k8s.io", "ClusterRoleBinding", "", "trueup-watch", "v1")
_NAMED = 3
"""How many of those that are not ready are named."""


async def inspection(client: Client, namespace: str) -> list[Finding]:
    """A finding for each part, also for those that we may not look at."""
    is_lockdown = await _may_find(client, _LOCKDOWN) is not None
    expected = render(Installation(namespace=namespace, lockdown=is_lockdown))
    found = [await _part(client, obj) for obj in expected if obj["kind"] in _COMPARED]
    if is_lockdown:
        found.append(ok("Lockdown", "every delivery acts as a ServiceAccount"))
    found += await _looked("Other systems", neighbourhood(client))
    deployment = deployment_in(namespace)
    found += await _looked(deployment, _deployment(client, deployment))
    found += await _looked("Lease", _leaders(client, namespace))
    for definition in flux_crds.crds():
        kind = kind_of(definition)
        found += await _looked(kind.kind, _resources(client, kind))
    return found


async def _looked(subject: object, look: Awaitable[list[Finding]]) -> list[Finding]:
    """What a look finds; or why there is none, such as that it is not for us.

    Raises Unauthorized and Unavailable: then nothing else can be looked at either.
    """
    try:
        return await look
    except (Unauthorized, Unavailable):
        raise
    except TrueupError as error:
        step = "" if error.next_step else "act as an administrator"
        return [failed(subject, f"cannot be looked at: {error}", step)]


async def _may_find(client: Client, ref: ObjectRef) -> Manifest | None:
    """The object; None as well where we may not look, which its own part will tell."""
    try:
        return await client.find(ref)
    except Forbidden:
        return None


async def _part(client: Client, wanted: Manifest) -> Finding:
    [finding] = await _looked(ObjectRef.of(wanted), _compared(client, wanted))
    return finding


async def _compared(client: Client, wanted: Manifest) -> list[Finding]:
    ref = ObjectRef.of(wanted)
    live = await client.find(ref)
    if live is not None:
        return [_COMPARED[ref.kind](wanted, live)]
    if ref.name == DELIVERY:
        step = "see that other bindings allow what is delivered"
        return [warning(ref, "is not there: deliveries need an account or other bindings", step)]
    return [failed(ref, "is missing", _INSTALL)]


def _present(wanted: Manifest, live: Manifest) -> Finding:
    return ok(ObjectRef.of(wanted), "is there")


_COMPARED: Mapping[str, Callable[[Manifest, Manifest], Finding]] = {
    "CustomResourceDefinition": compared_definition,
    "ServiceAccount": _present,
    "Role": compared_role,
    "ClusterRole": compared_role,
    "RoleBinding": compared_binding,
    "ClusterRoleBinding": compared_binding,
}


async def _deployment(client: Client, ref: ObjectRef) -> list[Finding]:
    live = await client.find(ref)
    if live is None:
        return [failed(ref, "is missing", _INSTALL)]
    status, message = health(live, datetime.now(UTC))
    if status != Status.CURRENT:
        why = "; ".join([message, *await troubles(client, ref)])
        return [failed(ref, why, "see its Pods")]
    version = labels(live).get("app.kubernetes.io/version", "unknown")
    if version != __version__:
        return [warning(ref, f"is of version {version}, and this is {__version__}", _INSTALL)]
    return [ok(ref, message)]


async def _leaders(client: Client, namespace: str) -> list[Finding]:
    deployment = await _may_find(client, deployment_in(namespace))
    leads = await leaderships(client, leases_for(deployment, namespace))
    return [_leader(lead) for lead in leads]


def _leader(lead: Leadership) -> Finding:
    if not lead.holder:
        return failed(lead.ref, "nobody leads", "see whether the controllers run")
    if not lead.renews:
        return failed(lead.ref, f"{lead.holder} renews it no more", "see the log of that replica")
    return ok(lead.ref, f"{lead.holder} leads")


async def _resources(client: Client, kind: GroupVersionKind) -> list[Finding]:
    """A resource that is not ready is the business of whoever wrote it: a warning."""
    try:
        found = (await client.list(kind)).items
    except NotFound:
        return [failed(kind.kind, "is not served", _INSTALL)]
    active = [obj for obj in found if not (obj.get("spec") or {}).get("suspend")]
    late = [obj for obj in active if not _is_ready(obj)]
    counted = f"{len(active) - len(late)} of {len(found)} ready"
    if len(active) < len(found):
        counted += f", {len(found) - len(active)} suspended"
    if not late:
        return [ok(kind.kind, counted)]
    return [warning(kind.kind, f"{counted}; not so: {_named(late)}", "see trueup get all -A")]


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
