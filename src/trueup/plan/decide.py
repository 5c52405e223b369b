"""What to do with one object: desired × live × remembered → Change.

The table of cases is ``tests/cases/plan/decide.yaml``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from trueup.flow import Controls, Desired, Write
from trueup.objects import ObjectRef


class Action(StrEnum):
    """What is done with an object."""

    CREATE = "create"
    UPDATE = "update"
    NONE = "none"
    SKIP = "skip"
    WAIT = "wait"


class Cause(StrEnum):
    """Why an object is written."""

    NEW = "new"
    ADOPTED = "adopted"
    CHANGED_IN_GIT = "changed in Git"
    DRIFT_CHANGED = "changed by someone"
    DRIFT_DELETED = "deleted by someone"
    DRIFT_REPLACED = "replaced by someone"

    @property
    def is_drift(self) -> bool:
        return self in (Cause.DRIFT_CHANGED, Cause.DRIFT_DELETED, Cause.DRIFT_REPLACED)


@dataclass(frozen=True, slots=True)
class Live:
    """What is remembered of a live object: never the object itself."""

    uid: str
    digest: str
    """Of the fields that the delivery's manager owns; see ``observe.drift``."""
    health: str = ""
    message: str = ""
    controls: Controls = field(default_factory=Controls)
    deleting: bool = False
    state: str = ""
    """Changes with each version of an object that a delivery's own health rules are about."""
    resource_version: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Remembered:
    """What the record says of an object since its last apply."""

    uid: str
    sent: str
    """Empty: somebody else applied it, and we took it over."""
    live: str
    guarded: bool = False
    """Whether it holds what is not to be shown."""


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be done with one object, and why."""

    desired: Desired
    action: Action
    cause: Cause | None = None
    reason: str = ""
    remembered: Remembered | None = None

    @property
    def ref(self) -> ObjectRef:
        return self.desired.ref

    @property
    def writes(self) -> bool:
        return self.action in (Action.CREATE, Action.UPDATE)


def decide(desired: Desired, live: Live | None, remembered: Remembered | None) -> Change:
    """The change that makes ``live`` true to ``desired``."""
    if desired.controls.write is Write.NEVER:
        return Change(desired, Action.SKIP, reason="its manifest says to leave it alone")
    if live is None:
        if desired.controls.may_vanish and remembered and remembered.sent == desired.digest:
            return Change(desired, Action.NONE, reason="it is done, and removed itself")
        new = Cause.DRIFT_DELETED if remembered else Cause.NEW
        return Change(desired, Action.CREATE, new, remembered=remembered)
    if live.controls.write is Write.NEVER:
        return Change(desired, Action.SKIP, reason="the live object says to leave it alone")
    if desired.controls.write is Write.IF_NOT_PRESENT:
        return Change(desired, Action.SKIP, reason="it exists, and is only to be created")
    if live.deleting:
        return Change(desired, Action.WAIT, reason="is being deleted")
    cause = _cause_of_update(desired, live, remembered)
    action = Action.UPDATE if cause else Action.NONE
    return Change(desired, action, cause, remembered=remembered)


def _cause_of_update(desired: Desired, live: Live, remembered: Remembered | None) -> Cause | None:
    if remembered is None or not remembered.sent:
        return Cause.ADOPTED
    if remembered.sent != desired.digest:
        return Cause.CHANGED_IN_GIT
    if remembered.uid != live.uid:
        return Cause.DRIFT_REPLACED
    if remembered.live != live.digest:
        return Cause.DRIFT_CHANGED
    return None
