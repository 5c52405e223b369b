"""Guards on what is written: who may create, and that nobody grants more than they hold."""

from __future__ import annotations

from trueup.controlplane.auth.attributes import Attributes, refusal
from trueup.controlplane.auth.escalation import not_held
from trueup.controlplane.auth.rbac import GROUP, Authorizer, Rule
from trueup.controlplane.auth.user import MASTERS, User
from trueup.controlplane.registry import refusals
from trueup.controlplane.registry.call import Call
from trueup.controlplane.resources import Resource
from trueup.objects import Manifest

_ROLES = ("roles", "clusterroles")
_EVERYTHING: tuple[Rule, ...] = (
    {"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]},
    {"verbs": ["*"], "nonResourceURLs": ["*"]},
)


class CreationGuard:
    """Called before a write; Forbidden where a patch or an update creates for who may not."""

    def __init__(self, authorizer: Authorizer) -> None:
        self._authorizer = authorizer

    def __call__(self, call: Call, new: Manifest, old: Manifest | None) -> None:
        if old is not None or not call.name:  # a request to create has been authorized as one
            return
        resource = call.resource
        asked = Attributes(
            "create", resource.group, resource.plural, namespace=call.namespace, name=call.name
        )
        if not self._authorizer.allows(call.user, asked):
            raise refusal(call.user, asked)


class GrantGuard:
    """Called before a write; Forbidden where it would give more than the user has."""

    def __init__(self, authorizer: Authorizer) -> None:
        self._authorizer = authorizer

    def __call__(self, call: Call, new: Manifest, old: Manifest | None) -> None:
        resource = call.resource
        if resource.group != GROUP or MASTERS in call.user.groups or _grants_same(new, old):
            return
        name = str(new["metadata"].get("name") or "")
        if resource.plural in _ROLES:
            if not self._may(call, "escalate", resource.plural, name):
                self._require_held(call, name, _role_rules(new))
            return
        role = new.get("roleRef") or {}
        plural = "roles" if role.get("kind") == "Role" else "clusterroles"
        if not self._may(call, "bind", plural, str(role.get("name"))):
            namespace = call.namespace if plural == "roles" else ""
            rules = self._authorizer.role_rules(namespace, str(role.get("name")))
            if rules is None:
                raise refusals.not_found_role(plural, str(role.get("name")))
            self._require_held(call, name, rules)

    def _may(self, call: Call, verb: str, plural: str, name: str) -> bool:
        asked = Attributes(verb, GROUP, plural, namespace=call.namespace, name=name)
        return self._authorizer.allows(call.user, asked)

    def _require_held(self, call: Call, name: str, wanted: tuple[Rule, ...]) -> None:
        held = self._authorizer.rules_in(call.user, call.namespace)
        missing = not_held(wanted, held)
        if missing:
            raise _refused(call.resource, name, call.user, missing)


def _grants_same(new: Manifest, old: Manifest | None) -> bool:
    fields = ("rules", "aggregationRule", "roleRef", "subjects")
    return old is not None and all(new.get(field) == old.get(field) for field in fields)


def _role_rules(role: Manifest) -> tuple[Rule, ...]:
    """What the role gives: anything at all, where it takes on the rules of other roles."""
    if role.get("aggregationRule"):
        return _EVERYTHING
    return tuple(role.get("rules") or ())


def _refused(resource: Resource, name: str, user: User, missing: list[str]) -> Exception:
    groups = ", ".join(f'"{group}"' for group in user.groups)
    return refusals.forbidden(
        resource,
        name,
        f'user "{user.name}" (groups=[{groups}]) is attempting to grant RBAC permissions not'
        f" currently held:\n{chr(10).join(missing)}",
    )
