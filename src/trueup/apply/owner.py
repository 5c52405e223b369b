"""As whom, and by which rules, the objects of one delivery are written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from trueup.cluster import Client
from trueup.errors import TrueupError
from trueup.flow import Controls, Conventions, Delivery, IgnoredFields, Rendering
from trueup.objects import Manifest, ObjectRef
from trueup.objects.manifest import labels
from trueup.plan.diff import FieldChange
from trueup.plan.ignore import leave_alone
from trueup.plan.mask import (
    confidential_texts,
    guard_changes,
    holds,
    is_secret,
    scrub_changes,
    scrub_error,
)

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
    guarded: frozenset[ObjectRef] = field(default=frozenset(), repr=False)
    """Objects of which no value is to be shown."""

    objection: Objection = no_objection

    @classmethod
    def of(
        cls,
        delivery: Delivery,
        client: Client,
        rendering: Rendering | None = None,
        objection: Objection = no_objection,
    ) -> Owner:
        """``rendering`` says what of it is not to be shown."""
        return cls(
            client,
            delivery.conventions,
            delivery.labels,
            delivery.ignored_fields,
            rendering.confidential if rendering else (),
            rendering.guarded if rendering else frozenset(),
            objection,
        )

    @property
    def manager(self) -> str:
        return self.conventions.manager

    def controls(self, obj: Mapping[str, Any]) -> Controls:
        return self.conventions.controls(obj)

    def is_anothers(self, obj: Mapping[str, Any]) -> bool:
        """Whether ``obj`` bears the marks of another delivery; without any it does not."""
        found = labels(obj)
        return any(found.get(key, value) != value for key, value in self.labels.items())

    def check(self, *objects: Mapping[str, Any] | None) -> None:
        """Raises TrueupError for the first of ``objects`` that is not ours to write."""
        for obj in objects:
            if obj is not None and (reason := self.objection(obj)):
                raise TrueupError(reason)

    def guards(self, wanted: Manifest) -> bool:
        """Whether ``wanted`` holds what is not to be shown."""
        return ObjectRef.of(wanted) in self.guarded or holds(wanted, self.confidential)

    def shown(self, ref: ObjectRef, changes: Iterable[FieldChange]) -> tuple[FieldChange, ...]:
        """``changes`` of ``ref``, fit to be shown."""
        if ref in self.guarded:
            changes = guard_changes(changes)
        return tuple(scrub_changes(changes, self.confidential))

    def scrub(self, error: TrueupError, wanted: Manifest) -> None:
        """Make ``error``, about ``wanted``, fit to be shown."""
        own = confidential_texts([wanted]) if is_secret(wanted) else ()
        is_guarded = ObjectRef.of(wanted) in self.guarded
        scrub_error(error, (*own, *self.confidential), short=is_guarded)

    def adjusted(self, wanted: Manifest, live: Mapping[str, Any]) -> Manifest:
        """What is sent of ``wanted``: ignored fields keep their live values."""
        return leave_alone(wanted, live, self.ignored_fields, self.manager)
