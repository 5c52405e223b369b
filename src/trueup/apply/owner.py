"""As whom, and by which rules, the objects of one delivery are written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from trueup.cluster import Client
from trueup.flow import Controls, Conventions, Delivery, IgnoredFields
from trueup.objects import Manifest
from trueup.plan.ignore import leave_alone


@dataclass(frozen=True, slots=True)
class Owner:
    """One delivery on one cluster, acting with ``client``'s identity."""

    client: Client
    conventions: Conventions
    labels: Mapping[str, str]
    """The delivery's marks: what does not carry them is not deleted."""
    ignored_fields: tuple[IgnoredFields, ...] = ()

    @classmethod
    def of(cls, delivery: Delivery, client: Client) -> Owner:
        return cls(client, delivery.conventions, delivery.labels, delivery.ignored_fields)

    @property
    def manager(self) -> str:
        return self.conventions.manager

    def controls(self, obj: Mapping[str, Any]) -> Controls:
        return self.conventions.controls(obj)

    def adjusted(self, wanted: Manifest, live: Mapping[str, Any]) -> Manifest:
        """What is sent of ``wanted``: ignored fields keep their live values."""
        return leave_alone(wanted, live, self.ignored_fields, self.manager)
