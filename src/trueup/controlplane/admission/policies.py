"""ValidatingAdmissionPolicies: compiled once, and what they find in a write."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any, Final, NamedTuple

from trueup import cel
from trueup.cel import types as t
from trueup.cel.types import Type
from trueup.controlplane.admission.conditions import Conditions
from trueup.controlplane.admission.expressions import (
    Activation,
    Failed,
    Scope,
    Uncompiled,
    Variables,
    compiled,
)
from trueup.controlplane.admission.matching import Criteria
from trueup.objects import GroupVersionKind, Manifest

_MAX_MESSAGE: Final = 5 * 1024


class Finding(NamedTuple):
    """What speaks against a write; an empty ``reason`` is that of an expression that failed."""

    message: str
    reason: str = ""


class Validation:
    """One entry of ``validations``."""

    def __init__(self, declared: Mapping[str, Any], scope: Scope) -> None:
        self.text = str(declared.get("expression") or "")
        self.message = str(declared.get("message") or "").strip()
        self.reason = str(declared.get("reason") or "Invalid")
        self._program = attempt(self.text, scope, t.BOOL)
        said = str(declared.get("messageExpression") or "")
        asks_nobody = scope._replace(authorizer=False)
        self._said = attempt(said, asks_nobody, t.STRING) if said else None

    def finding(self, activation: Activation) -> Finding | None:
        """None where it holds; Failed."""
        if run(self._program, activation) is True:
            return None
        return Finding(self._message(activation), self.reason)

    def _message(self, activation: Activation) -> str:
        said = ""
        if isinstance(self._said, cel.Program):
            try:
                said = str(activation.value(self._said)).strip()
            except Failed:
                said = ""
        if "\n" in said or len(said.encode()) > _MAX_MESSAGE:
            said = ""
        return said or self.message or f"failed expression: {self.text.strip()}"


class Annotation:
    """One entry of ``auditAnnotations``: there is no audit log, but it may fail."""

    def __init__(self, declared: Mapping[str, Any], scope: Scope) -> None:
        self._program = attempt(str(declared["valueExpression"]), scope)

    def finding(self, activation: Activation) -> None:
        """Failed."""
        run(self._program, activation)


class Policy:
    """A policy, compiled."""

    def __init__(self, policy: Manifest) -> None:
        self.name = str(policy["metadata"]["name"])
        self._spec = spec = policy.get("spec") or {}
        self.ignores_failure = spec.get("failurePolicy") == "Ignore"
        self.criteria = Criteria.of_policy(spec.get("matchConstraints") or {})
        self.param_kind = _param_kind(spec.get("paramKind"))

    @cached_property
    def _variables(self) -> dict[str, cel.Program | str]:
        return compile_variables(self._spec.get("variables") or (), has_params=self.has_params)

    @property
    def has_params(self) -> bool:
        return self.param_kind is not None

    @cached_property
    def _scope(self) -> Scope:
        return Scope(self.has_params, variables=types_of(self._variables))

    @cached_property
    def _conditions(self) -> Conditions:
        return Conditions(self._spec.get("matchConditions") or (), self._scope)

    @cached_property
    def _validations(self) -> list[Validation]:
        return [Validation(each, self._scope) for each in self._spec.get("validations") or ()]

    @cached_property
    def _annotations(self) -> list[Annotation]:
        return [Annotation(each, self._scope) for each in self._spec.get("auditAnnotations") or ()]

    def findings(self, activation: Activation) -> Iterator[Finding]:
        """What the policy finds; failures only where these count."""
        activation.values["variables"] = Variables(self._variables, activation)
        try:
            if self._conditions and not self._holds(activation):
                return
        except Failed as failure:
            yield from self._counted(failure)
            return
        checks: list[Validation | Annotation] = [*self._validations, *self._annotations]
        for each in checks:
            try:
                finding = each.finding(activation)
            except Failed as failure:
                yield from self._counted(failure)
            else:
                yield from () if finding is None else (finding,)

    def _holds(self, activation: Activation) -> bool:
        """Conditions do not see the namespace, in Kubernetes as here."""
        namespace = activation.values["namespaceObject"]
        activation.values["namespaceObject"] = None
        try:
            return self._conditions.hold(activation)
        finally:
            activation.values["namespaceObject"] = namespace

    def _counted(self, failure: Failed) -> Iterator[Finding]:
        if not self.ignores_failure:
            yield Finding(str(failure))


class Binding:
    """Where a policy applies, with which parameters, and what it does."""

    def __init__(self, binding: Manifest) -> None:
        spec = binding.get("spec") or {}
        self.name = str(binding["metadata"]["name"])
        self.policy = str(spec.get("policyName"))
        resources = spec.get("matchResources")
        self.criteria = Criteria.of_policy(resources) if resources is not None else None
        self.actions: tuple[str, ...] = tuple(spec.get("validationActions") or ())
        self.param_ref: Mapping[str, Any] | None = spec.get("paramRef")


def compile_variables(
    declared: Iterable[Mapping[str, Any]], *, has_params: bool
) -> dict[str, cel.Program | str]:
    """Programs by name, or why there is none; each may name those before it."""
    found: dict[str, cel.Program | str] = {}
    for each in declared:
        scope = Scope(has_params, variables=types_of(found))
        found[str(each["name"])] = attempt(str(each["expression"]), scope)
    return found


def types_of(variables: Mapping[str, cel.Program | str]) -> dict[str, Type]:
    return {name: t.DYN if isinstance(p, str) else p.kind for name, p in variables.items()}


def attempt(expression: str, scope: Scope, *results: Type) -> cel.Program | str:
    """The program, or the reason why it does not compile."""
    try:
        return compiled(expression, scope, *results)
    except Uncompiled as error:
        return str(error)


def run(program: cel.Program | str, activation: Activation) -> Any:
    """Its value; Failed."""
    if isinstance(program, str):
        raise Failed(f"compilation error: {program}")
    return activation.value(program)


def _param_kind(declared: Mapping[str, Any] | None) -> GroupVersionKind | None:
    if declared is None:
        return None
    group, _, version = str(declared.get("apiVersion")).rpartition("/")
    return GroupVersionKind(group, version, str(declared.get("kind")))
