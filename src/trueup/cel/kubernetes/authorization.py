"""Questions about what a user may do: ``authorizer.group('apps').resource('deployments').check('get')``.

Who answers is handed in by whoever evaluates the expression.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Final, NamedTuple, TypeAlias

from trueup.cel.registry import function
from trueup.cel.types import Type
from trueup.cel.values import EvaluationError, Record

_PREFIX: Final = "kubernetes.authorization"
_RESOURCE_CHECK: Final = Type(f"{_PREFIX}.ResourceCheck")
AUTHORIZER: Final = Type(f"{_PREFIX}.Authorizer", fields={"requestResource": _RESOURCE_CHECK})
"""The type of the variable ``authorizer``."""


class Asked(NamedTuple):
    """A request to judge. ``account``: a namespace and name in place of who makes this one."""

    verb: str
    group: str = ""
    resource: str = ""
    subresource: str = ""
    namespace: str = ""
    name: str = ""
    path: str = ""
    account: tuple[str, str] | None = None


Decide: TypeAlias = Callable[[Asked], tuple[bool, str]]
"""Whether it is allowed, and why."""


@dataclass(frozen=True, slots=True)
class Decision:
    """An answer."""

    allowed: bool
    reason: str
    cel_type: ClassVar[str] = f"{_PREFIX}.Decision"


@dataclass(frozen=True, slots=True)
class Check:
    """A question that only lacks its verb."""

    decide: Decide
    asked: Asked

    @property
    def cel_type(self) -> str:
        return f"{_PREFIX}.{'ResourceCheck' if self.asked.resource else 'PathCheck'}"


@dataclass(frozen=True, slots=True)
class GroupCheck:
    """A question that lacks its resource."""

    decide: Decide
    asked: Asked
    cel_type: ClassVar[str] = f"{_PREFIX}.GroupCheck"


@dataclass(frozen=True)
class Authorizer(Record):
    """``of_request`` asks about the resource of the request itself."""

    decide: Decide
    of_request: Asked
    account: tuple[str, str] | None = None
    cel_type: ClassVar[str] = AUTHORIZER.name

    def field(self, name: str) -> Any:
        if name != "requestResource" or self.account is not None:
            raise EvaluationError(f"no such attribute: authorizer.{name}")
        return Check(self.decide, self.of_request)

    def has(self, name: str) -> bool:
        return name == "requestResource"


_AUTHORIZER, _CHECK = f"{_PREFIX}.Authorizer", f"{_PREFIX}.ResourceCheck"
_DECISION, _PATH = f"{_PREFIX}.Decision", f"{_PREFIX}.PathCheck"


@function("authorization", "path", f"{_AUTHORIZER}.(string) -> {_PATH}")
def path_check(authorizer: Authorizer, path: str) -> Check:
    if not path:
        raise EvaluationError("path must not be empty")
    return Check(authorizer.decide, Asked("", path=path, account=authorizer.account))


@function("authorization", "group", f"{_AUTHORIZER}.(string) -> {_PREFIX}.GroupCheck")
def group_check(authorizer: Authorizer, group: str) -> GroupCheck:
    return GroupCheck(authorizer.decide, Asked("", group=group, account=authorizer.account))


@function("authorization", "serviceAccount", f"{_AUTHORIZER}.(string, string) -> {_AUTHORIZER}")
def service_account(authorizer: Authorizer, namespace: str, name: str) -> Authorizer:
    return replace(authorizer, account=(namespace, name))


@function("authorization", "resource", f"{_PREFIX}.GroupCheck.(string) -> {_CHECK}")
def resource_check(group: GroupCheck, resource: str) -> Check:
    if not resource:
        raise EvaluationError("resource must not be empty")
    return Check(group.decide, group.asked._replace(resource=resource))


@function("authorization", "subresource", f"{_CHECK}.(string) -> {_CHECK}")
def with_subresource(check: Check, subresource: str) -> Check:
    return replace(check, asked=check.asked._replace(subresource=subresource))


@function("authorization", "namespace", f"{_CHECK}.(string) -> {_CHECK}")
def with_namespace(check: Check, namespace: str) -> Check:
    return replace(check, asked=check.asked._replace(namespace=namespace))


@function("authorization", "name", f"{_CHECK}.(string) -> {_CHECK}")
def with_name(check: Check, name: str) -> Check:
    return replace(check, asked=check.asked._replace(name=name))


@function("authorization", "fieldSelector", f"{_CHECK}.(string) -> {_CHECK}")
@function("authorization", "labelSelector", f"{_CHECK}.(string) -> {_CHECK}")
def with_selector(check: Check, selector: str) -> Check:
    """Roles know no selectors."""
    return check


@function(
    "authorization",
    "check",
    f"{_PATH}.(string) -> {_DECISION}",
    f"{_CHECK}.(string) -> {_DECISION}",
)
def decision(check: Check, verb: str) -> Decision:
    return Decision(*check.decide(check.asked._replace(verb=verb)))


@function("authorization", "allowed", f"{_DECISION}.() -> bool")
def is_allowed(decision: Decision) -> bool:
    return decision.allowed


@function("authorization", "reason", f"{_DECISION}.() -> string")
def reason_of(decision: Decision) -> str:
    return decision.reason


@function("authorization", "errored", f"{_DECISION}.() -> bool")
def is_error(decision: Decision) -> bool:
    """Roles are looked up in memory, which does not fail."""
    return False


@function("authorization", "error", f"{_DECISION}.() -> string")
def error_of(decision: Decision) -> str:
    return ""
