"""Sets of field paths: what a manager owns, what changed, what is to be ignored."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, TypeAlias

from trueup.objects import fieldpath
from trueup.objects.fieldpath import Path

Trie: TypeAlias = dict[str, Any]
"""Element -> trie below it. The key ``"."`` says that this place itself is a member."""

SELF: Final = "."
_NOTHING: Final[Trie] = {}


class FieldSet:
    """An immutable set of `Path`s. Membership of a place says nothing of those below it.

    ``from_fields``/``to_fields`` convert the FieldsV1 format of ``managedFields``.
    """

    __slots__ = ("trie",)

    def __init__(self, trie: Trie | None = None) -> None:
        self.trie: Trie = trie if trie is not None else {}

    @classmethod
    def of(cls, *paths: Path) -> FieldSet:
        trie: Trie = {}
        for path in paths:
            node = trie
            for element in path:
                node = node.setdefault(element, {})
            if path:
                node[SELF] = _NOTHING
        return cls(trie)

    @classmethod
    def from_fields(cls, fields: Mapping[str, Any]) -> FieldSet:
        """Read FieldsV1; raises InputError if an element does not parse."""
        return cls(_decode(fields))

    def to_fields(self) -> dict[str, Any]:
        """FieldsV1, ordered as the API server writes it."""
        return _encode(self.trie)

    def __bool__(self) -> bool:
        return bool(self.trie)

    def __len__(self) -> int:
        return sum(1 for _ in self.paths())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, FieldSet) and self.trie == other.trie

    __hash__ = None  # type: ignore[assignment]  # what mutable sets do

    def __contains__(self, path: Path) -> bool:
        return self.contains(path)

    def __or__(self, other: FieldSet) -> FieldSet:
        return self.union(other)

    def __and__(self, other: FieldSet) -> FieldSet:
        return self.intersection(other)

    def __sub__(self, other: FieldSet) -> FieldSet:
        return self.difference(other)

    def contains(self, path: Path) -> bool:
        node = self.trie
        for element in path:
            if (below := node.get(element)) is None:
                return False
            node = below
        return bool(path) and SELF in node

    def paths(self) -> Iterator[Path]:
        """Every member, parents before children, in Kubernetes' order."""
        return _paths(self.trie, ())

    def union(self, other: FieldSet) -> FieldSet:
        return FieldSet(_union(self.trie, other.trie))

    def intersection(self, other: FieldSet) -> FieldSet:
        return FieldSet(_intersection(self.trie, other.trie))

    def difference(self, other: FieldSet) -> FieldSet:
        """The members that ``other`` does not have; parents and children are independent."""
        return FieldSet(_difference(self.trie, other.trie))

    def without(self, other: FieldSet) -> FieldSet:
        """The members that are neither in ``other`` nor anywhere below one of its members."""
        return FieldSet(_without(self.trie, other.trie))

    def below(self, element: str) -> FieldSet:
        """The members below ``element``, as a set of paths from there."""
        node = self.trie.get(element, _NOTHING)
        return FieldSet({key: child for key, child in node.items() if key != SELF})

    def __repr__(self) -> str:
        return f"FieldSet({', '.join(map(fieldpath.text, self.paths()))})"


def union_of(sets: Iterable[FieldSet]) -> FieldSet:
    trie: Trie = {}
    for fields in sets:
        trie = _union(trie, fields.trie)
    return FieldSet(trie)


def _decode(fields: Mapping[str, Any]) -> Trie:
    trie: Trie = {}
    for element, below in fields.items():
        if element == SELF:
            trie[SELF] = _NOTHING
            continue
        known = fieldpath.canonical(element)
        if known is not None:  # what a later version of the format adds is dropped
            trie[known] = _decode(below) if below else {SELF: _NOTHING}
    return trie


def _encode(trie: Trie) -> dict[str, Any]:
    out: dict[str, Any] = {SELF: {}} if SELF in trie else {}
    for element in _ordered(trie):
        below = trie[element]
        out[element] = {} if len(below) == 1 and SELF in below else _encode(below)
    return out


def _ordered(trie: Trie) -> list[str]:
    return sorted((element for element in trie if element != SELF), key=fieldpath.order)


def _paths(trie: Trie, prefix: Path) -> Iterator[Path]:
    elements = _ordered(trie)
    for element in elements:
        if SELF in trie[element]:
            yield (*prefix, element)
    for element in elements:
        yield from _paths(trie[element], (*prefix, element))


def _union(left: Trie, right: Trie) -> Trie:
    if not left:
        return right
    out = dict(left)
    for element, below in right.items():
        mine = out.get(element)
        out[element] = below if mine is None else _union(mine, below)
    return out


def _intersection(left: Trie, right: Trie) -> Trie:
    out: Trie = {}
    for element, below in left.items():
        if element not in right:
            continue
        if element == SELF:
            out[SELF] = _NOTHING
        elif both := _intersection(below, right[element]):
            out[element] = both
    return out


def _difference(left: Trie, right: Trie) -> Trie:
    out: Trie = {}
    for element, below in left.items():
        other = right.get(element)
        if other is None:
            out[element] = below
        elif element != SELF and (rest := _difference(below, other)):
            out[element] = rest
    return out


def _without(left: Trie, right: Trie) -> Trie:
    out: Trie = {}
    for element, below in left.items():
        other = right.get(element)
        if other is None:
            out[element] = below
        elif SELF not in other and element != SELF and (rest := _without(below, other)):
            out[element] = rest
    return out
