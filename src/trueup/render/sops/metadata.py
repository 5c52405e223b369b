"""What SOPS notes about a document beside its data: the keys, the rule, the MAC."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from trueup.errors import DecryptionError
from trueup.objects.gonumbers import TRUE_WORDS, format_float, parse_time, without_fraction
from trueup.render.sops.rules import RULES, Rule
from trueup.render.sops.tree import Branch, Comment, is_utf8

KEY_FIELDS: Final = {
    "kms": ("arn", "role", "context", "aws_profile"),
    "gcp_kms": ("resource_id",),
    "hckms": ("key_id",),
    "azure_kv": ("vault_url", "name", "version"),
    "hc_vault": ("vault_address", "engine_path", "key_name"),
    "pgp": ("fp",),
    "age": ("recipient",),
}
"""Kinds of master keys in the order in which SOPS reads them, and what says which key is meant."""

_TIMELESS = ("age",)
_LONGEST_NAME = 200
"""Post-quantum recipients of age take two thousand characters."""
_TRIED_FIRST = {"age": 0, "pgp": 1}


@dataclass(frozen=True, slots=True)
class MasterKey:
    """A key that encrypts the data key, or its group's part of it.

    ``enc`` is that, in the form of its kind; ``fields`` are those of ``KEY_FIELDS``.
    """

    kind: str
    enc: str = field(repr=False)
    fields: dict[str, Any]

    @property
    def name(self) -> str:
        """Which key it is, for people."""
        texts = (self.fields.get(name) for name in KEY_FIELDS[self.kind])
        name = "/".join(text for text in texts if isinstance(text, str) and text)
        return name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}…"

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


@dataclass(frozen=True, slots=True)
class Metadata:
    """``groups``: with more than one, ``threshold`` of them make the data key together."""

    groups: tuple[tuple[MasterKey, ...], ...]
    threshold: int
    rule: Rule
    mac: str
    mac_only_encrypted: bool
    last_modified: str
    """In whole seconds: the MAC is bound to it."""


def read_metadata(found: Branch) -> Metadata:
    """Raises DecryptionError for what SOPS would not read."""
    moment = _time(found, "lastmodified")
    return Metadata(
        groups=_groups(found),
        threshold=_number(found, "shamir_threshold"),
        rule=_rule(found),
        mac=_text(found, "mac"),
        mac_only_encrypted=_flag(found, "mac_only_encrypted"),
        last_modified=without_fraction(moment),
    )


def _rule(found: Branch) -> Rule:
    given = [(name, text) for name in RULES if (text := _text(found, name))]
    if len(given) > 1:
        names = " and ".join(name for name, _ in given)
        raise DecryptionError(f"has {names}, and only one of them may be there", subject="sops")
    return Rule(*given[0]) if given else Rule()


def _groups(found: Branch) -> tuple[tuple[MasterKey, ...], ...]:
    if any(_list(found, kind) for kind in KEY_FIELDS):
        return (_group(found),)
    groups = tuple(_group(_branch(item, "key_groups")) for item in _list(found, "key_groups"))
    if not groups:
        raise DecryptionError("names no key", subject="sops")
    return groups


def _group(found: Branch) -> tuple[MasterKey, ...]:
    """The keys in the order in which they are tried: those that cost no call first."""
    keys = [_key(kind, item) for kind in KEY_FIELDS for item in _list(found, kind)]
    return tuple(sorted(keys, key=lambda key: _TRIED_FIRST.get(key.kind, 2)))


def _key(kind: str, item: Any) -> MasterKey:
    entry = _branch(item, kind)
    if kind not in _TIMELESS:
        _time(entry, "created_at")
    fields = {name: _field(entry, name) for name in KEY_FIELDS[kind]}
    return MasterKey(kind, _text(entry, "enc"), fields)


def _field(entry: Branch, name: str) -> Any:
    if name != "context":
        return _text(entry, name)
    context = entry.get(name) or Branch()
    return {key: _text(context, key) for key, _ in _branch(context, name) if isinstance(key, str)}


def _branch(value: Any, name: str) -> Branch:
    if not isinstance(value, Branch):
        raise DecryptionError("is no mapping", subject=f"sops.{name}")
    return value


def _list(found: Branch, name: str) -> Sequence[Any]:
    value = found.get(name)
    if value is None:
        return ()
    items = value if isinstance(value, list) and not isinstance(value, Branch) else [value]
    return [item for item in items if not isinstance(item, Comment)]


def _text(found: Branch, name: str) -> str:
    match found.get(name):
        case None:
            return ""
        case str(text) if is_utf8(text):
            return text
        case bool(flag):
            return "1" if flag else "0"
        case int(number):
            return str(number)
        case float(number):
            return format_float(number, "f")
    raise DecryptionError("is no text", subject=f"sops.{name}")


def _number(found: Branch, name: str) -> int:
    value = found.get(name) or 0
    try:
        return int(value)
    except (TypeError, ValueError) as error:
        raise DecryptionError("is no number", subject=f"sops.{name}") from error


def _flag(found: Branch, name: str) -> bool:
    value = found.get(name)
    if isinstance(value, str):
        return value in TRUE_WORDS
    return bool(value)


def _time(found: Branch, name: str) -> str:
    try:
        return parse_time(_text(found, name))
    except ValueError as error:
        raise DecryptionError(str(error), subject=f"sops.{name}") from None
