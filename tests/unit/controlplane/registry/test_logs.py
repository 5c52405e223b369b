"""What ``pods/log`` answers for containers that nobody runs."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from trueup.controlplane.registry.logs import LogOptions, chosen_container, is_running, log_of
from trueup.errors import BadRequest
from trueup.objects import Manifest


def pod(state: Manifest, *, containers: int = 1) -> Manifest:
    names = ["app", "side"][:containers]
    return {
        "metadata": {"name": "web", "namespace": "shop"},
        "spec": {"nodeName": "n1", "containers": [{"name": n, "image": "i:1"} for n in names]},
        "status": {"containerStatuses": [{"name": n, "state": state} for n in names]},
    }


def log(pod: Manifest, **options: Any) -> str:
    return log_of(pod, "app", LogOptions(**options)).decode()


RUNNING = {"running": {"startedAt": "2026-01-01T00:00:00Z"}}


def test_a_running_container_says_that_nothing_ran() -> None:
    first, second = log(pod(RUNNING)).splitlines()
    assert "nothing runs" in first
    assert second == "Pod shop/web, container app, node n1, image i:1."


def test_an_ended_container_says_how_it_ended() -> None:
    ended = {"terminated": {"exitCode": 1, "startedAt": "2026-01-01T00:00:00Z"}}
    assert log(pod(ended)).endswith("exit code 1.\n")


def test_timestamps_and_tail_are_honoured() -> None:
    text = log(pod(RUNNING), timestamps=True, tail=1)
    assert text.startswith("2026-01-01T00:00:00.000000000Z Pod shop/web")


def test_one_of_several_containers_must_be_named() -> None:
    with pytest.raises(BadRequest, match=r"choose one of: \[app side\]"):
        chosen_container(pod(RUNNING, containers=2), "")


def test_a_container_that_is_not_there_is_refused() -> None:
    with pytest.raises(BadRequest, match="container other is not valid for pod web"):
        chosen_container(pod(RUNNING), "other")


def test_a_container_that_waits_has_no_log_yet() -> None:
    waiting = {"waiting": {"reason": "ContainerCreating"}}
    with pytest.raises(BadRequest, match="waiting to start: ContainerCreating"):
        log(pod(waiting))


def test_a_container_that_was_never_restarted_has_no_previous_log() -> None:
    with pytest.raises(BadRequest, match='previous terminated container "app" in pod "web"'):
        log(pod(RUNNING), previous=True)


def test_a_container_whose_image_is_missing_says_so() -> None:
    waiting = {"waiting": {"reason": "ErrImagePull"}}
    with pytest.raises(BadRequest, match="waiting to start: image can't be pulled"):
        log(pod(waiting))


def test_a_container_that_nobody_reported_is_not_available() -> None:
    silent = {**pod(RUNNING), "status": {}}
    with pytest.raises(BadRequest, match='container "app" in pod "web" is not available'):
        log(silent)


def test_a_container_that_was_restarted_has_a_previous_log() -> None:
    crashing = pod({"waiting": {"reason": "CrashLoopBackOff"}})
    ended = {"terminated": {"exitCode": 3, "startedAt": "2026-01-01T00:00:00Z"}}
    crashing["status"]["containerStatuses"][0]["lastState"] = ended
    assert log(crashing, previous=True).endswith("exit code 3.\n")


def test_nothing_was_logged_since_a_time_after_the_start() -> None:
    assert log(pod(RUNNING), since=datetime(2026, 1, 1, 0, 0, 1, tzinfo=UTC)) == ""


def test_everything_was_logged_since_the_start() -> None:
    assert log(pod(RUNNING), since=datetime(2026, 1, 1, tzinfo=UTC)) == log(pod(RUNNING))


def test_the_limit_counts_bytes_with_their_timestamps() -> None:
    assert log(pod(RUNNING), timestamps=True, limit=4) == "2026"


def test_all_kinds_of_containers_may_be_chosen() -> None:
    mixed = pod(RUNNING)
    mixed["spec"] |= {"initContainers": [{"name": "first"}], "ephemeralContainers": [{"name": "e"}]}
    chosen = [chosen_container(mixed, name) for name in ("", "app", "first", "e")]
    assert chosen == ["app", "app", "first", "e"]


def test_only_a_container_that_runs_is_running() -> None:
    assert (is_running(pod(RUNNING), "app"), is_running(pod({"waiting": {}}), "app")) == (
        True,
        False,
    )
