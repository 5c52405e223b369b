"""The entries of a delivery's record: one applied object, one reconcile, one drift.

Each reads itself from and writes itself to the JSON of the custom resource. Texts are cut to
bounded lengths when an entry is made, so that a record can never outgrow the API's limits.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, ClassVar, Literal

import orjson

from trueup.objects import GroupVersionKind, ObjectRef
from trueup.plan import inventory
from trueup.plan.diff import ABSENT

DriftType = Literal["Changed", "Deleted", "Replaced"]
DriftAction = Literal["Corrected", "Recreated", "Failed", "BackingOff", "Reported"]

MAX_LINES = 50
MAX_FIELDS = 20
MAX_MANAGERS = 10
MAX_TEXT = 1_000
MAX_VALUE = 200


@dataclass(frozen=True, slots=True)
class AppliedObject:
    """An object that is live because of the delivery, and what proves that it is unchanged."""

    id: str
    """``<namespace>_<name>_<group>_<kind>``, as in the inventory."""
    version: str
    uid: str = ""
    sent: str = ""
    """Digest of what was sent."""
    live: str = ""
    """Digest of the server's answer, projected on the fields that we own."""
    guarded: bool = False
    """Whether it holds what is not to be shown, also when that goes."""

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> AppliedObject:
        uid, sent, live = (str(data.get(key) or "") for key in ("uid", "sent", "live"))
        guarded = bool(data.get("guarded"))
        return cls(str(data["id"]), str(data.get("v") or ""), uid, sent, live, guarded)

    @property
    def ref(self) -> ObjectRef | None:
        """The object; None if the id is not one of ours."""
        return inventory.ref_of({"id": self.id, "v": self.version})

    def to_json(self) -> dict[str, Any]:
        pairs = {"v": self.version, "uid": self.uid, "sent": self.sent, "live": self.live}
        return {"id": self.id, **_present({**pairs, "guarded": self.guarded})}


