"""What ``pods/log`` answers for containers that nobody runs."""

from __future__ import annotations

import pytest

from trueup.controlplane.registry.logs import LogOptions, log_text
from trueup.errors import BadRequest
from trueup.objects import Manifest


def pod(state: Manifest, *, containers: int = 1) -> Manifest:
    names = ["app", "side"][:containers]
    return {
        "metadata": {"name": "web", "namespace": "shop"},
        "spec": {"nodeName": "n1", "containers": [{"name": n, "image": "i:1"} for n in names]},
        "status": {"containerStatuses": [{"name": n, "state": state} for n in names]},
    }


RUNNING = {"running": {"startedAt": "2026-01-01T00:00:00Z"}}


def test_a_running_container_says_that_nothing_ran() -> None:
    first, second = log_text(pod(RUNNING), LogOptions()).splitlines()
    assert "nothing runs" in first
    assert second == "Pod shop/web, container app, node n1, image i:1."


def test_an_ended_container_says_how_it_ended() -> None:
    ended = {"terminated": {"exitCode": 1, "startedAt": "2026-01-01T00:00:00Z"}}
    assert log_text(pod(ended), LogOptions()).endswith("exit code 1.\n")


def test_timestamps_and_tail_are_honoured() -> None:
    text = log_text(pod(RUNNING), LogOptions(timestamps=True, tail=1))
    assert text.startswith("2026-01-01T00:00:00Z Pod shop/web")


def test_one_of_several_containers_must_be_named() -> None:
    with pytest.raises(BadRequest, match=r"choose one of: \[app side\]"):
        log_text(pod(RUNNING, containers=2), LogOptions())


def test_a_container_that_is_not_there_is_refused() -> None:
    with pytest.raises(BadRequest, match="container other is not valid for pod web"):
        log_text(pod(RUNNING), LogOptions(container="other"))


def test_a_container_that_waits_has_no_log_yet() -> None:
    waiting = {"waiting": {"reason": "ContainerCreating"}}
    with pytest.raises(BadRequest, match="waiting to start: ContainerCreating"):
        log_text(pod(waiting), LogOptions())


def test_a_container_that_was_never_restarted_has_no_previous_log() -> None:
    with pytest.raises(BadRequest, match='previous terminated container "app" in pod "web"'):
        log_text(pod(RUNNING), LogOptions(previous=True))
