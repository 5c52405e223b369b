"""Whether the roles of an installation, and who holds them, are as this version needs them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from itertools import product

from trueup.cluster import Client
from trueup.installation.findings import Finding, failed, ok, warning
from trueup.objects import Manifest, ObjectRef

_INSTALL = "run trueup install"
_DELIVERY = "trueup-delivery"

Right = tuple[str, str, str]
"""API group, resource, verb."""


async def access(
    client: Client, expected: Iterable[Manifest], *, lockdown: bool
) -> AsyncIterator[Finding]:
    """Looks at each role and binding among ``expected``."""
    for obj in expected:
        ref = ObjectRef.of(obj)
        if ref.kind in ("Role", "ClusterRole"):
            yield compared_role(obj, await client.find(ref))
        elif ref.kind in ("RoleBinding", "ClusterRoleBinding"):
            yield compared_binding(obj, await client.find(ref))
    if lockdown:
        yield ok("Lockdown", "every delivery acts as a ServiceAccount")


def compared_role(wanted: Manifest, live: Manifest | None) -> Finding:
    """Rights that are missing fail; more than are needed are worth knowing."""
    ref = ObjectRef.of(wanted)
    if live is None:
        return failed(ref, "is missing", _INSTALL)
    needed, given = rights(wanted), rights(live)
    if missing := needed - given:
        return failed(ref, f"does not allow {_said(missing)}", _INSTALL)
    if more := given - needed:
        return warning(ref, f"allows more than is needed: {_said(more)}", _INSTALL)
    return ok(ref, "as this version needs it")


def compared_binding(wanted: Manifest, live: Manifest | None) -> Finding:
    """The one for deliveries may be replaced by whoever runs the cluster."""
    ref = ObjectRef.of(wanted)
    is_for_deliveries = ref.name == _DELIVERY
    if live is None and is_for_deliveries:
        step = "see that other bindings allow what is delivered"
        return warning(ref, "is not there: deliveries need an account or other bindings", step)
    if live is None:
        return failed(ref, "is missing", _INSTALL)
    if not all(subject in (live.get("subjects") or ()) for subject in wanted["subjects"]):
        return failed(ref, "does not name the controllers' account", _INSTALL)
    if live["roleRef"]["name"] != wanted["roleRef"]["name"] and not is_for_deliveries:
        return failed(ref, f"gives the role {live['roleRef']['name']}", _INSTALL)
    return ok(ref, f"gives {live['roleRef']['name']}")


def rights(role: Manifest) -> set[Right]:
    """All that the rules allow, one by one."""
    return {
        right
        for rule in role.get("rules") or ()
        for right in product(rule.get("apiGroups", ()), rule.get("resources", ()), rule["verbs"])
    }


def _said(rights: Iterable[Right]) -> str:
    return ", ".join(
        f"{verb} {resource}.{group}".rstrip(".") for group, resource, verb in sorted(rights)
    )
