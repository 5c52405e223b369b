"""Policies are bounded in their work, and compile once."""

from __future__ import annotations

from typing import Any

from trueup.controlplane.admission.attributes import CREATE, attributes_of
from trueup.controlplane.admission.matching import Match
from trueup.controlplane.admission.policies import Finding, Policy
from trueup.controlplane.admission.seeing import activation_of
from trueup.controlplane.auth.user import User
from trueup.controlplane.registry.call import Call
from trueup.controlplane.resources import Catalog


def findings(spec: dict[str, Any], obj: dict[str, Any], **more: Any) -> list[Finding]:
    resource = Catalog().find("", "v1", "configmaps")
    assert resource is not None
    call = Call(resource, User("jane"), "default", "a")
    attributes = attributes_of(call, CREATE, {"apiVersion": "v1", "kind": "ConfigMap", **obj})
    seen = Match(resource, resource.gvk)
    policy = Policy({"metadata": {"name": "p"}, "spec": spec})
    return list(policy.findings(activation_of(attributes, seen, lambda *_: (False, ""), **more)))


HEAVY = "object.items.all(a, object.items.all(b, object.items.all(c, a + b + c >= 0)))"


def test_an_expression_that_works_without_end_is_cut_off() -> None:
    (finding,) = findings({"validations": [{"expression": HEAVY}]}, {"items": list(range(1000))})
    assert "running out of cost budget" in finding.message


def test_work_in_variables_counts_too() -> None:
    spec = {
        "variables": [{"name": "v", "expression": HEAVY}],
        "validations": [{"expression": "variables.v"}],
    }
    (finding,) = findings(spec, {"items": list(range(1000))})
    assert "running out of cost budget" in finding.message


def test_a_variable_that_nobody_names_is_not_computed() -> None:
    spec = {
        "variables": [{"name": "v", "expression": "object.missing"}],
        "validations": [{"expression": "true || variables.v"}],
    }
    assert findings(spec, {}) == []


def test_an_annotation_for_the_audit_log_that_fails_speaks_against_the_write() -> None:
    spec = {"auditAnnotations": [{"key": "k", "valueExpression": "object.missing"}]}
    (finding,) = findings(spec, {})
    assert finding.message == "expression 'object.missing' resulted in error: no such key: missing"


def test_a_message_of_too_many_letters_is_not_told() -> None:
    long = "object.text + object.text"
    spec = {"validations": [{"expression": "false", "messageExpression": f"string({long})"}]}
    (finding,) = findings(spec, {"text": "x" * 3000})
    assert finding.message == "failed expression: false"
