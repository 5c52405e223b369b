"""ServiceAccounts that act for a delivery before whoever keeps its keys."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import TimeoutError as TookTooLong
from dataclasses import dataclass
from typing import Any, TypeVar

from trueup.cluster import Client
from trueup.cluster.identity import Account
from trueup.errors import Unavailable
from trueup.objects import Manifest

T = TypeVar("T")

_SECONDS = 15.0


class Accounts:
    """Those of the cluster ``home``, for threads beside the event loop that this is made on."""

    def __init__(self, home: Client, seconds: float = _SECONDS) -> None:
        self._home = home
        self._seconds = seconds
        self._loop = asyncio.get_running_loop()

    def named(self, manifest: Manifest) -> ActingAccount:
        return ActingAccount(Account.of(self._home, manifest), self)

    def own(self) -> ActingAccount:
        """The one that Trueup runs as; raises as ``Account.own``."""
        return ActingAccount(self.wait(Account.own(self._home)), self)

    def wait(self, asked: Coroutine[Any, Any, T]) -> T:
        """What ``asked`` gives; Unavailable if that takes too long."""
        future = asyncio.run_coroutine_threadsafe(asked, self._loop)
        try:
            return future.result(self._seconds)
        except TookTooLong:
            future.cancel()
            raise Unavailable(f"the API server took more than {self._seconds:.0f} s") from None


@dataclass(frozen=True, slots=True)
class ActingAccount:
    """One that asks services for keys."""

    account: Account
    accounts: Accounts

    def token(self, audience: str) -> str:
        """A token for ``audience``; raises as ``Account.token``."""
        return self.accounts.wait(self.account.token((audience,))).token
