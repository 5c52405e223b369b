"""Rows of access rules, admission, budgets, priorities and certificates."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from trueup.controlplane.tables.column import (
    AGE,
    CREATED_AT,
    NAME,
    Column,
    at,
    count,
    field,
    flag,
    number,
    shown,
    text,
)
from trueup.controlplane.tables.definitions import DEFINITION
from trueup.controlplane.tables.duration import human_duration
from trueup.controlplane.tables.selectors import format_labels
from trueup.objects import Manifest


def _role(binding: Manifest) -> str:
    return f"{at(binding, 'roleRef.kind', '')}/{at(binding, 'roleRef.name', '')}"


def _subjects(name: str, kind: str) -> Column:
    def listed(binding: Manifest) -> str:
        subjects = at(binding, "subjects", ())
        return ", ".join(_subject(s) for s in subjects if s.get("kind") == kind)

    return text(name, shown(listed), "Who is bound to the role.", wide=True)


def _subject(subject: Mapping[str, Any]) -> str:
    if subject.get("kind") == "ServiceAccount":
        return f"{subject.get('namespace', '')}/{subject.get('name', '')}"
    return str(subject.get("name", ""))


def _param_kind(policy: Manifest) -> str:
    kind = at(policy, "spec.paramKind")
    return "<unset>" if kind is None else f"{kind.get('apiVersion', '')}/{kind.get('kind', '')}"


def _param_ref(binding: Manifest) -> str:
    ref = at(binding, "spec.paramRef")
    if not (ref and ref.get("name")):
        return "<unset>"
    return f"{ref.get('namespace') or '*'}/{ref['name']}"


def _signer(obj: Manifest) -> str:
    return at(obj, "spec.signerName") or "<none>"


def _pod_request_state(request: Manifest) -> str:
    types = [condition.get("type") for condition in at(request, "status.conditions", ())]
    return next((t for t in reversed(types) if t in ("Issued", "Denied", "Failed")), "Pending")


def _request_condition(request: Manifest) -> str:
    types = {condition.get("type") for condition in at(request, "status.conditions", ())}
    decided = next((word for word in ("Denied", "Approved") if word in types), "Pending")
    failed = ",Failed" if "Failed" in types else ""
    return decided + failed + (",Issued" if at(request, "status.certificate") else "")


def _requested(request: Manifest) -> str:
    seconds = at(request, "spec.expirationSeconds")
    return "<none>" if seconds is None else human_duration(timedelta(seconds=seconds))


def _dangling(schema: Manifest) -> str:
    conditions = at(schema, "status.conditions", ())
    return next((c.get("status", "") for c in conditions if c.get("type") == "Dangling"), "?")


_BINDING = (
    NAME,
    text("Role", shown(_role), "The role that is given."),
    AGE,
    _subjects("Users", "User"),
    _subjects("Groups", "Group"),
    _subjects("ServiceAccounts", "ServiceAccount"),
)
_WEBHOOKS = (NAME, number("Webhooks", count("webhooks"), "How many it has."), AGE)
_POLICY_BINDING = (
    NAME,
    text("PolicyName", "spec.policyName", "The policy it puts to use."),
    text("ParamRef", shown(_param_ref), "The parameters it is used with."),
    AGE,
)
_PARAM_KIND = text("ParamKind", shown(_param_kind), "The kind of its parameters.")
_QUEUING = "spec.limited.limitResponse.queuing"

POLICY: dict[tuple[str, str], tuple[Column, ...]] = {
    ("rbac.authorization.k8s.io", "Role"): (NAME, CREATED_AT),
    ("rbac.authorization.k8s.io", "ClusterRole"): (NAME, CREATED_AT),
    ("rbac.authorization.k8s.io", "RoleBinding"): _BINDING,
    ("rbac.authorization.k8s.io", "ClusterRoleBinding"): _BINDING,
    ("admissionregistration.k8s.io", "MutatingWebhookConfiguration"): _WEBHOOKS,
    ("admissionregistration.k8s.io", "ValidatingWebhookConfiguration"): _WEBHOOKS,
    ("admissionregistration.k8s.io", "ValidatingAdmissionPolicy"): (
        NAME,
        number("Validations", count("spec.validations"), "How many it has."),
        _PARAM_KIND,
        AGE,
    ),
    ("admissionregistration.k8s.io", "MutatingAdmissionPolicy"): (
        NAME,
        number("Mutations", count("spec.mutations"), "How many it has."),
        _PARAM_KIND,
        AGE,
    ),
    ("admissionregistration.k8s.io", "ValidatingAdmissionPolicyBinding"): _POLICY_BINDING,
    ("admissionregistration.k8s.io", "MutatingAdmissionPolicyBinding"): _POLICY_BINDING,
    ("policy", "PodDisruptionBudget"): (
        NAME,
        text("Min Available", shown(lambda o: str(at(o, "spec.minAvailable", "N/A"))), "At least."),
        text(
            "Max Unavailable",
            shown(lambda obj: str(at(obj, "spec.maxUnavailable", "N/A"))),
            "At most.",
        ),
        number("Allowed Disruptions", "status.disruptionsAllowed", "Pods that may go now."),
        AGE,
    ),
    ("scheduling.k8s.io", "PriorityClass"): (
        NAME,
        number("Value", "value", "Higher goes first."),
        flag("Global-Default", "globalDefault", "Whether it is meant where none is named."),
        AGE,
        text("PreemptionPolicy", "preemptionPolicy", "Whether it drives others out."),
    ),
    ("node.k8s.io", "RuntimeClass"): (NAME, text("Handler", "handler", "The runtime."), AGE),
    ("certificates.k8s.io", "CertificateSigningRequest"): (
        NAME,
        AGE,
        text("SignerName", shown(_signer), "Who is to sign."),
        text("Requestor", "spec.username", "Who asks."),
        text("RequestedDuration", shown(_requested), "How long it shall be valid."),
        text("Condition", shown(_request_condition), "What was decided."),
    ),
    ("certificates.k8s.io", "ClusterTrustBundle"): (
        NAME,
        text("SignerName", shown(_signer), "Whose certificates they are."),
    ),
    ("certificates.k8s.io", "PodCertificateRequest"): (
        NAME,
        text("PodName", "spec.podName", "The pod that asks."),
        text("ServiceAccountName", "spec.serviceAccountName", "As whom it runs."),
        text("NodeName", "spec.nodeName", "Where it runs."),
        text("SignerName", "spec.signerName", "Who is to sign."),
        text("State", shown(_pod_request_state), "What was decided."),
        text(
            "UnverifiedUserAnnotations",
            shown(lambda obj: format_labels(at(obj, "spec.unverifiedUserAnnotations"))),
            "What the pod says of itself.",
        ),
    ),
    ("flowcontrol.apiserver.k8s.io", "FlowSchema"): (
        NAME,
        text("PriorityLevel", "spec.priorityLevelConfiguration.name", "Where requests go."),
        text("MatchingPrecedence", field("spec.matchingPrecedence", 0), "Lower goes first."),
        text(
            "DistinguisherMethod",
            field("spec.distinguisherMethod.type", "<none>"),
            "What flows are.",
        ),
        AGE,
        text("MissingPL", shown(_dangling), "Whether its priority level is missing."),
    ),
    ("flowcontrol.apiserver.k8s.io", "PriorityLevelConfiguration"): (
        NAME,
        text("Type", "spec.type", "Limited or Exempt."),
        text(
            "NominalConcurrencyShares",
            field("spec.limited.nominalConcurrencyShares", "<none>"),
            "Its part of all seats.",
        ),
        text("Queues", field(f"{_QUEUING}.queues", "<none>"), "How many queues."),
        text("HandSize", field(f"{_QUEUING}.handSize", "<none>"), "Queues that one flow may use."),
        text("QueueLengthLimit", field(f"{_QUEUING}.queueLengthLimit", "<none>"), "Longest queue."),
        AGE,
    ),
    ("apiextensions.k8s.io", "CustomResourceDefinition"): DEFINITION,
}
