"""Who owns the replicas, seen from the scale: one field of the object's managedFields.

A write of the scale is tracked on the scale alone; afterwards the object's entries follow.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from trueup.errors import InputError
from trueup.merge.fieldset import FieldSet
from trueup.merge.serverside.managers import UPDATE, ManagerId, Owner, Owners, read, write

Entries = list[dict[str, Any]]

_IN_SCALE = FieldSet.of(("f:spec", "f:replicas"))
_SCALE_VERSION = "autoscaling/v1"


def entries_of_scale(entries: Iterable[Mapping[str, Any]], path: str) -> Entries:
    """The entries that a scale shows: of those who own what lies at ``path`` (``.spec.replicas``)."""
    field = _field(path)
    return write(
        {
            identity: Owner(_IN_SCALE, _SCALE_VERSION, owner.time)
            for identity, owner in _owners(entries).items()
            if owner.fields & field
        }
    )


def entries_of_object(
    entries: Iterable[Mapping[str, Any]], of_scale: Entries, path: str, api_version: str
) -> Entries:
    """The object's ``entries`` after the scale came to have those ``of_scale``."""
    field, scaling, kept = _field(path), _owners(of_scale), {}
    for identity, owner in _owners(entries).items():
        still_owns = scaling.pop(identity, None) is not None
        if not still_owns:
            owner = owner.with_fields(owner.fields - field)
        if owner.fields:
            kept[identity] = owner
    for identity, owner in scaling.items():
        if owner.fields & _IN_SCALE:  # its time is unknown, as in the apiserver
            mine = _in_version(identity, api_version)
            known = kept.get(mine, Owner(field, api_version))
            kept[mine] = known.with_fields(known.fields | field)
    return write(kept)


def _owners(entries: Iterable[Mapping[str, Any]]) -> Owners:
    try:
        return read(entries)
    except InputError:
        return {}


def _in_version(identity: ManagerId, api_version: str) -> ManagerId:
    return identity._replace(api_version=api_version) if identity.operation == UPDATE else identity


def _field(path: str) -> FieldSet:
    return FieldSet.of(tuple(f"f:{name}" for name in path.lstrip(".").split(".")))
