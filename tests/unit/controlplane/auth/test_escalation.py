"""What one may not grant: the parts of rules that one does not hold."""

from __future__ import annotations

from typing import Any

import pytest

from trueup.controlplane.auth.escalation import not_held


def rule(groups: str, resources: str, verbs: str, names: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {
        "apiGroups": groups.split(","),
        "resources": resources.split(","),
        "verbs": verbs.split(","),
    }
    return {**found, "resourceNames": names.split(",")} if names else found


def paths(urls: str, verbs: str = "get") -> dict[str, Any]:
    return {"nonResourceURLs": urls.split(","), "verbs": verbs.split(",")}


HELD = [
    (rule("", "pods", "get,list"), [rule("", "pods", "get"), rule("", "pods", "list")]),
    (rule("apps", "deployments", "get"), [rule("*", "*", "*")]),
    (rule("", "pods/status", "get"), [rule("", "*/status", "get")]),
    (rule("", "pods", "get", "a"), [rule("", "pods", "get")]),
    (paths("/healthz/ping"), [paths("/healthz/*")]),
    (paths("/a/*"), [paths("/a*")]),
]
MISSING = [
    (rule("", "pods", "get,delete"), [rule("", "pods", "get")], ["delete"]),
    (rule("*", "*", "*"), [rule("", "pods", "*")], ["*"]),
    (rule("", "pods", "get"), [rule("", "pods", "get", "a")], ["get"]),
    (rule("", "pods", "get", "b"), [rule("", "pods", "get", "a")], ["get"]),
    (rule("", "pods/log", "get"), [rule("", "pods", "get")], ["get"]),
    (paths("/metrics"), [paths("/healthz")], ["get"]),
]


@pytest.mark.parametrize(("wanted", "held"), HELD)
def test_what_is_held_may_be_granted(wanted: dict[str, Any], held: list[dict[str, Any]]) -> None:
    assert not_held([wanted], held) == []


@pytest.mark.parametrize(("wanted", "held", "verbs"), MISSING)
def test_what_is_not_held_is_named(
    wanted: dict[str, Any], held: list[dict[str, Any]], verbs: list[str]
) -> None:
    (text,) = not_held([wanted], held)
    assert all(f'"{verb}"' in text for verb in verbs)


def test_the_refusal_reads_like_kubernetes_own() -> None:
    text = '{APIGroups:[""], Resources:["pods"], ResourceNames:["a"], Verbs:["get", "list"]}'
    assert not_held([rule("", "pods", "get,list", "a")], []) == [text]
