"""Taking fields out of an object, and what a set of fields means under a schema."""

from __future__ import annotations

from typing import Any

from trueup.merge.fieldset import SELF, FieldSet, Trie
from trueup.merge.serverside.shape import ListShape, MapShape, Shape
from trueup.merge.serverside.typed import item_element


def remove(shape: Shape, value: Any, fields: FieldSet) -> Any:
    """``value`` without the members of ``fields``; what becomes empty becomes null.

    Shares parts with ``value``.
    """
    return _remove(shape, value, fields.trie)


def _remove(shape: Shape, value: Any, trie: Trie) -> Any:
    fitting = shape.for_value(value)
    if fitting.map is not None:
        return _remove_from_map(fitting.map, value, trie)
    if fitting.scalar is None and fitting.list is not None:
        return _remove_from_list(fitting.list, value, trie)
    return value


def _remove_from_map(shape: MapShape, value: Any, trie: Trie) -> Any:
    if not isinstance(value, dict) or not value or shape.atomic:
        return None
    out = {}
    for name, item in value.items():
        below = trie.get(f"f:{name}")
        if below is None:
            out[name] = item
        elif SELF not in below:
            field = shape.field(name)
            out[name] = item if field is None else _remove(field, item, below)
    return out or None


def _remove_from_list(shape: ListShape, value: Any, trie: Trie) -> Any:
    if not isinstance(value, list) or not value or shape.atomic:
        return None
    out = []
    for item in value:
        below = trie.get(item_element(shape, item))
        if below is None:
            out.append(item)
        elif SELF not in below:
            out.append(_remove(shape.element, item, below))
    return out or None


def with_named_parents(shape: Shape, fields: FieldSet) -> FieldSet:
    """``fields``, and every field that the schema names on the way to a member.

    A field set lists leaves: owning ``.spec.replicas`` does not list ``.spec``. To remove
    what nobody needs, the way there has to count too.
    """
    return FieldSet(_with_named_parents(shape, fields.trie))


def _with_named_parents(shape: Shape | None, trie: Trie) -> Trie:
    out: Trie = {}
    for element, below in trie.items():
        if element == SELF:
            out[SELF] = below
            continue
        if len(below) == 1 and SELF in below:
            out[element] = below
            continue
        inner = _with_named_parents(_shape_below(shape, element), below)
        if SELF not in inner and _is_named(shape, element):
            inner[SELF] = {}
        out[element] = inner
    return out


def _shape_below(shape: Shape | None, element: str) -> Shape | None:
    if shape is None:
        return None
    if element[0] == "f" and shape.map is not None:
        return shape.map.field(element[2:])
    if element[0] == "k" and shape.list is not None:
        return shape.list.element
    return None


def _is_named(shape: Shape | None, element: str) -> bool:
    if shape is None or shape.map is None:
        return False
    return element[0] == "f" and shape.map.named(element[2:])


def follow_schema(shape: Shape, fields: FieldSet) -> FieldSet:
    """Recorded ``fields`` as the present schema would record them.

    Where a list or map has become atomic since, its owner owns it as a whole.
    """
    return FieldSet(_follow(shape, fields.trie, whole=False))


def _follow(shape: Shape, trie: Trie, *, whole: bool) -> Trie:
    """``whole``: the place is a member with nothing below, as an atomic one is."""
    if shape.map is not None:
        return _follow_map(shape.map, trie, whole=whole)
    if shape.scalar is None and shape.list is not None:
        return _follow_list(shape.list, trie, whole=whole)
    return trie


def _follow_map(shape: MapShape, trie: Trie, *, whole: bool) -> Trie:
    if shape.deduced:
        return trie
    if shape.atomic and not whole:
        return {SELF: {}} if trie else trie
    return _follow_items(trie, shape.field)


def _follow_list(shape: ListShape, trie: Trie, *, whole: bool) -> Trie:
    if shape.atomic and not whole:
        return {SELF: {}}
    return _follow_items(trie, lambda _element: shape.element)


def _follow_items(trie: Trie, shape_of_item: Any) -> Trie:
    out: Trie = {}
    for element, below in trie.items():
        item = None if element == SELF else shape_of_item(element[2:])
        whole = len(below) == 1 and SELF in below
        out[element] = below if item is None else _follow(item, below, whole=whole)
    return out
