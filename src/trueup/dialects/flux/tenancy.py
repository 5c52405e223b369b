"""What tenants of one cluster may refer to, and as whom their deliveries act by default."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from trueup.errors import AccessDenied
from trueup.flow import Delivery
from trueup.objects import ObjectRef


@dataclass(frozen=True, slots=True)
class Tenancy:
    """Rules for all deliveries."""

    same_namespace_only: bool = False
    """Whether references to other namespaces are refused."""
    default_service_account: str = ""
    """Acts for deliveries that name no account, each time the one of their own namespace."""
    default_kubeconfig_service_account: str = ""
    """Goes to other clusters for deliveries whose ``configMapRef`` names no account."""

    default_decryption_service_account: str = ""
    """Asks for keys for deliveries whose ``spec.decryption`` names no account."""

    @property
    def identity_service_account(self) -> str:
        """Whoever is not to act as Trueup here is not to go elsewhere as Trueup either."""
        return self.default_kubeconfig_service_account or self.default_service_account

    def check(self, delivery: Delivery) -> None:
        """Raises AccessDenied, naming what may not be referred to.

        Waiting for a delivery elsewhere shows only whether it is ready, and stays allowed as in
        Flux; an expression could read all of it.
        """
        if not self.same_namespace_only:
            return
        read = [dependency.ref for dependency in delivery.depends_on if dependency.ready_expression]
        for ref in (delivery.source, *read):
            if ref.namespace != delivery.ref.namespace:
                raise _denied(ref)


OPEN: Final = Tenancy()
"""Whoever writes a delivery is trusted."""


def _denied(ref: ObjectRef) -> AccessDenied:
    what = f"{ref.kind}/{ref.namespace}/{ref.name}"
    return AccessDenied(f"can't access '{what}', cross-namespace references have been blocked")
