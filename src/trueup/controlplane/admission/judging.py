"""What the policies that are bound say of a write: warnings, or its denial."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from trueup.controlplane.admission.attributes import Attributes
from trueup.controlplane.admission.matching import Match, match
from trueup.controlplane.admission.params import Misconfigured, collect_params
from trueup.controlplane.admission.policies import Binding, Finding, Policy
from trueup.controlplane.admission.seeing import Authorize, activation_of
from trueup.controlplane.admission.surroundings import World
from trueup.controlplane.registry import refusals
from trueup.errors import ApiError, NotFound

_CODES = {"Forbidden": 403, "Unauthorized": 401, "RequestEntityTooLarge": 413}


class Bound(NamedTuple):
    """A policy with all that bind it."""

    policy: Policy
    bindings: list[Binding]


class _Denial(NamedTuple):
    policy: str
    binding: str
    finding: Finding

    @property
    def message(self) -> str:
        by = f" with binding '{self.binding}'" if self.binding else ""
        return (
            f"ValidatingAdmissionPolicy '{self.policy}'{by} denied request: {self.finding.message}"
        )


class Judge:
    """Asks policies."""

    def __init__(self, world: World, authorize: Authorize) -> None:
        self._world = world
        self._authorize = authorize

    def judge(self, bound: Iterable[Bound], attributes: Attributes) -> None:
        """Warns, and raises the first denial; all policies are asked first."""
        denials = [denial for each in bound for denial in self._denials(each, attributes)]
        if denials:
            raise _refusal(attributes, denials[0])

    def _denials(self, bound: Bound, attributes: Attributes) -> Iterator[_Denial]:
        policy = bound.policy
        try:
            found = match(policy.criteria, attributes, self._world)
            if found is None:
                return
            self._require_param_kind(policy)
        except (NotFound, Misconfigured) as error:
            yield from _misconfigured(policy, "", error)
            return
        for binding in bound.bindings:
            try:
                if binding.criteria and not match(binding.criteria, attributes, self._world):
                    continue
                findings = list(self._findings(policy, binding, attributes, found))
            except (NotFound, Misconfigured) as error:
                yield from _misconfigured(policy, binding.name, error)
                continue
            yield from _acted_on(policy, binding, findings, attributes)

    def _require_param_kind(self, policy: Policy) -> None:
        kind = policy.param_kind
        if kind is not None and self._world.resource_of(kind) is None:
            shown = f"{kind.group}/{kind.version}, Kind={kind.kind}"
            raise Misconfigured(f"failed to find resource referenced by paramKind: '{shown}'")

    def _findings(
        self, policy: Policy, binding: Binding, attributes: Attributes, found: Match
    ) -> Iterator[Finding]:
        seen, namespace = attributes.seen_as(found.kind), None
        if attributes.namespace and attributes.resource.bucket != "/namespaces":
            namespace = self._world.namespace(attributes.namespace)
        for params in collect_params(policy, binding, attributes.namespace, self._world):
            yield from policy.findings(
                activation_of(seen, found, self._authorize, namespace=namespace, params=params)
            )


def _misconfigured(policy: Policy, binding: str, error: Exception) -> Iterator[_Denial]:
    if not policy.ignores_failure:
        what = "binding" if binding else "policy"
        cause = error.cause if isinstance(error, ApiError) else str(error)
        yield _Denial(policy.name, binding, Finding(f"failed to configure {what}: {cause}"))


def _acted_on(
    policy: Policy, binding: Binding, findings: list[Finding], attributes: Attributes
) -> Iterator[_Denial]:
    for finding in findings:
        if "Deny" in binding.actions:
            yield _Denial(policy.name, binding.name, finding)
        if "Warn" in binding.actions:
            attributes.call.warn(
                f"Validation failed for ValidatingAdmissionPolicy '{policy.name}'"
                f" with binding '{binding.name}': {finding.message}"
            )


def _refusal(attributes: Attributes, denial: _Denial) -> ApiError:
    refusal = refusals.forbidden(attributes.resource, shown_name(attributes), denial.message)
    reason = denial.finding.reason or "Invalid"
    details = {**refusal.details, "causes": [{"message": denial.message}]}
    return ApiError(refusal.cause, code=_CODES.get(reason, 422), reason=reason, details=details)


def shown_name(attributes: Attributes) -> str:
    """The name that a refusal shows, also of an object that has none yet."""
    metadata = (attributes.obj or {}).get("metadata") or {}
    return attributes.name or str(metadata.get("generateName") or "Unknown")
