"""Query parameters of list and watch to the registry's options, and which go together."""

from __future__ import annotations

from trueup.controlplane.http.message import Request
from trueup.controlplane.http.options import cause_of
from trueup.controlplane.http.parameters import is_true, number
from trueup.controlplane.registry import refusals
from trueup.controlplane.registry.listing import ListOptions, malformed_revision
from trueup.controlplane.registry.watching import WatchOptions
from trueup.errors import ApiError

Cause = dict[str, str]

_EXACT, _NOT_OLDER = "Exact", "NotOlderThan"


def list_options(request: Request) -> ListOptions:
    """Invalid where parameters contradict each other."""
    limit = number(request, "limit") or 0
    number(request, "timeoutSeconds")  # it is refused, though a list needs none
    _refuse(_list_causes(request))
    return ListOptions(
        label_selector=request.parameter("labelSelector"),
        field_selector=request.parameter("fieldSelector"),
        limit=limit,
        continue_token=request.parameter("continue"),
        resource_version=request.parameter("resourceVersion"),
        match=request.parameter("resourceVersionMatch"),
    )


def watch_options(request: Request) -> WatchOptions:
    """Invalid where parameters contradict each other, BadRequest for a malformed one."""
    number(request, "limit")
    seconds = number(request, "timeoutSeconds")
    _refuse(_watch_causes(request))
    version = request.parameter("resourceVersion")
    initial = is_true(request, "sendInitialEvents")
    since = None if version in {"", "0"} or initial else _watched_revision(version)
    bookmarks = is_true(request, "allowWatchBookmarks")
    return WatchOptions(
        since=since,
        bookmarks=bookmarks,
        initial_bookmark=initial and bookmarks,
        seconds=float(seconds) if seconds else None,
    )


def _watched_revision(text: str) -> int:
    if not text.isdecimal():  # the apiserver's own code for it, which names no reason
        raise ApiError(malformed_revision(text), code=500, reason="")
    return int(text)


def _list_causes(request: Request) -> list[Cause]:
    match, version = request.parameter("resourceVersionMatch"), request.parameter("resourceVersion")
    causes = []
    if match and not version:
        causes.append(_match("is forbidden unless resourceVersion is provided"))
    if match and request.parameter("continue"):
        causes.append(_match("is forbidden when continue is provided"))
    if match not in {"", _EXACT, _NOT_OLDER}:
        causes.append(_unsupported(match, f'"{_EXACT}", "{_NOT_OLDER}", ""'))
    if match == _EXACT and version == "0":
        causes.append(_match('"exact" is forbidden for resourceVersion "0"'))
    if request.parameter("sendInitialEvents"):
        text = "Forbidden: sendInitialEvents is forbidden for list"
        causes.append(cause_of("FieldValueForbidden", text, "sendInitialEvents"))
    return causes


def _watch_causes(request: Request) -> list[Cause]:
    match, initial = (
        request.parameter("resourceVersionMatch"),
        request.parameter("sendInitialEvents"),
    )
    causes = []
    if initial and match != _NOT_OLDER:
        text = f"Forbidden: sendInitialEvents requires setting resourceVersionMatch to {_NOT_OLDER}"
        causes.append(cause_of("FieldValueForbidden", text, "resourceVersionMatch"))
    if match and not initial:
        causes.append(_match("is forbidden for watch unless sendInitialEvents is provided"))
    if match not in {"", _NOT_OLDER}:
        causes.append(_unsupported(match, f'"{_NOT_OLDER}"'))
    if match and request.parameter("continue"):
        causes.append(_match("is forbidden when continue is provided"))
    return causes


def _match(why: str) -> Cause:
    text = f"Forbidden: resourceVersionMatch {why}"
    return cause_of("FieldValueForbidden", text, "resourceVersionMatch")


def _unsupported(match: str, supported: str) -> Cause:
    text = f'Unsupported value: "{match}": supported values: {supported}'
    return cause_of("FieldValueNotSupported", text, "resourceVersionMatch")


def _refuse(causes: list[Cause]) -> None:
    if causes:
        raise refusals.invalid("meta.k8s.io", "ListOptions", "", causes)
