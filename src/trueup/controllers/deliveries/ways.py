"""How a delivery's cluster is reached: by what its Secret or ConfigMap says, which is watched."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from hashlib import sha256

from trueup.cluster import Client, ClusterConfig, cluster_config_from_kubeconfig
from trueup.cluster.credential import Renewed
from trueup.cluster.identity import Access, Account, WorkloadIdentity, provider_of
from trueup.controllers.clock import Clock
from trueup.controllers.in_use import InUse
from trueup.controllers.inputs import Inputs
from trueup.controllers.secrets import decoded_data
from trueup.errors import InputError, TrueupError
from trueup.flow import Delivery, Target, digest_of
from trueup.objects import Manifest, ObjectRef

_DEFAULT_KEYS = ("value", "value.yaml")


@dataclass(frozen=True)
class Way:
    """``key`` tells servers and identities apart; ``config`` raises InputError if it is unusable."""

    key: str
    config: Callable[[], ClusterConfig]


class Ways:
    """Ways to other clusters; ``on_change`` hears which delivery's way may be another one now."""

    def __init__(self, home: Client, clock: Clock, on_change: Callable[[ObjectRef], None]) -> None:
        self._home = home
        self._clock = clock
        self._named = Inputs(home, on_change, if_missing="create it")
        self._accounts = Inputs(home, on_change, if_missing="create it")
        self._accesses: InUse[Renewed[Access]] = InUse()

    async def find(self, delivery: Delivery, named: ObjectRef) -> Way:
        """By ``named``, the Secret or ConfigMap of ``delivery``.

        Raises InputError for what it says wrong, and what a Provider raises.
        """
        [found] = await self._named.read(delivery.ref, [(named, False)])
        if named.kind == "Secret":
            self._leave_identity(delivery.ref)
            return _by_kubeconfig(delivery.target, named, found)
        try:
            return await self._by_identity(delivery, found)
        except TrueupError as error:
            error.subject = error.subject or str(named)
            raise

    def forget(self, delivery: ObjectRef) -> None:
        self._named.forget(delivery)
        self._leave_identity(delivery)

    async def close(self) -> None:
        await self._named.close()
        await self._accounts.close()

    def _leave_identity(self, delivery: ObjectRef) -> None:
        self._accounts.forget(delivery)
        self._accesses.leave(delivery)

    async def _by_identity(self, delivery: Delivery, config_map: Manifest) -> Way:
        wanted = WorkloadIdentity.of(config_map, delivery.target.default_identity)
        provider = provider_of(wanted.provider, self._home)
        account = await self._account(delivery, wanted.account)
        key = digest_of([repr(wanted), account.key if account else ""])
        access = self._accesses.use(
            delivery.ref,
            key,
            lambda: Renewed(partial(provider.access, wanted, account), self._clock.now),
        )
        now = await access.get()
        config = partial(ClusterConfig, now.server, ca=now.ca, credential=access)
        return Way(digest_of([key, now.server, (now.ca or b"").decode()]), config)

    async def _account(self, delivery: Delivery, name: str) -> Account | None:
        if not name:
            self._accounts.forget(delivery.ref)
            return None
        ref = ObjectRef("", "ServiceAccount", delivery.ref.namespace, name, "v1")
        [found] = await self._accounts.read(delivery.ref, [(ref, False)])
        return Account.of(self._home, found)


def _by_kubeconfig(target: Target, named: ObjectRef, secret: Manifest) -> Way:
    subject = str(named)
    data = decoded_data(secret, subject)
    keys = (target.kubeconfig_key,) if target.kubeconfig_key else _DEFAULT_KEYS
    content = next((data[key] for key in keys if key in data), None)
    if content is None:
        raise InputError(f"has no key {' or '.join(keys)}", subject=subject)
    config = partial(cluster_config_from_kubeconfig, content, subject=subject)
    return Way(sha256(content).hexdigest(), config)
