"""Which fields differ between two versions of an object."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from trueup.merge.fieldset import SELF, FieldSet, Trie
from trueup.merge.serverside.shape import ListShape, MapShape, Shape
from trueup.merge.serverside.typed import item_element, scalar_problem
from trueup.objects.fieldpath import ABSENT


@dataclass(frozen=True)
class Comparison:
    """Fields that the newer version removed, modified and added; no field is in two of them."""

    removed: FieldSet
    modified: FieldSet
    added: FieldSet

    def ignoring(self, fields: FieldSet) -> Comparison:
        if not fields:
            return self
        parts = (self.removed, self.modified, self.added)
        return Comparison(*(part.without(fields) for part in parts))


@dataclass(slots=True)
class _Marks:
    """What was found at one place and below; the key ``"."`` of each is the place itself."""

    removed: Trie = field(default_factory=dict)
    modified: Trie = field(default_factory=dict)
    added: Trie = field(default_factory=dict)

    def take(self, element: str, below: _Marks) -> None:
        for mine, theirs in (
            (self.removed, below.removed),
            (self.modified, below.modified),
            (self.added, below.added),
        ):
            if theirs:
                mine[element] = theirs

    def root(self) -> Comparison:
        for part in (self.removed, self.modified, self.added):
            part.pop(SELF, None)
        return Comparison(FieldSet(self.removed), FieldSet(self.modified), FieldSet(self.added))


def compare(shape: Shape, old: Any, new: Any) -> Comparison:
    """The fields in which ``new`` differs from ``old``, both of ``shape``."""
    marks = _Marks()
    _compare(shape, old, new, marks)
    return marks.root()


def equal(left: Any, right: Any) -> bool:
    """Equality of JSON values: 1 is 1.0, but never True."""
    if isinstance(left, dict):
        if not isinstance(right, dict) or len(left) != len(right):
            return False
        return all(key in right and equal(value, right[key]) for key, value in left.items())
    if isinstance(left, list):
        if not isinstance(right, list) or len(left) != len(right):
            return False
        return all(map(equal, left, right))
    return bool(left == right) and isinstance(left, bool) == isinstance(right, bool)


def _is_same(old: Any, new: Any) -> bool:
    """Asked of every part before it is taken apart: seldom does more than one of them differ."""
    return old is new or (old == new and equal(old, new))


def _compare(shape: Shape, old: Any, new: Any, marks: _Marks) -> None:
    if _is_same(old, new):
        return
    before, after = shape.for_value(old), shape.for_value(new)
    if new is ABSENT:
        leaf = _compare_as(before, old, new, marks)
    else:
        if old is not ABSENT and not before.same_alternatives(after):
            _compare_as(before, old, new, marks)
        leaf = _compare_as(after, old, new, marks)
    if leaf:
        return
    if old is ABSENT:
        marks.added[SELF] = {}
    elif new is ABSENT:
        marks.removed[SELF] = {}


def _compare_as(shape: Shape, old: Any, new: Any, marks: _Marks) -> bool:
    """Compare as what ``shape`` first allows; tells whether the place was taken as a whole."""
    if shape.map is not None:
        return _compare_maps(shape.map, old, new, marks)
    if shape.scalar is not None:
        if _misfits(shape.scalar, old) and _misfits(shape.scalar, new):
            return False
        return _leaf(old, new, marks)
    assert shape.list is not None
    return _compare_lists(shape.list, old, new, marks)


def _misfits(scalar: str, value: Any) -> bool:
    return value is not ABSENT and bool(scalar_problem(scalar, value))


def _leaf(old: Any, new: Any, marks: _Marks) -> bool:
    if old is ABSENT:
        marks.added[SELF] = {}
    elif new is ABSENT:
        marks.removed[SELF] = {}
    elif not equal(old, new):
        marks.modified[SELF] = {}
    return True


def _compare_maps(shape: MapShape, old: Any, new: Any, marks: _Marks) -> bool:
    left = old if isinstance(old, dict) else {}
    right = new if isinstance(new, dict) else {}
    if shape.atomic or (not left and not right):
        return _leaf(old, new, marks)
    for name in left.keys() | right.keys():
        before, after = left.get(name, ABSENT), right.get(name, ABSENT)
        field_shape = None if _is_same(before, after) else shape.field(name)
        if field_shape is not None:
            below = _Marks()
            _compare(field_shape, before, after, below)
            marks.take(f"f:{name}", below)
    return False


def _compare_lists(shape: ListShape, old: Any, new: Any, marks: _Marks) -> bool:
    left = old if isinstance(old, list) else []
    right = new if isinstance(new, list) else []
    if shape.atomic or (not left and not right):
        return _leaf(old, new, marks)
    olds, news = _by_element(shape, left), _by_element(shape, right)
    for element in olds.keys() | news.keys():
        _compare_items(shape, element, (olds.get(element, []), news.get(element, [])), marks)
    return False


def _by_element(shape: ListShape, items: list[Any]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for item in items:
        found.setdefault(item_element(shape, item), []).append(item)
    return found


def _compare_items(
    shape: ListShape, element: str, pair: tuple[list[Any], list[Any]], marks: _Marks
) -> None:
    """Compare the items of one key. Duplicates are one value together, with nothing below."""
    olds, news = pair
    many_before, many_after = len(olds) > 1, len(news) > 1
    below = _Marks()
    if many_before and many_after:
        if not equal(olds, news):
            below.modified[SELF] = {}
    else:
        old = ABSENT if many_before or not olds else olds[0]
        new = ABSENT if many_after or not news else news[0]
        if old is not ABSENT or new is not ABSENT:
            _compare(shape.element, old, new, below)
        if many_before:
            below.removed[SELF] = {}
        if many_after:
            below.added[SELF] = {}
    marks.take(element, below)
