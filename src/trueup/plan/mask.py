"""Hiding secret values wherever a person or a log could see them.

A mask says that a value is there and whether it changed, never what it is.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from trueup.errors import ApiError, TrueupError
from trueup.plan.diff import ABSENT, FieldChange

BEFORE, AFTER, SAME = "*** (before)", "*** (after)", "***"

_SECRET_FIELDS = ("data", "stringData")
_SECRET_PATHS = (".data", ".stringData")
_LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
_ELEMENT = re.compile(r"""\[\w+=(?:"(?:[^"\\]|\\.)*"|[^"\]]*)\]""")
_SHORTEST = 8
"""Shorter values are too likely to be a word of the text around them."""


def is_secret(obj: Mapping[str, Any]) -> bool:
    return obj.get("kind") == "Secret" and obj.get("apiVersion") == "v1"


def mask_changes(changes: Iterable[FieldChange], *, secret: bool) -> list[FieldChange]:
    """``changes`` of an object with the values of a Secret hidden."""
    return list(map(_mask, changes)) if secret else list(changes)


def mask_object(obj: Mapping[str, Any]) -> dict[str, Any]:
    """``obj`` fit to be shown: of a Secret, only the keys."""
    return _masked_object(obj, SAME) if is_secret(obj) else dict(obj)


def confidential_texts(secrets: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """The values of ``secrets``, plain and in base64, that are long enough to be told apart."""
    found = {text for secret in secrets for text in _values(secret)}
    return tuple(sorted(found, key=len, reverse=True))


def scrub_error(error: TrueupError, confidential: Sequence[str]) -> None:
    """Take ``confidential`` texts out of what ``error`` says: servers quote what they refuse."""
    error.cause = _scrub(error.cause, confidential)
    error.subject = _scrub(error.subject, confidential)
    error.args = (error.cause,)
    if isinstance(error, ApiError):
        error.details = _scrub(error.details, confidential)


def scrub_changes(changes: Iterable[FieldChange], confidential: Sequence[str]) -> list[FieldChange]:
    """``changes`` without ``confidential`` texts, in whatever kind of object they stand."""
    if not confidential:
        return list(changes)
    return [
        replace(
            change,
            path=_scrub(change.path, confidential),
            before=_scrub(change.before, confidential),
            after=_scrub(change.after, confidential),
        )
        for change in changes
    ]


def _mask(change: FieldChange) -> FieldChange:
    before, after = (
        _masked_at(change.path, value, mark)
        for value, mark in ((change.before, BEFORE), (change.after, AFTER))
    )
    return replace(change, path=_masked_path(change.path), before=before, after=after)


def _masked_path(path: str) -> str:
    """``path`` without what elements of a list hold; there is no list in a Secret that is valid."""
    return _ELEMENT.sub(f"[{SAME}]", path) if path.startswith(_SECRET_PATHS) else path


def _masked_at(path: str, value: Any, mark: str) -> Any:
    if path.startswith(_SECRET_PATHS) or _LAST_APPLIED in path:
        return _masked(value, mark)
    if not isinstance(value, Mapping):
        return value
    match path:
        case "":
            return _masked_object(value, mark)
        case ".metadata":
            return _masked_metadata(value, mark)
        case ".metadata.annotations":
            return _masked_annotations(value, mark)
    return value


def _masked_object(obj: Mapping[str, Any], mark: str) -> dict[str, Any]:
    shown = {key: _masked(obj[key], mark) if key in _SECRET_FIELDS else obj[key] for key in obj}
    if isinstance(obj.get("metadata"), Mapping):
        shown["metadata"] = _masked_metadata(obj["metadata"], mark)
    return shown


def _masked_metadata(metadata: Mapping[str, Any], mark: str) -> dict[str, Any]:
    shown = dict(metadata)
    if isinstance(metadata.get("annotations"), Mapping):
        shown["annotations"] = _masked_annotations(metadata["annotations"], mark)
    return shown


def _masked_annotations(annotations: Mapping[str, Any], mark: str) -> dict[str, Any]:
    return {key: mark if key == _LAST_APPLIED else annotations[key] for key in annotations}


def _masked(value: Any, mark: str) -> Any:
    if value is ABSENT:
        return ABSENT
    return dict.fromkeys(value, mark) if isinstance(value, Mapping) else mark


def _values(secret: Mapping[str, Any]) -> Iterator[str]:
    """Every value that is long enough to be told apart, plain and in base64."""
    for field in _SECRET_FIELDS:
        for text in _texts(secret.get(field)):
            decoded = _decoded(text) if field == "data" else ""
            encoded = base64.b64encode(text.encode()).decode()
            yield from (form for form in (text, decoded, encoded) if len(form) >= _SHORTEST)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif value is not None:
        yield str(value)


def _decoded(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _scrub(value: Any, secrets: Sequence[str]) -> Any:
    match value:
        case str():
            for secret in secrets:
                value = value.replace(secret, SAME)
            return value
        case list():
            return [_scrub(item, secrets) for item in value]
        case dict():
            return {key: _scrub(item, secrets) for key, item in value.items()}
    return value
