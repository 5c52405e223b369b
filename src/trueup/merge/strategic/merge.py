"""One mapping merged with its patch, field by field."""

from __future__ import annotations

from typing import Any

from trueup.errors import InputError
from trueup.merge.strategic import lists
from trueup.merge.strategic.directives import (
    DELETE_FROM,
    ORDER_OF,
    PATCH,
    RETAIN,
    retained,
    unknown_directive,
    without_directives,
    without_nulls,
)
from trueup.objects.manifest import copy
from trueup.schema import Schema

Fields = dict[str, Any]


def apply(live: Fields, patch: Fields, schema: Schema | None) -> Fields:
    """What ``patch`` makes of ``live``; InputError where the patch contradicts itself.

    Lists merge only where ``schema`` gives them a merge strategy. The arguments stay as they are.
    """
    return merge_fields(copy(live), copy(patch), schema)


def merge_fields(live: Fields, patch: Fields, schema: Schema | None) -> Fields:
    """As ``apply``, using up both arguments."""
    if PATCH in patch:
        return _by_directive(patch)
    live = retained(live, patch)
    for name in [name for name in patch if name.startswith(ORDER_OF)]:
        _merge_ordered(live, patch, name, schema)
    for name, value in patch.items():
        if name.startswith(DELETE_FROM):
            _delete_items(live, name.removeprefix(DELETE_FROM), value)
        elif name != RETAIN:
            _merge_field(live, name, value, _field(schema, name))
    return live


def _by_directive(patch: Fields) -> Fields:
    directive = patch[PATCH]
    if directive == "replace":
        return {name: value for name, value in patch.items() if name != PATCH}
    if directive == "delete":
        return {}
    raise unknown_directive(patch)


def _merge_field(live: Fields, name: str, value: Any, schema: Schema | None) -> None:
    if value is None:
        live.pop(name, None)
        return
    present = live.get(name)
    if isinstance(present, dict) and isinstance(value, dict):
        replaces = schema is not None and "replace" in schema.merge_strategies
        live[name] = value if replaces else merge_fields(present, value, schema)
    elif isinstance(present, list) and isinstance(value, list):
        live[name] = _merged_list(present, value, schema)
    elif isinstance(value, dict) and PATCH in value:
        live.pop(name, None)
    else:
        live[name] = without_directives(without_nulls(value))


def _merged_list(live: list[Any], patch: list[Any], schema: Schema | None) -> list[Any]:
    if schema is None or "merge" not in schema.merge_strategies:
        return patch
    return lists.merge(live, patch, schema, merge_fields)


def _delete_items(live: Fields, name: str, unwanted: Any) -> None:
    present = live.get(name)
    if isinstance(present, list) and isinstance(unwanted, list):
        live[name] = [item for item in present if item not in unwanted]


def _merge_ordered(live: Fields, patch: Fields, directive: str, schema: Schema | None) -> None:
    """Merge a list, then put its items in the order that the patch names."""
    order, name = patch.pop(directive), directive.removeprefix(ORDER_OF)
    field = _field(schema, name)
    key = field.merge_key if field is not None else ""
    wanted, present = patch.pop(name, None), live.get(name)
    for value in (order, wanted if wanted is not None else [], present or []):
        if not isinstance(value, list):
            raise InputError(f"expected a list at {name}")
    if wanted is None and present is None:
        return
    lists.require_order(wanted or [], order, key)
    if present is None:
        merged = without_directives(wanted)
    else:
        merged = present if wanted is None else _merged_list(list(present), wanted, field)
    live[name] = lists.in_order(merged, order, present or [], key)


def _field(schema: Schema | None, name: str) -> Schema | None:
    return schema.field(name) if schema is not None else None
