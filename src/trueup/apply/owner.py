"""As whom, and by which rules, the objects of one delivery are written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from trueup.cluster import Client
from trueup.errors import TrueupError
from trueup.flow import Controls, Conventions, Delivery, IgnoredFields
from trueup.objects import Manifest
from trueup.plan.diff import FieldChange
from trueup.plan.ignore import leave_alone
from trueup.plan.mask import confidential_texts, is_secret, scrub_changes, scrub_error

Objection = Callable[[Mapping[str, Any]], str]
"""Why an object, live or wanted, is not ours to write; empty if nothing stands against it."""


def no_objection(obj: Mapping[str, Any]) -> str:
    """Nobody else is known who writes ``obj``."""
    return ""


@dataclass(frozen=True, slots=True)
class Owner:
    """One delivery on one cluster, acting with ``client``'s identity."""

    client: Client
    conventions: Conventions
    labels: Mapping[str, str]
    """The delivery's marks: what does not carry them is not deleted."""
    ignored_fields: tuple[IgnoredFields, ...] = ()
    confidential: tuple[str, ...] = field(default=(), repr=False)
    """Texts that are not to be shown, wherever they stand."""

    objection: Objection = no_objection

    @classmethod
    def of(
        cls,
        delivery: Delivery,
        client: Client,
        confidential: tuple[str, ...] = (),
        objection: Objection = no_objection,
    ) -> Owner:
        conventions, labels = delivery.conventions, delivery.labels
        return cls(client, conventions, labels, delivery.ignored_fields, confidential, objection)

    @property
    def manager(self) -> str:
        return self.conventions.manager

    def controls(self, obj: Mapping[str, Any]) -> Controls:
        return self.conventions.controls(obj)

    def check(self, *objects: Mapping[str, Any] | None) -> None:
        """Raises TrueupError for the first of ``objects`` that is not ours to write."""
        for obj in objects:
            if obj is not None and (reason := self.objection(obj)):
                raise TrueupError(reason)

    def shown(self, changes: Iterable[FieldChange]) -> tuple[FieldChange, ...]:
        """``changes``, fit to be shown."""
        return tuple(scrub_changes(changes, self.confidential))

    def scrub(self, error: TrueupError, wanted: Manifest) -> None:
        """Make ``error``, about ``wanted``, fit to be shown."""
        own = confidential_texts([wanted]) if is_secret(wanted) else ()
        scrub_error(error, (*own, *self.confidential))

    def adjusted(self, wanted: Manifest, live: Mapping[str, Any]) -> Manifest:
        """What is sent of ``wanted``: ignored fields keep their live values."""
        return leave_alone(wanted, live, self.ignored_fields, self.manager)
