"""Server-side apply and the tracking of all other writes, as the Kubernetes API server does it.

https://kubernetes.io/docs/reference/using-api/server-side-apply/
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from trueup.errors import ApiError, BadRequest, Conflict, InputError
from trueup.merge.fieldset import FieldSet
from trueup.merge.serverside import lastapplied
from trueup.merge.serverside.compare import equal
from trueup.merge.serverside.managers import (
    UPDATE,
    ManagerId,
    Owner,
    Owners,
    cap_updaters,
    read,
    write,
)
from trueup.merge.serverside.shape import shape_of
from trueup.merge.serverside.typed import TypedError, check
from trueup.merge.serverside.updater import Conflicts, FieldConflicts, Updater
from trueup.objects import GroupVersionKind, Manifest, fieldpath
from trueup.objects.manifest import copy, metadata, without_managed_fields
from trueup.schema import Schema, zero_object

_BEFORE_FIRST_APPLY = "before-first-apply"
_NOTHING = FieldSet()
_BAD_PATCH = "failed to create typed patch object ({})"
_BAD_LIVE = "failed to create typed live object ({})"
_BAD_UNTRACKED = (
    "failed to create manager for existing fields: failed to convert new object ({}) to smd typed"
)

_UNTRACKED = FieldSet.of(
    ("f:apiVersion",),
    ("f:kind",),
    ("f:metadata",),
    *(
        ("f:metadata", f"f:{name}")
        for name in (
            "name",
            "namespace",
            "creationTimestamp",
            "selfLink",
            "uid",
            "clusterName",
            "generation",
            "managedFields",
            "resourceVersion",
        )
    ),
)


def apply(
    live: Manifest | None,
    applied: Manifest,
    *,
    manager: str,
    schema: Schema | None,
    now: str,
    force: bool = False,
    subresource: str = "",
    ignored: FieldSet = _NOTHING,
) -> Manifest:
    """The object after ``applied`` is applied to ``live`` (None: it does not exist yet).

    Both have the same apiVersion. ``now`` is an RFC 3339 time; ``ignored`` are the fields that
    this endpoint resets (see `reset_fields`), which nobody comes to own through it. The result is
    new, carries its ``managedFields``, and is not yet defaulted. Raises Conflict, with Kubernetes' message and causes, if another manager owns a
    field that would change and ``force`` is not set; BadRequest if ``applied`` must not be
    applied at all; ApiError (500) where it does not fit the schema.
    """
    writer = _Writer(manager or "unknown", now, subresource, ignored)
    return _Request(writer, schema, applied).apply(live, applied, force=force)


def update(
    before: Manifest | None,
    after: Manifest,
    *,
    manager: str,
    schema: Schema | None,
    now: str,
    subresource: str = "",
    ignored: FieldSet = _NOTHING,
) -> Manifest:
    """``after``, as created (``before`` is None) or updated by any other write, with its owners.

    An empty ``managedFields`` list in ``after`` resets ownership. The result shares everything
    but its metadata with ``after``. Never raises: what cannot be tracked keeps its owners.
    """
    writer = _Writer(manager or "unknown", now, subresource, ignored)
    return _Request(writer, schema, after).update(before, after)


@dataclass(frozen=True)
class _Writer:
    manager: str
    now: str
    subresource: str
    ignored: FieldSet


class _Request:
    def __init__(self, writer: _Writer, schema: Schema | None, obj: Manifest) -> None:
        self._writer = writer
        self._api_version: str = obj["apiVersion"]
        self._kind: str = obj["kind"]
        self._shape = shape_of(schema)
        self._updater = Updater(self._shape, writer.ignored)
        self._schema = schema

    # --- apply ------------------------------------------------------------------------------------

    def apply(self, live: Manifest | None, applied: Manifest, *, force: bool) -> Manifest:
        if live is not None and live["apiVersion"] != self._api_version:
            raise BadRequest(f"invalid object type: {self._type_text()}")
        owners = _read_or_fail(metadata(live or {}).get("managedFields") or ())
        before = without_managed_fields(live or self._empty())
        if live is not None and not owners:
            owners = self._owners_before_first_apply(before)
        self._check_appliable(live, applied)
        try:
            merged, owners = self._apply_or_adopt(before, applied, owners, force=force)
        except FieldConflicts as error:
            raise _conflict(error.conflicts) from None
        except TypedError as error:
            raise ApiError(f"failed to merge config: {error.cause}", reason="") from error
        result: Manifest = copy(merged)
        if self._writer.manager == lastapplied.KUBECTL:
            lastapplied.refresh(result, applied)
        return _with_owners(result, owners)

    def _check_appliable(self, live: Manifest | None, applied: Manifest) -> None:
        if metadata(applied).get("managedFields") is not None:
            raise BadRequest("metadata.managedFields must be nil")
        self._check(applied, _BAD_PATCH, allow_duplicates=False)
        if live is not None:
            self._check(live, _BAD_LIVE)

    def _check(self, obj: Manifest, failed: str, *, allow_duplicates: bool = True) -> None:
        try:
            check(self._shape, obj, allow_duplicates=allow_duplicates)
        except TypedError as error:
            message = failed.format(self._named(obj))
            raise ApiError(f"{message}: {error.cause}", reason="") from error

    def _named(self, obj: Manifest) -> str:
        """The object as Go's error texts name it: ``ns/web; apps/v1, Kind=Deployment``."""
        namespace, name = (_if_text(metadata(obj).get(key)) for key in ("namespace", "name"))
        return f"{namespace}/{name}; {self._type_text()}"

    def _type_text(self) -> str:
        gvk = GroupVersionKind.of(self._api_version, self._kind)
        return f"{gvk.group}/{gvk.version}, Kind={gvk.kind}"

    def _apply_or_adopt(
        self, before: Manifest, applied: Manifest, owners: Owners, *, force: bool
    ) -> tuple[Manifest, Owners]:
        """Apply; kubectl adopts what an earlier client-side apply of its own has set."""
        try:
            return self._merge(before, applied, owners, force=force)
        except FieldConflicts as error:
            if self._writer.manager != lastapplied.KUBECTL:
                raise
            adoptable = lastapplied.unchanged_fields(self._shape, before)
            rest = {found: fields - adoptable for found, fields in error.conflicts.items()}
            rest = {found: fields for found, fields in rest.items() if fields}
            if rest:
                raise FieldConflicts(rest) from None
            return self._merge(before, applied, owners, force=True)

    def _merge(
        self, before: Manifest, applied: Manifest, owners: Owners, *, force: bool
    ) -> tuple[Manifest, Owners]:
        identity = ManagerId.applier(self._writer.manager, self._writer.subresource)
        last = owners.get(identity)
        me = Owner(_NOTHING, self._api_version, last.time if last else None)
        merged, owners = self._updater.apply(before, applied, owners, me, identity, force)
        mine = owners.pop(identity, None)
        if mine is not None and (fields := mine.fields - _UNTRACKED):
            changed = not equal(before, merged)
            time = self._writer.now if changed else mine.time
            owners[identity] = replace(mine, fields=fields, time=time)
        return merged, owners

    def _owners_before_first_apply(self, before: Manifest) -> Owners:
        self._check(before, _BAD_UNTRACKED)
        changed, _ = self._updater.update(self._unset(), before, {})
        return self._credit({}, changed, _BEFORE_FIRST_APPLY)

    # --- update -----------------------------------------------------------------------------------

    def update(self, before: Manifest | None, after: Manifest) -> Manifest:
        live_entries = metadata(before or {}).get("managedFields") or ()
        owners = self._owners_of_update(live_entries, after)
        new = without_managed_fields(after)
        if not owners and metadata(before or {}).get("uid"):
            return new  # an object that nobody tracks stays untracked until it is applied
        live = without_managed_fields(before) if before else self._unset()
        try:
            check(self._shape, new, allow_duplicates=True)
            if before:
                check(self._shape, live, allow_duplicates=True)
        except TypedError:
            return _with_entries(new, list(live_entries))
        changed, owners = self._updater.update(live, new, owners)
        return _with_owners(new, self._credit(owners, changed, self._writer.manager))

    def _owners_of_update(self, live_entries: Any, after: Manifest) -> Owners:
        """The owners that the request names, unless it names none: then those of the object."""
        entries = metadata(after).get("managedFields")
        if not self._writer.subresource:
            if entries in ([], [{}]):
                return {}
            if owners := _read_or_none(entries or ()):
                return owners
        return _read_or_none(live_entries)

    def _credit(self, owners: Owners, changed: FieldSet, manager: str) -> Owners:
        """Record ``changed`` under the updater ``manager``."""
        changed = changed.without(self._writer.ignored) - _UNTRACKED
        owners = dict(owners)
        if changed:
            identity = ManagerId.updater(manager, self._api_version, self._writer.subresource)
            previous = owners.get(identity)
            fields = changed | previous.fields if previous else changed
            owners[identity] = Owner(fields, self._api_version, self._writer.now)
        return cap_updaters(owners)

    def _empty(self) -> Manifest:
        return {"apiVersion": self._api_version, "kind": self._kind}

    def _unset(self) -> Manifest:
        """An object in which nobody has set anything."""
        if self._schema is None:
            return self._empty()
        return {**zero_object(self._api_version, self._kind, self._schema), **self._empty()}