@dataclass(frozen=True, slots=True)
class ChangeCounts:
    """How many objects a reconcile did what with."""

    created: int = 0
    configured: int = 0
    unchanged: int = 0
    deleted: int = 0
    skipped: int = 0
    failed: int = 0

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> ChangeCounts:
        return cls(**{name: int(data.get(name) or 0) for name in cls.__dataclass_fields__})


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One reconcile that did something, or failed to."""

    revision: str
    started_at: str
    finished_at: str
    cause: str
    """Why it ran: "new revision", "spec changed", "drift", "requested", "retry"."""
    result: str
    """``Applied``, or the reason of the failure."""
    message: str = ""
    changes: ChangeCounts = field(default_factory=ChangeCounts)
    objects: tuple[str, ...] = ()
    """``created Deployment/apps/web``, at most ``MAX_LINES`` of them."""
    origin_revision: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "message", _cut(self.message, MAX_TEXT))
        object.__setattr__(self, "objects", tuple(self.objects[:MAX_LINES]))

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> HistoryEntry:
        return cls(
            revision=str(data.get("revision") or ""),
            started_at=str(data.get("startedAt") or ""),
            finished_at=str(data.get("finishedAt") or ""),
            cause=str(data.get("cause") or ""),
            result=str(data.get("result") or ""),
            message=str(data.get("message") or ""),
            changes=ChangeCounts.of(data.get("changes") or {}),
            objects=tuple(data.get("objects") or ()),
            origin_revision=str(data.get("originRevision") or ""),
        )

    def to_json(self) -> dict[str, Any]:
        return _present(
            {
                "revision": self.revision,
                "originRevision": self.origin_revision,
                "startedAt": self.started_at,
                "finishedAt": self.finished_at,
                "cause": self.cause,
                "result": self.result,
                "message": self.message,
                "changes": asdict(self.changes),
                "objects": list(self.objects),
            }
        )


@dataclass(frozen=True, slots=True)
class DriftedField:
    """One field that is not as it was applied; values are JSON text, empty where absent."""

    path: str
    expected: str = ""
    found: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "path", _cut(self.path, MAX_TEXT))

    @classmethod
    def between(cls, path: str, expected: Any = ABSENT, found: Any = ABSENT) -> DriftedField:
        """From JSON values, ``ABSENT`` where there is none; the caller masks secrets."""
        return cls(path, _value_text(expected), _value_text(found))

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> DriftedField:
        values = (str(data.get(key) or "") for key in ("expected", "found"))
        return cls(str(data.get("path") or ""), *values)

    def to_json(self) -> dict[str, Any]:
        return {"path": self.path, **_present({"expected": self.expected, "found": self.found})}


@dataclass(frozen=True, slots=True)
class FieldManager:
    """Who wrote, as an entry of ``managedFields`` tells it."""

    manager: str
    operation: str = ""
    time: str = ""
    subresource: str = ""

    _KEYS: ClassVar = ("manager", "operation", "time", "subresource")

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> FieldManager:
        """From an entry of ``managedFields`` or of a record."""
        return cls(*(str(data.get(key) or "") for key in cls._KEYS))

    def to_json(self) -> dict[str, Any]:
        return _present({key: getattr(self, key) for key in self._KEYS})


@dataclass(frozen=True, slots=True)
class Drift:
    """One departure of a live object from what was applied, and what was done about it."""

    time: str
    object: ObjectRef
    type: DriftType
    action: DriftAction
    fields: tuple[DriftedField, ...] = ()
    managers: tuple[FieldManager, ...] = ()
    message: str = ""
    count: int = 1
    first_time: str = ""
    """When it was first seen, where it came back (``count`` over 1)."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "fields", tuple(self.fields[:MAX_FIELDS]))
        object.__setattr__(self, "managers", tuple(self.managers[:MAX_MANAGERS]))
        object.__setattr__(self, "message", _cut(self.message, MAX_TEXT))

    def is_same(self, other: Drift) -> bool:
        """Whether the same fields drifted in the same way by the same hands, at another time."""
        return self._likeness() == other._likeness()

    def _likeness(self) -> tuple[Any, ...]:
        hands = {(m.manager, m.operation, m.subresource) for m in self.managers}
        return (self.object, self.type, self.action, self.fields, hands)

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Drift:
        return cls(
            time=str(data.get("time") or ""),
            object=_ref_of(data.get("object") or {}),
            type=data.get("type") or "Changed",
            action=data.get("action") or "Reported",
            fields=tuple(DriftedField.of(item) for item in data.get("fields") or ()),
            managers=tuple(FieldManager.of(item) for item in data.get("managers") or ()),
            message=str(data.get("message") or ""),
            count=int(data.get("count") or 1),
            first_time=str(data.get("firstTime") or ""),
        )

    def to_json(self) -> dict[str, Any]:
        return _present(
            {
                "time": self.time,
                "firstTime": self.first_time,
                "count": self.count,
                "object": _ref_json(self.object),
                "type": self.type,
                "action": self.action,
                "fields": [item.to_json() for item in self.fields],
                "managers": [item.to_json() for item in self.managers],
                "message": self.message,
            }
        )


def _ref_of(data: Mapping[str, Any]) -> ObjectRef:
    gvk = GroupVersionKind.of(str(data.get("apiVersion") or ""), str(data.get("kind") or ""))
    namespace, name = str(data.get("namespace") or ""), str(data.get("name") or "")
    return ObjectRef(gvk.group, gvk.kind, namespace, name, gvk.version)


def _ref_json(ref: ObjectRef) -> dict[str, Any]:
    place = _present({"namespace": ref.namespace})
    return {"apiVersion": ref.api_version, "kind": ref.kind, **place, "name": ref.name}


def _present(pairs: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in pairs.items() if value not in ("", [], None)}


def _value_text(value: Any) -> str:
    return "" if value is ABSENT else _cut(orjson.dumps(value).decode(), MAX_VALUE)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
