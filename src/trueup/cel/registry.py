"""Functions and operators with their signatures: what the checker and the evaluator share.

A function is declared by the text of its overloads, a method's target before the dot::

    @function("strings", "indexOf", "string.(string) -> int", "string.(string, int) -> int")
    def index_of(text: str, part: str, start: int = 0) -> int: ...

Single capitals stand for any type, the same one throughout the signature. The first argument is
the library that an environment has to open for the function to exist.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from trueup.cel.types import Type, parse_type, split_types
from trueup.cel.values import EvaluationError, type_name

_Callable = TypeVar("_Callable", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Overload:
    """One way to call a function: for these types of arguments."""

    library: str
    params: tuple[Type, ...]
    """The types of the arguments; a method's target comes first."""
    result: Type
    is_method: bool
    call: Callable[..., Any]
    looks_itself: bool
    """Takes any values when run; the signature is for the checker."""

    def accepts(self, kinds: tuple[str, ...]) -> bool:
        """Whether values of these type names can be passed."""
        return len(kinds) == len(self.params) and (
            self.looks_itself
            or all(
                p.is_variable or p.name in (kind, "dyn")
                for p, kind in zip(self.params, kinds, strict=True)
            )
        )


class Function:
    """All overloads of one name."""

    def __init__(self, name: str, overloads: tuple[Overload, ...]) -> None:
        self.name = name
        self.overloads = overloads
        self.arities = frozenset(len(overload.params) for overload in overloads)
        self._chosen: dict[tuple[str, ...], Callable[..., Any]] = {}

    def __call__(self, args: list[Any]) -> Any:
        """The result of the overload that fits ``args``; EvaluationError if none does."""
        kinds = tuple(map(type_name, args))
        call = self._chosen.get(kinds)
        if call is None:
            call = self._chosen[kinds] = self._choose(kinds)
        return call(*args)

    def _choose(self, kinds: tuple[str, ...]) -> Callable[..., Any]:
        for overload in self.overloads:
            if overload.accepts(kinds):
                return overload.call
        raise EvaluationError(f"no such overload: {self.name}({', '.join(kinds)})")


_declared: dict[str, list[Overload]] = {}


def function(
    library: str, name: str, *signatures: str, looks_itself: bool = False
) -> Callable[[_Callable], _Callable]:
    """Declare the decorated function as the implementation of ``signatures``.

    With ``looks_itself`` it is called with values of any type and judges them itself.
    """

    def declare(call: _Callable) -> _Callable:
        overloads = _declared.setdefault(name, [])
        overloads += (_overload(library, text, call, looks_itself) for text in signatures)
        return call

    return declare


def functions(libraries: Iterable[str]) -> Mapping[str, Function]:
    """The functions of ``libraries`` by name."""
    opened = frozenset(libraries)
    found = {}
    for name, overloads in _declared.items():
        visible = tuple(overload for overload in overloads if overload.library in opened)
        if visible:
            found[name] = Function(name, visible)
    return found


def _overload(
    library: str, signature: str, call: Callable[..., Any], looks_itself: bool
) -> Overload:
    left, result = signature.split(" -> ")
    target, _, args = left.removesuffix(")").partition("(")
    params = [parse_type(target.removesuffix("."))] if target else []
    params += map(parse_type, split_types(args))
    return Overload(library, tuple(params), parse_type(result), bool(target), call, looks_itself)
