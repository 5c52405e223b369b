"""One version of a custom kind: everything that its definition says about its objects."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from trueup.controlplane.resources.resource import CustomVersion
from trueup.controlplane.validation.causes import NOWHERE, Cause, invalid
from trueup.controlplane.validation.custom.counts import scale_problems
from trueup.controlplane.validation.custom.defaulting import apply_defaults
from trueup.controlplane.validation.custom.embedded import embedded_metadata, embedded_resources
from trueup.controlplane.validation.custom.fitting import fits
from trueup.controlplane.validation.custom.listtypes import duplicates
from trueup.controlplane.validation.custom.openapi import validate
from trueup.controlplane.validation.custom.previous import NOTHING, Previous
from trueup.controlplane.validation.custom.pruning import prune
from trueup.controlplane.validation.custom.rules import Rules
from trueup.controlplane.validation.custom.schemarules import places
from trueup.objects import Manifest
from trueup.schema import crd_schema

_BLOCKING = frozenset(
    f"FieldValue{kind}"
    for kind in ("NotSupported", "Required", "TooLong", "TooMany", "TypeInvalid")
)
_UNIQUE = ("set", "map")


class CustomKind:
    """Made once for each version of a definition, and shared."""

    def __init__(self, custom: CustomVersion) -> None:
        self.version = custom
        self._declared = (custom.version.get("schema") or {}).get("openAPIV3Schema") or {}
        self.schema = crd_schema(self._declared)
        self._rules = Rules(self.schema, root=True)
        self._fits = fits(self._declared)
        status = (self._declared.get("properties") or {}).get("status") or {}
        self._status_fits = fits(status)
        said = [node for _, node in places(self._declared, "")]
        self._embeds = any(node.get("x-kubernetes-embedded-resource") for node in said)
        self.defaults_status = "default" in status
        self._has_unique = any(node.get("x-kubernetes-list-type") in _UNIQUE for node in said)

    def complete(self, obj: Manifest, *, keeps_nulls: bool = False) -> list[str]:
        """Prune ``obj`` and fill in defaults, in place; the paths of what was unknown.

        ``keeps_nulls``: also those that the schema does not allow, and has no default for.
        """
        unknown = prune(obj, self.schema)
        apply_defaults(obj, self.schema, keeps_nulls=keeps_nulls)
        return unknown

    def embedded_metadata(self, obj: Manifest) -> list[tuple[str, Any]]:
        """The metadata of whole objects within ``obj``, each with its path."""
        return list(embedded_metadata(self.schema, obj)) if self._embeds else []

    def validate_create(self, obj: Manifest, known: Sequence[Cause] = ()) -> list[Cause]:
        """What is wrong with a new object, beyond what is ``known`` to be of its metadata."""
        found = [] if self._fits(obj) else validate(self._declared, obj)
        found += scale_problems(self.version.scale, obj)
        found += self._embedded(obj)
        found += self._repeated(obj)
        return found + self._ask_rules([*known, *found], obj, NOTHING)

    def validate_update(
        self, new: Manifest, old: Manifest, subresource: str, known: Sequence[Cause] = ()
    ) -> list[Cause]:
        """What is wrong with a change, beyond what is ``known`` to be of its metadata; what was
        wrong before and did not change is let pass.
        """
        if subresource == "status":
            found = self._validate_status(new, old)
            found += scale_problems(self.version.scale, new, only_status=True)
        else:
            found = [] if self._fits(new) else validate(self._declared, new, Previous(old))
            found += scale_problems(self.version.scale, new)
            found += self._embedded(new)
        if not self._repeated(old):
            found += self._repeated(new)
        return found + self._ask_rules([*known, *found], new, Previous(old))

    def _embedded(self, obj: Manifest) -> list[Cause]:
        return list(embedded_resources(self.schema, obj)) if self._embeds else []

    def _repeated(self, obj: Manifest) -> list[Cause]:
        return duplicates(self.schema, obj) if self._has_unique else []

    def _ask_rules(self, found: list[Cause], obj: Manifest, old: Previous) -> list[Cause]:
        """What the expressions say, unless the object is too broken for them to be asked."""
        if not self._rules.has_any:
            return []
        return [RULES_SKIPPED] if blocks_rules(found) else self._rules.validate(obj, old)

    def _validate_status(self, new: Manifest, old: Manifest) -> list[Cause]:
        node = (self._declared.get("properties") or {}).get("status")
        if node is None or "status" not in new:
            return []
        if self._status_fits(new["status"]):
            return []
        before = Previous(old["status"]) if "status" in old else NOTHING
        found = validate(node, new["status"], before)
        return [_within_status(cause) for cause in found]


def _within_status(cause: Cause) -> Cause:
    field = cause["field"]
    return {**cause, "field": "status" if field == NOWHERE else f"status.{field}"}


def blocks_rules(causes: list[Cause]) -> bool:
    """Whether the object is too broken for expressions to be asked about it."""
    return any(cause["reason"] in _BLOCKING for cause in causes)


RULES_SKIPPED = invalid(
    NOWHERE,
    None,
    "some validation rules were not checked because the object was invalid;"
    " correct the existing errors to complete validation",
)
"""The cause that stands for all rules of a broken object."""
