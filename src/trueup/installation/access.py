"""Whether the roles of an installation, and who holds them, are as this version needs them."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product

from trueup.installation.findings import Finding, failed, ok, warning
from trueup.objects import Manifest, ObjectRef

_INSTALL = "run trueup install"
DELIVERY = "trueup-delivery"
"""The binding by which deliveries without an account act."""

Right = tuple[str, str, str]
"""API group, resource, verb."""


def compared_role(wanted: Manifest, live: Manifest) -> Finding:
    """Rights that are missing fail; more than are needed are worth knowing."""
    ref = ObjectRef.of(wanted)
    needed, given = rights(wanted), rights(live)
    if missing := {right for right in needed if not _allows(given, right)}:
        return failed(ref, f"does not allow {_said(missing)}", _INSTALL)
    if more := given - needed:
        return warning(ref, f"allows more than is needed: {_said(more)}", _INSTALL)
    return ok(ref, "as this version needs it")


def compared_binding(wanted: Manifest, live: Manifest) -> Finding:
    """The one for deliveries may be replaced by whoever runs the cluster."""
    ref = ObjectRef.of(wanted)
    if not all(subject in (live.get("subjects") or ()) for subject in wanted["subjects"]):
        return failed(ref, "does not name the controllers' account", _INSTALL)
    if live["roleRef"]["name"] != wanted["roleRef"]["name"] and ref.name != DELIVERY:
        return failed(ref, f"gives the role {live['roleRef']['name']}", _INSTALL)
    return ok(ref, f"gives {live['roleRef']['name']}")


def rights(role: Manifest) -> set[Right]:
    """All that the rules allow, one by one; those of objects that a rule names do not count."""
    return {
        right
        for rule in role.get("rules") or ()
        if not rule.get("resourceNames")
        for right in product(rule.get("apiGroups", ()), rule.get("resources", ()), rule["verbs"])
    }


def _allows(given: set[Right], right: Right) -> bool:
    """Whether it is there, or a ``*`` that means it too."""
    return any(each in given for each in product(*((part, "*") for part in right)))


def _said(rights: Iterable[Right]) -> str:
    return ", ".join(
        f"{verb} {resource}.{group}".rstrip(".") for group, resource, verb in sorted(rights)
    )
