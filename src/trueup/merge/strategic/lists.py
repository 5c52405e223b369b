"""Two lists merged item by item: by a key, or as sets of scalars; and the order that results.

Items that the patch names stand in the patch's order; items that only the live list has keep
their place among them as well as the live order allows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from trueup.errors import InputError
from trueup.merge.strategic.directives import PATCH, is_directive, unknown_directive
from trueup.objects.gotext import printed
from trueup.schema import Schema

Items = list[Any]
MergeFields = Callable[[dict[str, Any], dict[str, Any], Schema | None], dict[str, Any]]


def merge(live: Items, patch: Items, schema: Schema, merge_fields: MergeFields) -> Items:
    """``live`` merged with ``patch``; InputError where an item lacks the key."""
    if not live and not patch:
        return live
    key = schema.merge_key
    if len({type(item) for item in (*live, *patch)}) > 1:
        shown = printed([live, patch])
        raise InputError(f"list element types are not identical: {shown}")
    if not any(isinstance(item, dict) for item in (*live, *patch)):
        merged = list(dict.fromkeys(map(_scalar, [*live, *patch])))
        return in_order(merged, patch, live, "")
    if not key:
        raise InputError("cannot merge lists without merge key")
    live, patch = _directed(live, patch, key)
    return in_order(_by_key(live, patch, schema, merge_fields), patch, live, key)


def in_order(merged: Items, order: Items, live_order: Items, key: str) -> Items:
    """``merged`` in the order of ``order``, with items beside it placed as in ``live_order``."""
    named, ranks = _ranks(order, key), _ranks(live_order, key)
    patched = [item for item in merged if _identity(item, key) in named]
    patched.sort(key=lambda item: named[_identity(item, key)])
    others = [item for item in merged if _identity(item, key) not in named]
    others.sort(key=lambda item: ranks.get(_identity(item, key), len(ranks)))
    return _interleaved(others, patched, ranks, key)


def require_order(patch: Items, order: Items, key: str) -> None:
    """InputError unless the items of ``patch`` appear in ``order``, in that order."""
    rest = iter([_identity(item, key) for item in order])
    if not order:
        return
    for item in patch:
        if not is_directive(item) and _identity(item, key) not in rest:
            raise InputError(
                "The order in patch list doesn't match $setElementOrder list: "
                f"{_identity(item, key)}"
            )


def _directed(live: Items, patch: Items, key: str) -> tuple[Items, Items]:
    """What items with ``$patch`` ask for, done; and the items without."""
    plain = [item for item in patch if not is_directive(item)]
    replaces = False
    for item in patch:
        match item.get(PATCH) if isinstance(item, dict) else None:
            case None:
                continue
            case "delete":
                unwanted = _identity(item, key)
                live = [other for other in live if _identity(other, key) != unwanted]
            case "replace":
                replaces = True
            case "merge":
                raise InputError("merging lists cannot yet be specified in the patch")
            case _:
                raise unknown_directive(item)
    return (plain, []) if replaces else (live, plain)


def _by_key(live: Items, patch: Items, schema: Schema, merge_fields: MergeFields) -> Items:
    merged = list(live)
    places = {_identity(item, schema.merge_key): at for at, item in reversed([*enumerate(live)])}
    for item in patch:
        identity = _identity(item, schema.merge_key)
        if identity in places:
            at = places[identity]
            merged[at] = merge_fields(merged[at], item, schema.items)
        else:
            places[identity] = len(merged)
            merged.append(item)
    return merged


def _identity(item: Any, key: str) -> Any:
    if not key:
        return _scalar(item)
    if not isinstance(item, dict):
        raise InputError("expected a mapping in a list that merges by key")
    if key not in item:
        raise InputError(f"map: {printed(item)} does not contain declared merge key: {key}")
    return _scalar(item[key])


def _scalar(value: Any) -> Any:
    if isinstance(value, dict | list):
        raise InputError("expected a scalar where lists merge")
    return value


def _ranks(items: Sequence[Any], key: str) -> dict[Any, int]:
    ranks: dict[Any, int] = {}
    for at, item in enumerate(items):
        ranks.setdefault(_identity(item, key), at)
    return ranks


def _interleaved(left: Items, right: Items, ranks: dict[Any, int], key: str) -> Items:
    """Both lists as one, each in its order; ``left`` goes first where ``ranks`` says so."""
    merged: Items = []
    at = 0
    for item in right:
        place = ranks.get(_identity(item, key))
        while at < len(left) and place is not None:
            other = ranks.get(_identity(left[at], key))
            if other is None or other >= place:
                break
            merged.append(left[at])
            at += 1
        merged.append(item)
    return merged + left[at:]
