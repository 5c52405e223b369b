"""Role-based access control: rules, bindings, and the question whether they allow a request.

https://kubernetes.io/docs/reference/access-authn-authz/rbac/
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from trueup.controlplane.auth.attributes import Attributes
from trueup.controlplane.auth.user import MASTERS, User, service_account_name
from trueup.objects import Manifest

GROUP = "rbac.authorization.k8s.io"
Rule = Mapping[str, Any]

Lister = Callable[[str], Sequence[Manifest]]
"""All objects of a resource of this group, by plural."""


_EVERYTHING: tuple[Rule, ...] = (
    {"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]},
    {"verbs": ["*"], "nonResourceURLs": ["*"]},
)


class Decision(NamedTuple):
    """Whether a request may be made, and why."""

    allowed: bool
    reason: str = ""


class Grant(NamedTuple):
    """Rules that a binding gives to a user; ``namespace`` empty: everywhere.

    ``missing`` says that the role is not there, if it is not.
    """

    namespace: str
    rules: Sequence[Rule]
    reason: str
    missing: str = ""


class Authorizer:
    """Reads roles and bindings anew after ``invalidate``, otherwise from what it made of them."""

    def __init__(self, list_objects: Lister) -> None:
        self._list = list_objects
        self._bindings: dict[str, list[Manifest]] | None = None
        self._roles: dict[tuple[str, str], Sequence[Rule]] = {}
        self._grants: dict[tuple[str, tuple[str, ...]], list[Grant]] = {}

    def invalidate(self, _: Manifest) -> None:
        """A role or a binding has changed."""
        self._bindings = None

    def decide(self, user: User, asked: Attributes) -> Decision:
        """``system:masters`` may do anything; everyone else what some rule allows."""
        if MASTERS in user.groups:
            return Decision(True)
        for grant in self.grants(user):
            if grant.namespace and grant.namespace != asked.namespace:
                continue
            if any(rule_allows(rule, asked) for rule in grant.rules):
                return Decision(True, grant.reason)
        return Decision(False, self._missing_roles(user, asked.namespace))

    def allows(self, user: User, asked: Attributes) -> bool:
        return self.decide(user, asked).allowed

    def rules_in(self, user: User, namespace: str) -> list[Rule]:
        """Every rule that applies to ``user`` in ``namespace``, for whoever asks what they may."""
        rules = list(_EVERYTHING) if MASTERS in user.groups else []
        for grant in self.grants(user):
            if grant.namespace in {"", namespace}:
                rules += grant.rules
        return rules

    def role_rules(self, namespace: str, name: str) -> tuple[Rule, ...] | None:
        """What a role gives, or a cluster role where ``namespace`` is empty; None: no such role."""
        if self._bindings is None:
            self._load()
        found = self._roles.get((namespace, name))
        return None if found is None else tuple(found)

    def _missing_roles(self, user: User, namespace: str) -> str:
        """The roles that ``user`` is bound to and that are not there, in the apiserver's words."""
        grants = [each for each in self.grants(user) if each.namespace in {"", namespace}]
        missing = [grant.missing for grant in grants if grant.missing]
        if not missing:
            return ""
        listed = missing[0] if len(missing) == 1 else f"[{', '.join(missing)}]"
        return f"rbac: RBAC: {listed}"

    def grants(self, user: User) -> list[Grant]:
        """What all bindings together give to ``user``."""
        if self._bindings is None:
            self._load()
        key = user.name, user.groups
        if key not in self._grants:
            self._grants[key] = list(self._find_grants(user))
        return self._grants[key]

    def _load(self) -> None:
        self._grants = {}
        self._bindings = {
            plural: list(self._list(plural)) for plural in ("clusterrolebindings", "rolebindings")
        }
        self._roles = {
            (role["metadata"].get("namespace", ""), role["metadata"]["name"]): role.get("rules")
            or ()
            for plural in ("clusterroles", "roles")
            for role in self._list(plural)
        }

    def _find_grants(self, user: User) -> Iterator[Grant]:
        assert self._bindings is not None
        for bindings in self._bindings.values():
            for binding in bindings:
                subject = _matching_subject(binding, user)
                if subject is not None:
                    yield self._grant(binding, subject)

    def _grant(self, binding: Manifest, subject: Mapping[str, Any]) -> Grant:
        metadata, role = binding["metadata"], binding["roleRef"]
        namespace = metadata.get("namespace", "")
        role_namespace = namespace if role["kind"] == "Role" else ""
        rules = self._roles.get((role_namespace, role["name"]))
        missing = ""
        if rules is None:
            missing = f'{role["kind"].lower()}.{GROUP} "{role["name"]}" not found'
        return Grant(namespace, rules or (), _reason(metadata, role, subject), missing)


def _reason(metadata: Manifest, role: Mapping[str, Any], subject: Mapping[str, Any]) -> str:
    namespace = metadata.get("namespace", "")
    binding = f"{metadata['name']}/{namespace}" if namespace else metadata["name"]
    kind = "RoleBinding" if namespace else "ClusterRoleBinding"
    who = subject["name"]
    if subject["kind"] == "ServiceAccount":
        who = f"{who}/{subject.get('namespace') or namespace}"
    return (
        f'RBAC: allowed by {kind} "{binding}" of {role["kind"]} "{role["name"]}"'
        f' to {subject["kind"]} "{who}"'
    )


def _matching_subject(binding: Manifest, user: User) -> Mapping[str, Any] | None:
    namespace = binding["metadata"].get("namespace", "")
    for subject in binding.get("subjects") or ():
        if _is_subject(subject, user, namespace):
            found: Mapping[str, Any] = subject
            return found
    return None


def _is_subject(subject: Mapping[str, Any], user: User, namespace: str) -> bool:
    match subject["kind"]:
        case "User":
            return bool(subject["name"] == user.name)
        case "Group":
            return subject["name"] in user.groups
        case "ServiceAccount":
            owner = subject.get("namespace") or namespace
            return user.name == service_account_name(owner, subject["name"])
    return False


def rule_allows(rule: Rule, asked: Attributes) -> bool:
    """Whether this one rule covers the request."""
    if not _has(rule, "verbs", asked.verb):
        return False
    if not asked.resource:
        return any(_covers_path(url, asked.path) for url in rule.get("nonResourceURLs") or ())
    if not _has(rule, "apiGroups", asked.group) or not _covers_resource(rule, asked):
        return False
    names = rule.get("resourceNames")
    return not names or asked.name in names


def _has(rule: Rule, field: str, value: str) -> bool:
    values = rule.get(field) or ()
    return "*" in values or value in values


def _covers_resource(rule: Rule, asked: Attributes) -> bool:
    resources = rule.get("resources") or ()
    if "*" in resources or asked.full_resource in resources:
        return True
    return bool(asked.subresource) and f"*/{asked.subresource}" in resources


def _covers_path(pattern: str, path: str) -> bool:
    if pattern == "*" or pattern == path:
        return True
    return pattern.endswith("*") and path.startswith(pattern.rstrip("*"))
