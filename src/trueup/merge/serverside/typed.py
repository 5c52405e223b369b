"""Checking a value against its shape, and listing the fields that it mentions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from trueup.errors import InputError
from trueup.merge.fieldset import SELF, FieldSet, Trie
from trueup.merge.serverside.shape import BOOLEAN, NUMERIC, STRING, ListShape, MapShape, Shape
from trueup.objects.fieldpath import element_text, key_element, value_element
from trueup.objects.gotext import printed

_NAMELESS: Final = value_element(None)


class TypedError(InputError):
    """A value does not fit its schema; the text is that of Kubernetes' typed values."""


def item_element(shape: ListShape, item: Any) -> str:
    """The path element of an item of a keyed list or a set; raises TypedError if it has none."""
    if not shape.keys:
        return _member_element(item)
    if item is None:
        raise TypedError("associative list with keys may not have a null element")
    if not isinstance(item, dict):
        raise TypedError("associative list with keys may not have non-map elements")
    found = {}
    for key in sorted(shape.keys):
        if key in item:
            found[key] = item[key]
        elif shape.key_defaults.get(key) is not None:
            found[key] = shape.key_defaults[key]
    if not found:
        names = " ".join(f'"{key}"' for key in shape.keys)
        raise TypedError(
            f"associative list with keys has an element that omits all key fields [{names}]"
            " (and doesn't have default values for any key fields)"
        )
    return key_element(found)


def _member_element(item: Any) -> str:
    if isinstance(item, dict):
        raise TypedError("associative list without keys has an element that's a map type")
    if isinstance(item, list):
        raise TypedError("not supported: associative list with lists as elements")
    if item is None:
        raise TypedError("associative list without keys has an element that's an explicit null")
    return value_element(item)


def check(shape: Shape, value: Any, *, allow_duplicates: bool = False) -> None:
    """Raise TypedError, naming every place, if ``value`` does not have ``shape``."""
    raise_all(_problems(shape, value, allow_duplicates))


def raise_all(found: Sequence[str]) -> None:
    """Raise TypedError with all of ``found``, if there is anything."""
    if found:
        raise TypedError(found[0] if len(found) == 1 else "errors:\n  " + "\n  ".join(found))


def scalar_problem(kind: str, value: Any) -> str:
    """Why ``value`` is not a scalar of this kind, or ``""``."""
    if value is None:
        return ""
    is_bool, is_text = isinstance(value, bool), isinstance(value, str)
    if kind == STRING:
        return "" if is_text else f"expected string, got {_shown(value)}"
    is_number = isinstance(value, int | float) and not is_bool
    if kind == NUMERIC:
        return "" if is_number else f"expected numeric (int or float), got {_go_type(value)}"
    if kind == BOOLEAN:
        return "" if is_bool else f"expected boolean, got {_go_text(value)}"
    scalar = is_bool or is_text or is_number
    return "" if scalar else f"expected any scalar, got {_go_text(value)}"


def _problems(shape: Shape, value: Any, allow_duplicates: bool) -> Sequence[str]:
    fitting = shape.for_value(value)
    if fitting.map is not None:
        return _map_problems(fitting.map, value, allow_duplicates)
    if fitting.scalar is not None:
        problem = scalar_problem(fitting.scalar, value)
        return (f": {problem}",) if problem else ()
    if fitting.list is not None:
        return _list_problems(fitting.list, value, allow_duplicates)
    return ()


def _map_problems(shape: MapShape, value: Any, allow_duplicates: bool) -> Sequence[str]:
    if value is None:
        return ()
    if not isinstance(value, dict):
        return (f": expected map, got {_go_text(value)}",)
    found: list[str] = []
    for name, item in value.items():
        field = shape.field(name)
        if field is None:
            return [*found, f".{name}: field not declared in schema"]
        if problems := _problems(field, item, allow_duplicates):
            found += [f".{name}{problem}" for problem in problems]
    return found


def _list_problems(shape: ListShape, value: Any, allow_duplicates: bool) -> Sequence[str]:
    if value is None:
        return ()
    if not isinstance(value, list):
        return (f": expected list, got {_go_text(value)}",)
    found: list[str] = []
    seen = set()
    for index, item in enumerate(value):
        element = f"i:{index}"
        if not shape.atomic:
            try:
                element = item_element(shape, item)
            except TypedError as error:
                return [*found, f": element {index}: {error.cause}"]
            if element in seen and not allow_duplicates:
                found.append(f": duplicate entries for key {element_text(element)}")
            seen.add(element)
        if problems := _problems(shape.element, item, allow_duplicates):
            found += [element_text(element) + problem for problem in problems]
    return found


def fields_of(shape: Shape, value: Any) -> FieldSet:
    """Every leaf and every list item that ``value`` mentions. ``value`` was checked before."""
    trie: Trie = {}
    _collect(shape, value, trie)
    trie.pop(SELF, None)
    return FieldSet(trie)


def _collect(shape: Shape, value: Any, trie: Trie) -> None:
    fitting = shape.for_value(value)
    if fitting.map is not None:
        _collect_map(fitting.map, value, trie)
    elif fitting.scalar is not None:
        trie[SELF] = {}
    elif fitting.list is not None:
        _collect_list(fitting.list, value, trie)


def _collect_map(shape: MapShape, value: Any, trie: Trie) -> None:
    if shape.atomic:
        trie[SELF] = {}
        return
    if not isinstance(value, dict):
        return
    for name, item in value.items():
        field = shape.field(name)
        below: Trie = {}
        if field is not None:
            _collect(field, item, below)
        if item is None or item == {} or not shape.named(name):
            below[SELF] = {}
        if below:
            trie[f"f:{name}"] = below


def _collect_list(shape: ListShape, value: Any, trie: Trie) -> None:
    if shape.atomic:
        trie[SELF] = {}
        return
    if not isinstance(value, list):
        return
    seen: set[str] = set()
    for item in value:
        element = _element_or_nameless(shape, item)
        below: Trie = {SELF: {}}
        if element not in seen:
            _collect(shape.element, item, below)
        trie[element] = below  # of duplicates only the place is tracked, not what is below
        seen.add(element)


def _element_or_nameless(shape: ListShape, item: Any) -> str:
    """The item's element; if pruning took its keys, one that no other field set can have."""
    try:
        return item_element(shape, item)
    except TypedError:
        return _NAMELESS


def _shown(value: Any) -> str:
    return f"&value.valueUnstructured{{Value:{_go_syntax(value)}}}"


def _go_type(value: Any) -> str:
    if isinstance(value, dict):
        return "map[string]interface {}"
    if isinstance(value, list):
        return "[]interface {}"
    return "bool" if isinstance(value, bool) else "string"


def _go_syntax(value: Any) -> str:
    """A value as Go's ``%#v`` prints it."""
    if isinstance(value, dict):
        inner = ", ".join(f'"{key}":{_go_syntax(value[key])}' for key in sorted(value))
        return f"map[string]interface {{}}{{{inner}}}"
    if isinstance(value, list):
        return "[]interface {}{" + ", ".join(map(_go_syntax, value)) + "}"
    if isinstance(value, str):
        return f'"{value}"'
    return "interface {}(nil)" if value is None else printed(value)


def _go_text(value: Any) -> str:
    """A value, wrapped as the API server wraps it, as Go's ``%v`` prints it."""
    return "&{" + printed(value) + "}"
