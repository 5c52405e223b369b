"""Hiding secret values wherever a person or a log could see them.

A mask says that a value is there and whether it changed, never what it is.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
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


def decrypted_texts(secrets: Iterable[str]) -> tuple[str, ...]:
    """What ``secrets`` may look like further on: whole, by lines, in base64 and out of it.

    Short ones are among them: ``scrub_changes`` hides them where they stand alone.
    """
    found: set[str] = set()
    for text in secrets:
        lines = [line.strip() for line in text.splitlines() if len(line.strip()) >= _SHORTEST]
        encoded = base64.b64encode(text.encode("utf-8", "surrogateescape")).decode()
        found.update((text, encoded, _decoded(text), *lines))
    return tuple(sorted(found - {""}, key=len, reverse=True))


def holds(value: Any, confidential: Sequence[str]) -> bool:
    """Whether ``value`` has one of ``confidential`` anywhere, also as a number, or in base64."""
    if not confidential:  # as with most deliveries, whose objects need no look then
        return False
    short = {text for text in confidential if len(text) < _SHORTEST}
    parts = [text if len(text) >= _SHORTEST else f'"{text}"' for text in confidential]
    forms = (form for text in _texts(value) for form in (text, _decoded(text)))
    return any(form in short or any(part in form for part in parts) for form in forms)


def scrub_error(error: TrueupError, confidential: Sequence[str], *, short: bool = False) -> None:
    """Take ``confidential`` texts out of what ``error`` says: servers quote what they refuse.

    ``short`` ones too, wherever they stand as a word: some words of the server go with them.
    """
    hide = _without_words if short else _scrub
    error.cause = hide(error.cause, confidential)
    error.subject = hide(error.subject, confidential)
    error.args = (error.cause,)
    if isinstance(error, ApiError):
        error.details = hide(error.details, confidential)


def scrub_changes(changes: Iterable[FieldChange], confidential: Sequence[str]) -> list[FieldChange]:
    """``changes`` without ``confidential`` texts, in whatever kind of object they stand.

    Where such a text comes or goes, what stood on the other side may be its predecessor: that is
    hidden whole.
    """
    return [_scrubbed(change, confidential) for change in changes] if confidential else [*changes]


def guard_changes(changes: Iterable[FieldChange]) -> list[FieldChange]:
    """``changes`` with no value of any field: what was there before may be a secret, too."""
    return [
        replace(
            change,
            before=ABSENT if change.before is ABSENT else BEFORE,
            after=ABSENT if change.after is ABSENT else AFTER,
        )
        for change in changes
    ]


def _scrubbed(change: FieldChange, confidential: Sequence[str]) -> FieldChange:
    before, after = (_scrub(value, confidential) for value in (change.before, change.after))
    hid_before, hid_after = before != change.before, after != change.after
    if hid_after and not hid_before and before is not ABSENT:
        before = BEFORE
    if hid_before and not hid_after and after is not ABSENT:
        after = AFTER
    return replace(change, path=_scrub(change.path, confidential), before=before, after=after)


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
    """Long ones wherever they stand, short ones where they are all there is, or are quoted."""
    return _replaced(value, lambda text: _without(text, secrets))


def _without(text: str, secrets: Sequence[str]) -> str:
    for secret in secrets:
        if len(secret) >= _SHORTEST:
            text = text.replace(secret, SAME)
        elif text == secret:
            return SAME
        else:
            text = text.replace(f'"{secret}"', f'"{SAME}"')
    return text


def _without_words(value: Any, secrets: Sequence[str]) -> Any:
    return _replaced(value, lambda text: _without_each_word(text, secrets))


def _without_each_word(text: str, secrets: Sequence[str]) -> str:
    for secret in secrets:
        text = re.sub(rf"(?<!\w){re.escape(secret)}(?!\w)", SAME, _without(text, [secret]))
    return text


def _replaced(value: Any, hide: Callable[[str], str]) -> Any:
    match value:
        case str():
            return hide(value)
        case list():
            return [_replaced(item, hide) for item in value]
        case dict():
            return {key: _replaced(item, hide) for key, item in value.items()}
        case bool() | None:
            return value
        case int() | float():
            return value if hide(str(value)) == str(value) else SAME
    return value
