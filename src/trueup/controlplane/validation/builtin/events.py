"""Events, in the core group and in their own, whose fields have other names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from trueup.controlplane.validation.causes import Cause, each, immutable, invalid, required
from trueup.objects import Manifest, names

_GROUP = "events.k8s.io/"
_CORE_NAMES = {
    "regarding": "involvedObject",
    "note": "message",
    "deprecatedSource": "source",
    "deprecatedFirstTimestamp": "firstTimestamp",
    "deprecatedLastTimestamp": "lastTimestamp",
    "deprecatedCount": "count",
}
_LONGEST = {"reportingInstance": 128, "action": 128, "reason": 128}
_LONGEST_MESSAGE = 1024
_FIXED = (
    *("involvedObject", "reason", "message", "source", "firstTimestamp", "lastTimestamp", "count"),
    *("type", "eventTime", "action", "related", "reportingController", "reportingInstance"),
)


def event(obj: Manifest) -> Iterator[Cause]:
    """What every event must be; with a time of its own it is held to all of its parts."""
    said, is_new = _in_core_names(obj), obj["apiVersion"].startswith(_GROUP)
    if said.get("eventTime") is None:
        yield from _place(said, ("", "default"))
    else:
        yield from _parts(said, is_new)
    if is_new:
        yield from _strict(said)


def event_changes(new: Manifest, old: Manifest) -> Iterator[Cause]:
    """Through its own group an event only goes on as a series."""
    if not new["apiVersion"].startswith(_GROUP):
        return
    mine, was = _in_core_names(new), _in_core_names(old)
    for field in _FIXED:
        yield from immutable(field, mine.get(field), was.get(field))


def _in_core_names(obj: Manifest) -> dict[str, Any]:
    said = {_CORE_NAMES.get(name, name): value for name, value in obj.items()}
    if "reportingComponent" in said:
        said["reportingController"] = said["reportingComponent"]
    return said


def _place(said: Mapping[str, Any], unplaced: tuple[str, ...]) -> Iterator[Cause]:
    """An event lies in the namespace of what it is about; in default, if that has none."""
    involved = (said.get("involvedObject") or {}).get("namespace") or ""
    namespace = said["metadata"].get("namespace") or ""
    if (involved and involved != namespace) or (not involved and namespace not in unplaced):
        yield invalid("involvedObject.namespace", involved, "does not match event.namespace")


def _parts(said: Mapping[str, Any], is_new: bool) -> Iterator[Cause]:
    if not (said.get("involvedObject") or {}).get("namespace"):
        yield from _place(said, ("default", "kube-system"))
    reporter = str(said.get("reportingController") or "")
    field = "reportingController" if is_new else "reportingComponent"
    if not reporter:
        yield required(field)
    yield from each(field, reporter, names.qualified_name(reporter))
    for name, most in _LONGEST.items():
        text = str(said.get(name) or "")
        if not text:
            yield required(name)
        if len(text) > most:
            yield invalid(name, "", f"can have at most {most} characters")
    if len(str(said.get("message") or "")) > _LONGEST_MESSAGE:
        yield invalid("message", "", f"can have at most {_LONGEST_MESSAGE} characters")


def _strict(said: Mapping[str, Any]) -> Iterator[Cause]:
    series = said.get("series")
    if series is not None and (series.get("count") or 0) < 2:
        yield invalid("series.count", "", "should be at least 2")
    if series is not None and not series.get("lastObservedTime"):
        yield required("series.lastObservedTime")
    if said.get("eventTime") is None:
        yield required("eventTime")
    if said.get("type") not in {"Normal", "Warning"}:
        yield invalid("type", "", f"has invalid value: {said.get('type') or ''}")
