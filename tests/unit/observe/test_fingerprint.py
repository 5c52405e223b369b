"""The fingerprint of what we own: it changes with that, and with nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from trueup.merge import serverside
from trueup.objects import GroupVersionKind, Manifest
from trueup.observe.fingerprint import UNOWNED, fingerprint
from trueup.schema import builtin

SCHEMA = builtin(GroupVersionKind("apps", "v1", "Deployment"))
OURS = "trueup"


def deployment(**spec: Any) -> Manifest:
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web"},
        "spec": spec,
    }


def containers(*items: dict[str, Any]) -> dict[str, Any]:
    return {"spec": {"containers": list(items)}}


WEB, PROXY = {"name": "web", "image": "a"}, {"name": "proxy", "image": "p"}
WANTED = deployment(replicas=1, template=containers(WEB))


def apply(
    live: Manifest | None, obj: Manifest, manager: str = OURS, now: str = "2026-01-01T00:00:00Z"
) -> Manifest:
    return serverside.apply(live, obj, manager=manager, schema=SCHEMA, now=now, force=True)


LIVE = apply(None, WANTED)


def prints(obj: Manifest) -> str:
    return fingerprint(obj, OURS)


def test_an_object_in_which_we_own_nothing_has_none() -> None:
    assert (prints(WANTED), prints(apply(None, WANTED, "other"))) == (UNOWNED, UNOWNED)


def test_applying_again_does_not_change_it() -> None:
    assert prints(apply(LIVE, WANTED, now="2026-02-02T00:00:00Z")) == prints(LIVE)


@pytest.mark.parametrize(
    "touched",
    [
        {**LIVE, "status": {"replicas": 1}},
        {**LIVE, "metadata": {**LIVE["metadata"], "resourceVersion": "9", "generation": 4}},
        apply(LIVE, deployment(paused=True), "other"),
        apply(LIVE, deployment(template=containers(PROXY)), "mesh"),
        apply(LIVE, deployment(replicas=1), "other"),
    ],
    ids=["status", "server-kept metadata", "a foreign field", "a foreign container", "sharing"],
)
def test_what_is_not_ours_does_not_change_it(touched: Manifest) -> None:
    assert prints(touched) == prints(LIVE)


@pytest.mark.parametrize(
    "touched",
    [
        {**LIVE, "spec": {**LIVE["spec"], "replicas": 5}},
        {**LIVE, "spec": {**LIVE["spec"], "template": containers()}},
        apply(LIVE, deployment(replicas=2), "other"),
        apply(LIVE, deployment(replicas=1)),
    ],
    ids=["a value", "a lost container", "a field taken by force", "a field that we let go"],
)
def test_what_is_ours_changes_it(touched: Manifest) -> None:
    assert prints(touched) != prints(LIVE)


def test_a_sidecar_before_ours_does_not_change_it() -> None:
    injected = containers(PROXY, WEB)
    assert prints({**LIVE, "spec": {**LIVE["spec"], "template": injected}}) == prints(LIVE)
