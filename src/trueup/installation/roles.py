"""What the controllers may do for themselves, and what people may do with their kinds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from trueup.objects import Manifest

CONTROLLER = "trueup-controller"
LEASES = "trueup-leases"
_API_VERSION = "rbac.authorization.k8s.io/v1"

_READ = ("get", "list", "watch")
_WRITE = ("create", "update", "patch", "delete", "deletecollection")


def controller_roles(
    foreign: Iterable[Manifest], own: Iterable[Manifest], namespace: str
) -> list[Manifest]:
    """A ClusterRole and, for the Leases in ``namespace``, a Role.

    ``foreign`` defines the kinds whose status and finalizers are kept, ``own`` those that are
    written as a whole.
    """
    rules = [
        *(_rule(group, kinds, (*_READ, "patch")) for group, kinds in _by_group(foreign)),
        *(_rule(group, _status(kinds), ("patch",)) for group, kinds in _by_group(foreign)),
        *(_rule(group, _finalizers(kinds), ("update",)) for group, kinds in _by_group(foreign)),
        *(_rule(group, kinds, (*_READ, "create", "update")) for group, kinds in _by_group(own)),
        # Credentials of sources, values for substitution, kubeconfigs: by name, in any namespace.
        _rule("", ("configmaps", "secrets"), _READ),
        # Deliveries act as the account that they name, and enter other clusters with its token.
        _rule("", ("serviceaccounts",), (*_READ, "impersonate")),
        _rule("", ("serviceaccounts/token",), ("create",)),
        _rule("", ("events",), ("create",)),
        # Whether others run here who work on the same resources.
        _rule("apps", ("deployments", "statefulsets"), _READ),
        _rule("coordination.k8s.io", ("leases",), _READ),
        # Whether its kinds are served.
        _rule("apiextensions.k8s.io", ("customresourcedefinitions",), ("get",)),
    ]
    leases = _rule(
        "coordination.k8s.io", ("leases",), (*_READ, "create", "update", "patch", "delete")
    )
    role = _role("Role", LEASES, [leases])
    role["metadata"]["namespace"] = namespace
    return [_role("ClusterRole", CONTROLLER, rules), role]


def view_role(definitions: Iterable[Manifest]) -> Manifest:
    """Adds reading the kinds to what whoever may view a namespace may do."""
    rules = [_rule(group, kinds, _READ) for group, kinds in _by_group(definitions)]
    return _role("ClusterRole", "trueup-view", rules, aggregate=("view", "edit", "admin"))


def edit_role(definitions: Iterable[Manifest]) -> Manifest:
    """Adds writing the kinds to what whoever may edit a namespace may do."""
    rules = [_rule(group, kinds, _WRITE) for group, kinds in _by_group(definitions)]
    return _role("ClusterRole", "trueup-edit", rules, aggregate=("edit", "admin"))


def _role(
    kind: str, name: str, rules: Sequence[Manifest], *, aggregate: Sequence[str] = ()
) -> Manifest:
    labels = {f"rbac.authorization.k8s.io/aggregate-to-{role}": "true" for role in aggregate}
    metadata: Manifest = {"name": name, **({"labels": labels} if labels else {})}
    return {"apiVersion": _API_VERSION, "kind": kind, "metadata": metadata, "rules": list(rules)}


def _rule(group: str, resources: Sequence[str], verbs: Sequence[str]) -> Manifest:
    return {"apiGroups": [group], "resources": list(resources), "verbs": list(verbs)}


def _by_group(definitions: Iterable[Manifest]) -> list[tuple[str, list[str]]]:
    """The plural names of the kinds of each group."""
    found: dict[str, list[str]] = {}
    for definition in definitions:
        spec = definition["spec"]
        found.setdefault(spec["group"], []).append(spec["names"]["plural"])
    return list(found.items())


def _status(resources: Iterable[str]) -> list[str]:
    return [f"{resource}/status" for resource in resources]


def _finalizers(resources: Iterable[str]) -> list[str]:
    """Asked for by clusters that check who may block the deletion of an owner."""
    return [f"{resource}/finalizers" for resource in resources]
