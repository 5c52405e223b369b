"""The elements of lists that merge by key, found and put the way kyaml does it.

``keys`` are the merge keys, ``values`` the texts that an element has for them; the key ``""`` stands
for the element itself, in lists of plain strings.
"""

from __future__ import annotations

from collections.abc import Sequence

from trueup.render.kustomize.nodes import Node, is_null, is_scalar, text_of

Keys = tuple[str, ...]


def values_of(sources: Sequence[Node], keys: Keys) -> list[Keys]:
    """The distinct key values in ``sources``, in their order."""
    found: dict[Keys, None] = {}
    for source in sources:
        for item in source if isinstance(source, list) else ():
            if not keys:
                found[text_of(item),] = None
            else:
                fields = item if isinstance(item, dict) else {}
                found[tuple(_key_text(fields.get(key)) for key in keys)] = None
    return _unified(list(found)) if len(keys) > 1 else list(found)


def _key_text(node: Node) -> str:
    return "" if is_null(node) else text_of(node)


def _unified(values: list[Keys]) -> list[Keys]:
    """Values that could mean the same element, one of them leaving a key out, made the same."""
    for i, one in enumerate(values):
        for j, other in enumerate(values):
            common = _common(one, other)
            if common is not None:
                values[i] = values[j] = common
    return values


def _common(one: Keys, other: Keys) -> Keys | None:
    if not any(a == b for a, b in zip(one, other, strict=True)):
        return None
    if any(a and b and a != b for a, b in zip(one, other, strict=True)):
        return None
    return tuple(a or b for a, b in zip(one, other, strict=True))


def relevant_keys(all_values: Sequence[Keys], values: Keys, keys: Keys) -> tuple[Keys, Keys]:
    """``keys`` and ``values`` without the keys that no element has; all if none has any."""
    used = {key for found in all_values for key, value in zip(keys, found, strict=True) if value}
    if not used:
        return keys, values
    kept = [(key, value) for key, value in zip(keys, values, strict=True) if key in used]
    return tuple(key for key, _ in kept), tuple(value for _, value in kept)


def find_element(source: Node, keys: Keys, values: Keys) -> Node:
    """The first element with these key values, or None."""
    if not isinstance(source, list):
        return None
    keys, values = relevant_keys([values], values, keys)
    if keys[0] == "":
        return next((item for item in source if text_of(item) == values[0]), None)
    for item in source:
        if isinstance(item, dict) and all(
            key in item and text_of(item[key]) == value
            for key, value in zip(keys, values, strict=True)
        ):
            return item
    return None


def put_element(items: list[Node], element: Node, keys: Keys, values: Keys) -> None:
    """Replaces the elements with these key values by ``element``, or appends it."""
    if not _rewrite(items, element, keys, values):
        items.append(element)


def delete_element(items: list[Node], keys: Keys, values: Keys) -> None:
    _rewrite(items, None, keys, values)


def _rewrite(items: list[Node], element: Node, keys: Keys, values: Keys) -> bool:
    """Whether an element matched. Null and empty elements go; so does all if ``values`` is empty."""
    kept: list[Node] = []
    matched = False
    wants_mapping = bool(keys[0] and values and values[0])
    for item in items:
        if is_null(item) or item == {}:
            continue
        if wants_mapping and not isinstance(item, dict):
            kept.append(item)
        elif not _matches(item, keys, values):
            if values:
                kept.append(item)
        else:
            matched = True
            if element is not None:
                kept.append(element)
    items[:] = kept
    return matched


def _matches(item: Node, keys: Keys, values: Keys) -> bool:
    """An empty value asks only that the element has the key; keys without value ask nothing new."""
    if not values:
        return False
    for key, value in zip(keys, values, strict=False):
        if key == "":
            if not is_scalar(item) or text_of(item) != value:
                return False
        elif (
            not isinstance(item, dict) or key not in item or (value and text_of(item[key]) != value)
        ):
            return False
    return True


def prepend(merged: list[Node], rest: list[Node], keys: Keys) -> list[Node]:
    """``merged`` with those elements of ``rest`` behind it that it does not have yet."""
    for item in rest if rest is not merged else list(rest):
        if keys[0] == "":
            put_element(merged, item, keys, (text_of(item),))
            continue
        values = []
        for key in keys:
            value = item.get(key) if isinstance(item, dict) else None
            if value is None:
                merged.append(item)
            else:
                values.append(text_of(value))
        if len(keys) > 1:
            delete_element(merged, keys, tuple(values))
        put_element(merged, item, keys, tuple(values))
    return merged
