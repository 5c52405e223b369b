"""Who leads: ``tests/cases/controllers/lease.yaml``, and that there are never two."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trueup.controllers.replicas.lease import Act, Sighting, Standing, Terms, decide, held, released
from trueup.objects import Manifest, yaml

CASES = Path(__file__).parents[3] / "cases" / "controllers" / "lease.yaml"
TABLE: list[dict[str, Any]] = yaml.load(CASES.read_bytes())
TERMS = Terms(duration=12, deadline=8, retry=2)
NOW = 100.0


@pytest.mark.parametrize("case", TABLE, ids=[case["name"] for case in TABLE])
def test_decide(case: dict[str, Any]) -> None:
    standing = Standing(_seen(**case["seen"]) if "seen" in case else None, case.get("confirmed"))
    decision = decide(standing, "me", NOW, TERMS)
    said = {"act": decision.act, "seconds": decision.seconds}
    assert {name: value for name, value in said.items() if value} == case["expect"]


def _seen(since: float, holder: str = "", version: str = "1", **spec: Any) -> Sighting:
    holding = {"holderIdentity": holder} if holder else {}
    return Sighting({"leaseDurationSeconds": 12, **holding, **spec}, version, since)


def test_a_change_of_the_hand_counts_and_a_renewal_does_not() -> None:
    first = held(None, "a", "t0", TERMS)
    renewed = held(Sighting(first, "1", 0), "a", "t1", TERMS)
    taken = held(Sighting(renewed, "2", 0), "b", "t2", TERMS)
    assert [spec["leaseTransitions"] for spec in (first, renewed, taken)] == [0, 0, 1]
    assert [spec["acquireTime"] for spec in (first, renewed, taken)] == ["t0", "t0", "t2"]


def test_what_is_released_has_no_holder_and_remembers_how_often_it_changed_hands() -> None:
    spec = released(Sighting({**held(None, "a", "t0", TERMS), "leaseTransitions": 3}, "1", 0), "t1")
    assert ("holderIdentity" in spec, spec["leaseTransitions"]) == (False, 3)


def test_a_lease_that_says_the_same_is_no_news_whatever_its_version() -> None:
    standing = Standing().saw(_lease("a", "1"), 10).saw(_lease("a", "2"), 20)
    assert standing.seen is not None
    assert (standing.seen.since, standing.seen.version) == (10, "2")


def test_an_answer_that_comes_late_confirms_the_time_of_the_question() -> None:
    standing = Standing().confirm(_lease("me", "1"), sent=90, now=97)
    assert standing.seconds_left(97, TERMS) == 1


def _lease(holder: str, version: str) -> Manifest:
    return {"metadata": {"resourceVersion": version}, "spec": {"holderIdentity": holder}}


class Server:
    """The Lease, which changes only for whoever knows its version."""

    def __init__(self) -> None:
        self.lease: Manifest | None = None
        self._version = 0

    def write(self, spec: Manifest, version: str) -> Manifest | None:
        """The answer; None: a conflict."""
        if version != (self.lease["metadata"]["resourceVersion"] if self.lease else ""):
            return None
        self._version += 1
        self.lease = {"metadata": {"resourceVersion": str(self._version)}, "spec": spec}
        return self.lease

    def touch(self) -> None:
        """Somebody labels it."""
        if self.lease is not None:
            self.write(self.lease["spec"], self.lease["metadata"]["resourceVersion"])


class Replica:
    """A candidate whose clock is ``ahead`` and whose requests may take any time, or be lost."""

    def __init__(self, server: Server, name: str, ahead: int) -> None:
        self._server = server
        self._name = name
        self._ahead = ahead
        self._standing = Standing()
        self._now = 0.0
        self._request: tuple[Manifest, str, float] | None = None
        self._answer: tuple[Manifest, float] | None = None

    def leads(self, time: float) -> bool:
        return self._standing.seconds_left(time + self._ahead, TERMS) > 0

    def do(self, what: str, time: float) -> None:
        self._now = time + self._ahead
        getattr(self, what)()

    def look(self) -> None:
        self._standing = self._standing.saw(self._server.lease, self._now)

    def act(self) -> None:
        """Decide, and send what follows; what was sent before is still on its way."""
        act = decide(self._standing, self._name, self._now, TERMS).act
        if act is Act.LOST:
            self._standing = self._standing.step_down()
        elif act is not Act.WAIT and self._request is None:
            seen = self._standing.seen
            spec = held(seen, self._name, str(self._now), TERMS)
            self._request = (spec, seen.version if seen else "", self._now)

    def arrive(self) -> None:
        """The request reaches the server."""
        if self._request is not None:
            spec, version, sent = self._request
            written = self._server.write(spec, version)
            self._answer = (written, sent) if written else None
            self._request = None

    def hear(self) -> None:
        """The answer reaches the replica."""
        if self._answer is not None:
            lease, sent = self._answer
            self._standing = self._standing.confirm(lease, sent=sent, now=self._now)
            self._answer = None

    def miss(self) -> None:
        """The answer does not."""
        self._answer = None

    def send(self) -> None:
        """All goes well, but for the answer, which is still to come."""
        for step in (self.look, self.act, self.arrive):
            step()

    def renew(self) -> None:
        """All goes well."""
        self.send()
        self.hear()


STEPS = st.tuples(
    st.sampled_from([0, 0, 1, 1, 2]),
    st.sampled_from(["renew", "send", "look", "act", "arrive", "hear", "miss"]),
    st.sampled_from([0.0, 0.0, 1.0, 3.0, 7.0, 13.0]),
    st.integers(0, 9).map(lambda drawn: drawn == 0),
)


@settings(max_examples=200)
@given(
    clocks=st.tuples(*[st.integers(-1000, 1000)] * 3),
    steps=st.lists(STEPS, min_size=5, max_size=30),
)
def test_there_are_never_two_leaders(
    clocks: tuple[int, ...], steps: list[tuple[int, str, float, bool]]
) -> None:
    server, time = Server(), 0.0
    replicas = [Replica(server, f"replica-{n}", ahead) for n, ahead in enumerate(clocks)]
    for number, what, seconds, is_touched in steps:
        replicas[number].do(what, time)
        if is_touched:
            server.touch()
        assert sum(replica.leads(time) for replica in replicas) <= 1
        time += seconds
        assert sum(replica.leads(time) for replica in replicas) <= 1
