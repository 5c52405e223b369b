"""``metadata.managedFields``: who owns which fields of an object, since when."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from trueup.errors import InputError
from trueup.merge.fieldset import FieldSet

APPLY, UPDATE = "Apply", "Update"
_MOST_UPDATERS = 10
_ANCIENT = "ancient-changes"


class ManagerId(NamedTuple):
    """What tells two entries apart. Appliers have no version: they keep one entry across them."""

    manager: str
    operation: str
    api_version: str
    subresource: str

    @classmethod
    def applier(cls, manager: str, subresource: str = "") -> ManagerId:
        return cls(manager, APPLY, "", subresource)

    @property
    def sort_key(self) -> str:
        """The identifier that Kubernetes sorts by: the entry's own fields, as JSON."""
        entry = {
            "manager": self.manager,
            "operation": self.operation,
            "apiVersion": self.api_version,
            "subresource": self.subresource,
        }
        return json.dumps({name: value for name, value in entry.items() if value})

    @classmethod
    def updater(cls, manager: str, api_version: str, subresource: str = "") -> ManagerId:
        return cls(manager, UPDATE, api_version, subresource)


@dataclass(frozen=True)
class Owner:
    """One entry's fields, the version that they are written in, and the time of its last change."""

    fields: FieldSet
    api_version: str
    time: str | None = None

    def with_fields(self, fields: FieldSet) -> Owner:
        return Owner(fields, self.api_version, self.time)


Owners = dict[ManagerId, Owner]


def read(entries: Iterable[Mapping[str, Any]]) -> Owners:
    """The owners that ``managedFields`` lists; raises InputError with Kubernetes' words."""
    return dict(_read_entry(index, entry) for index, entry in enumerate(entries))


def managed_fields_problem(entries: Iterable[Mapping[str, Any]]) -> str:
    """Why ``managedFields`` cannot be read, in Kubernetes' words; empty if they can."""
    try:
        read(entries)
    except InputError as error:
        return error.cause
    return ""


def _read_entry(index: int, entry: Mapping[str, Any]) -> tuple[ManagerId, Owner]:
    operation = entry.get("operation")
    if operation not in (APPLY, UPDATE):
        raise InputError("operation must be `Apply` or `Update`")
    api_version = entry.get("apiVersion") or ""
    if not api_version:
        raise InputError("apiVersion must not be empty")
    fields_type = entry.get("fieldsType") or ""
    if not fields_type:
        raise InputError(f"missing fieldsType in managed fields entry {index}")
    if fields_type != "FieldsV1":
        raise InputError(f'invalid fieldsType "{fields_type}" in managed fields entry {index}')
    identity = ManagerId(
        entry.get("manager") or "",
        operation,
        "" if operation == APPLY else api_version,
        entry.get("subresource") or "",
    )
    fields = FieldSet.from_fields(entry.get("fieldsV1") or {})
    return identity, Owner(fields, api_version, entry.get("time"))


def write(owners: Owners) -> list[dict[str, Any]]:
    """The entries as the API server lists them: appliers first, each group by age and name."""
    entries = (_write_entry(identity, owner) for identity, owner in owners.items())
    return sorted(entries, key=_entry_order)


def _write_entry(identity: ManagerId, owner: Owner) -> dict[str, Any]:
    entry: dict[str, Any] = {}
    if identity.manager:
        entry["manager"] = identity.manager
    entry["operation"] = identity.operation
    entry["apiVersion"] = owner.api_version
    if owner.time is not None:
        entry["time"] = owner.time
    entry["fieldsType"] = "FieldsV1"
    entry["fieldsV1"] = owner.fields.to_fields()
    if identity.subresource:
        entry["subresource"] = identity.subresource
    return entry


def _entry_order(entry: Mapping[str, Any]) -> tuple[str, ...]:
    names = ("operation", "time", "manager", "apiVersion", "subresource")
    return tuple(entry.get(name) or "" for name in names)


def cap_updaters(owners: Owners) -> Owners:
    """Merge the oldest updaters of a version into one entry while there are more than ten."""
    updaters = [identity for identity in owners if identity.operation == UPDATE]
    surplus = len(updaters) - _MOST_UPDATERS
    if surplus <= 0:
        return owners
    capped = dict(owners)
    first: dict[str, ManagerId] = {}
    for identity in sorted(updaters, key=lambda found: (owners[found].time or "", found.sort_key)):
        if surplus <= 0:
            break
        owner = owners[identity]
        bucket = ManagerId.updater(_ANCIENT, owner.api_version)
        if owner.api_version not in first:
            first[owner.api_version] = identity
            continue
        if bucket not in capped:
            capped[bucket] = capped.pop(first[owner.api_version])
        merged = owner.fields | capped[bucket].fields
        del capped[identity]
        capped[bucket] = replace(owner, fields=merged)
        surplus -= 1
    return capped
