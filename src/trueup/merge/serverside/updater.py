"""Who owns what after a change: the part of server-side apply that knows no metadata.

The rules are those of sigs.k8s.io/structured-merge-diff: a field that changes is taken from
its other owners (a conflict, unless forced), a field that goes away is taken from all, and what
an applier no longer applies goes away unless somebody else owns it.
"""

from __future__ import annotations

from typing import Any

from trueup.merge.fieldset import FieldSet, union_of
from trueup.merge.serverside.combine import combine
from trueup.merge.serverside.compare import Comparison, compare
from trueup.merge.serverside.managers import ManagerId, Owner, Owners
from trueup.merge.serverside.remove import follow_schema, remove, with_named_parents
from trueup.merge.serverside.shape import Shape
from trueup.merge.serverside.typed import fields_of

Conflicts = dict[ManagerId, FieldSet]


class FieldConflicts(Exception):
    """Fields that the applied configuration changes and others own."""

    def __init__(self, conflicts: Conflicts) -> None:
        super().__init__()
        self.conflicts = conflicts


class Updater:
    """Ownership under one schema. ``ignored`` fields are never owned, nor do they conflict."""

    def __init__(self, shape: Shape, ignored: FieldSet) -> None:
        self._shape = shape
        self._ignored = ignored

    def apply(
        self, live: Any, applied: Any, owners: Owners, me: Owner, identity: ManagerId, force: bool
    ) -> tuple[Any, Owners]:
        """The object with ``applied`` on it, and its owners; ``me`` gives version and time.

        Raises FieldConflicts unless ``force``.
        """
        owners = self._follow_schema(owners)
        merged = combine(self._shape, live, applied)
        last = owners.get(identity)
        fields = fields_of(self._shape, applied).without(self._ignored)
        owners[identity] = me.with_fields(fields)
        if last is not None and last.fields - fields:
            merged = self._prune(merged, owners, last.fields)
        comparison = compare(self._shape, live, merged).ignoring(self._ignored)
        return merged, _take(owners, comparison, identity, force=force)

    def update(self, live: Any, new: Any, owners: Owners) -> tuple[FieldSet, Owners]:
        """The fields that an update changed, and the owners without them."""
        comparison = compare(self._shape, live, new).ignoring(self._ignored)
        owners = _take(self._follow_schema(owners), comparison, None, force=True)
        return comparison.modified | comparison.added, owners

    def _follow_schema(self, owners: Owners) -> Owners:
        return {
            identity: owner.with_fields(follow_schema(self._shape, owner.fields))
            for identity, owner in owners.items()
        }

    def _prune(self, merged: Any, owners: Owners, last: FieldSet) -> Any:
        """Remove what was applied last time, and by nobody now.

        First all of ``last`` goes; then what somebody owns comes back; then what was removed
        only because its parent went, though ``last`` did not name it.
        """
        last = self._with_parents(last)
        all_fields = self._with_parents(fields_of(self._shape, merged))
        pruned = remove(self._shape, merged, last)
        owned = self._with_parents(union_of(owner.fields for owner in owners.values()))
        kept = self._with_parents(fields_of(self._shape, pruned)) | owned
        pruned = remove(self._shape, merged, all_fields - kept)
        kept = self._with_parents(fields_of(self._shape, pruned))
        return remove(self._shape, merged, (all_fields - kept) & last)

    def _with_parents(self, fields: FieldSet) -> FieldSet:
        return with_named_parents(self._shape, fields)


def _take(
    owners: Owners, comparison: Comparison, identity: ManagerId | None, *, force: bool
) -> Owners:
    """Take changed and removed fields from every owner but ``identity``."""
    changed = comparison.modified | comparison.added
    others = {found: owner for found, owner in owners.items() if found != identity}
    conflicts = {found: owner.fields & changed for found, owner in others.items()}
    conflicts = {found: fields for found, fields in conflicts.items() if fields}
    if conflicts and not force:
        raise FieldConflicts(conflicts)
    out = {}
    for found, owner in owners.items():
        if found != identity:
            owner = owner.with_fields(owner.fields - changed - comparison.removed)
        if owner.fields:
            out[found] = owner
    return out
