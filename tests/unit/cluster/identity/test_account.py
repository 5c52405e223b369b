"""Tokens of a ServiceAccount, and what is said where there are none."""

from __future__ import annotations

from typing import Any

import pytest

from trueup.cluster import Client
from trueup.cluster.identity import Account
from trueup.errors import ApiError, InputError, NotFound, TooManyRequests, Unauthorized, Unavailable
from trueup.objects import Manifest, ObjectRef

REF = ObjectRef("", "ServiceAccount", "team", "deployer", "v1")


class Home(Client):
    """Answers whatever is created with ``answer``, or raises it."""

    def __init__(self, answer: Manifest | ApiError) -> None:
        self.created: list[Manifest] = []
        self._answer = answer

    async def create(self, obj: Manifest, **options: Any) -> Manifest:
        self.created.append(obj)
        if isinstance(self._answer, ApiError):
            raise self._answer
        return self._answer


def user(name: str) -> Manifest:
    return {"status": {"userInfo": {"username": name}}}


async def test_its_token_is_asked_for_with_the_audiences() -> None:
    home = Home({"status": {"token": "t", "expirationTimestamp": "2026-01-01T00:00:00Z"}})
    credential = await Account(home, REF).token(["one"])
    assert (credential.token, credential.expires and credential.expires.year) == ("t", 2026)
    assert [request["spec"] for request in home.created] == [{"audiences": ["one"]}]


@pytest.mark.parametrize(
    ("error", "told"),
    [(NotFound, Unauthorized), (Unavailable, Unavailable), (TooManyRequests, Unavailable)],
)
async def test_an_account_without_a_token_is_nothing_that_was_not_found_elsewhere(
    error: type[ApiError], told: type[ApiError]
) -> None:
    with pytest.raises(told, match="no token for ServiceAccount/team/deployer: why") as raised:
        await Account(Home(error("why")), REF).token([])
    assert type(raised.value) is told


async def test_our_own_account_is_who_the_server_says_we_are() -> None:
    own = await Account.own(Home(user("system:serviceaccount:trueup:controller")))
    assert (own.ref.namespace, own.ref.name) == ("trueup", "controller")


async def test_who_is_no_account_has_no_token() -> None:
    with pytest.raises(InputError, match="Trueup itself is no ServiceAccount here"):
        await Account.own(Home(user("kubernetes-admin")))
