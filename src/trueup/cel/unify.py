"""Finds what type variables stand for, so that arguments fit parameters."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import count
from typing import Final

from trueup.cel.types import DYN, Type

_NULLABLE: Final = frozenset(
    {"google.protobuf.Timestamp", "google.protobuf.Duration", "object", "optional_type"}
)
_NULLABLE_LIBRARIES: Final = ("kubernetes.", "net.")


def _nullable(kind: Type) -> bool:
    """Whether null can stand for a value of this type."""
    return kind.name in _NULLABLE or kind.name.startswith(_NULLABLE_LIBRARIES)


class Unifier:
    """Variables and what is known of them."""

    def __init__(self) -> None:
        self._bound: dict[Type, Type] = {}
        self._names = count(0xE000)

    def variable(self) -> Type:
        """A new variable, with a name that no signature uses."""
        return Type(chr(next(self._names)))

    def fresh(self, types: Sequence[Type]) -> list[Type]:
        """``types`` with new variables in place of theirs."""
        names: dict[Type, Type] = {}
        return [self._renamed(kind, names) for kind in types]

    def resolved(self, kind: Type) -> Type:
        """``kind`` with what is known of its variables; unknown ones stay."""
        while kind in self._bound:
            kind = self._bound[kind]
        if not kind.params:
            return kind
        return Type(kind.name, tuple(map(self.resolved, kind.params)), kind.fields)

    def assign_all(self, params: Iterable[Type], args: Iterable[Type]) -> bool:
        """Whether every argument fits; on failure nothing has been learnt."""
        before = dict(self._bound)
        if all(self._assign(param, arg) for param, arg in zip(params, args, strict=True)):
            return True
        self._bound = before
        return False

    def same(self, left: Type, right: Type) -> bool:
        """Whether the items of a literal count as one type."""
        left, right = self.resolved(left), self.resolved(right)
        if "dyn" in (left.name, right.name):
            return left.name == right.name
        return self.assign_all([left], [right])

    def _assign(self, param: Type, arg: Type) -> bool:
        variable, param, arg = self._last(param), self._top(param), self._top(arg)
        if variable is not None and self._less_specific(arg, param):
            self._bound[variable] = arg
            return True
        if param.is_variable:
            return param == arg or self._bind(param, arg)
        if arg.is_variable:
            return self._bind(arg, param)
        if DYN in (param, arg):
            return True
        if "null_type" in (param.name, arg.name) and param.name != arg.name:
            return _nullable(param) or _nullable(arg)
        if param.name != arg.name:
            return False
        if param.name == "type":
            return True
        return len(param.params) == len(arg.params) and all(
            map(self._assign, param.params, arg.params)
        )

    def _last(self, kind: Type) -> Type | None:
        """The variable that holds what ``kind`` stands for."""
        found = None
        while kind in self._bound:
            found, kind = kind, self._bound[kind]
        return found

    def _less_specific(self, kind: Type, other: Type) -> bool:
        """Whether ``kind`` has ``dyn`` where ``other`` is known, and is the same otherwise."""
        kind, other = self._top(kind), self._top(other)
        if kind == DYN or other.is_variable:
            return kind == DYN and not other.is_variable
        if kind.name != other.name or len(kind.params) != len(other.params) or not kind.params:
            return False
        pairs = [*zip(kind.params, other.params, strict=True)]
        return any(self._less_specific(*pair) for pair in pairs) and all(
            self._top(k) == self._top(o) or self._less_specific(k, o) for k, o in pairs
        )

    def _bind(self, variable: Type, kind: Type) -> bool:
        if self._occurs(variable, kind):
            return False
        self._bound[variable] = kind
        return True

    def _occurs(self, variable: Type, kind: Type) -> bool:
        kind = self._top(kind)
        return kind == variable or any(self._occurs(variable, part) for part in kind.params)

    def _top(self, kind: Type) -> Type:
        while kind in self._bound:
            kind = self._bound[kind]
        return kind

    def _renamed(self, kind: Type, names: dict[Type, Type]) -> Type:
        if kind.is_variable:
            if kind not in names:
                names[kind] = self.variable()
            return names[kind]
        if not kind.params:
            return kind
        return Type(kind.name, tuple(self._renamed(part, names) for part in kind.params))