def keep_times_if_unchanged(before: Manifest, after: Manifest) -> Manifest:
    """``after``, or ``before`` if only times in ``managedFields`` differ.

    The last step of an update, after defaulting and admission: a write that changes nothing
    must not make a new resourceVersion.
    """
    old, new = (metadata(obj).get("managedFields") or [] for obj in (before, after))
    if not new or len(old) != len(new) or not equal(*map(_timeless, (old, new))):
        return after
    same = equal(_comparable(before), _comparable(after))
    return _with_entries(after, old) if same else after


def _if_text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _timeless(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{key: entry[key] for key in entry if key != "time"} for entry in entries]


def _comparable(obj: Manifest) -> Manifest:
    meta = dict(metadata(obj))
    meta.pop("managedFields", None)
    meta.pop("resourceVersion", None)
    return {**obj, "metadata": meta}


def _read_or_fail(entries: Any) -> Owners:
    try:
        return read(entries)
    except InputError as error:
        raise ApiError(f"failed to decode managed fields: {error.cause}", reason="") from error


def _read_or_none(entries: Any) -> Owners:
    try:
        return read(entries)
    except InputError:
        return {}


def _with_owners(obj: Manifest, owners: Owners) -> Manifest:
    return _with_entries(obj, write(owners))


def _with_entries(obj: Manifest, entries: list[dict[str, Any]]) -> Manifest:
    if not entries:
        return obj
    return {**obj, "metadata": {**metadata(obj), "managedFields": entries}}


def _conflict(conflicts: Conflicts) -> Conflict:
    found = [
        (identity, fieldpath.text(path))
        for identity in sorted(conflicts, key=lambda found: found.sort_key)
        for path in conflicts[identity].paths()
    ]
    causes = [
        {
            "reason": "FieldManagerConflict",
            "message": f"conflict with {_printed(identity)}",
            "field": where,
        }
        for identity, where in found
    ]
    return Conflict(_conflict_message(found), details={"causes": causes})


def _conflict_message(found: list[tuple[ManagerId, str]]) -> str:
    if len(found) == 1:
        identity, where = found[0]
        return f"Apply failed with 1 conflict: conflict with {_printed(identity)}: {where}"
    lines = []
    previous = None
    for identity, where in found:
        if identity != previous:
            lines.append(f"conflicts with {_printed(identity)}:")
            previous = identity
        lines.append(f"- {where}")
    return f"Apply failed with {len(found)} conflicts: " + "\n".join(lines)


def _printed(identity: ManagerId) -> str:
    shown = fieldpath.quoted(identity.manager)
    if identity.subresource:
        shown += f" with subresource {fieldpath.quoted(identity.subresource)}"
    return f"{shown} using {identity.api_version}" if identity.operation == UPDATE else shown
