"""The macros that walk over lists and maps.

With one variable a list gives its items and a map its keys; with two, a list gives index and item
and a map key and value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from trueup.cel.budget import spend
from trueup.cel.values import EvaluationError, key_value, map_key, type_name

_Evaluate = Callable[[dict[str, Any]], Any]


@dataclass(frozen=True, slots=True)
class Steps:
    """What happens to each item: ``condition`` chooses, ``body`` computes."""

    variables: tuple[str, ...]
    condition: _Evaluate | None
    body: _Evaluate | None

    def scopes(self, over: Any, bindings: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """The bindings of each step; one dictionary, changed from step to step."""
        scope = dict(bindings)
        for values in _items(over, len(self.variables)):
            spend(1)
            scope.update(zip(self.variables, values, strict=True))
            yield scope

    def holds(self, scope: dict[str, Any]) -> bool:
        if self.condition is None:
            return True
        value = self.condition(scope)
        if type(value) is not bool:
            raise EvaluationError(f"no such overload: {type_name(value)} as a predicate")
        return value

    def compute(self, scope: dict[str, Any]) -> Any:
        assert self.body is not None
        return self.body(scope)


def _items(over: Any, variables: int) -> Iterator[tuple[Any, ...]]:
    if type(over) is dict:
        if variables == 1:
            return ((key_value(key),) for key in list(over))
        return ((key_value(key), value) for key, value in list(over.items()))
    if type(over) is list:
        return ((item,) for item in over) if variables == 1 else enumerate(over)
    raise EvaluationError(f"cannot range over {type_name(over)}")


def _quantify(steps: Steps, over: Any, bindings: dict[str, Any], decisive: bool) -> bool:
    """A decisive item outweighs errors of the others, before and after it."""
    failure: EvaluationError | None = None
    for scope in steps.scopes(over, bindings):
        try:
            if steps.holds(scope) is decisive:
                return decisive
        except EvaluationError as error:
            failure = failure or error
    if failure is not None:
        raise failure
    return not decisive


def _all(steps: Steps, over: Any, bindings: dict[str, Any]) -> bool:
    return _quantify(steps, over, bindings, decisive=False)


def _exists(steps: Steps, over: Any, bindings: dict[str, Any]) -> bool:
    return _quantify(steps, over, bindings, decisive=True)


def _exists_one(steps: Steps, over: Any, bindings: dict[str, Any]) -> bool:
    return sum([steps.holds(scope) for scope in steps.scopes(over, bindings)]) == 1


def _filter(steps: Steps, over: Any, bindings: dict[str, Any]) -> list[Any]:
    variable = steps.variables[0]
    return [s[variable] for s in steps.scopes(over, bindings) if steps.holds(s)]


def _map(steps: Steps, over: Any, bindings: dict[str, Any]) -> list[Any]:
    return [steps.compute(s) for s in steps.scopes(over, bindings) if steps.holds(s)]


def _transform_map(steps: Steps, over: Any, bindings: dict[str, Any]) -> dict[Any, Any]:
    key = steps.variables[0]
    return {
        map_key(s[key]): steps.compute(s) for s in steps.scopes(over, bindings) if steps.holds(s)
    }


def _transform_map_entry(steps: Steps, over: Any, bindings: dict[str, Any]) -> dict[Any, Any]:
    found: dict[Any, Any] = {}
    for scope in steps.scopes(over, bindings):
        if not steps.holds(scope):
            continue
        entry = steps.compute(scope)
        if type(entry) is not dict:
            raise EvaluationError(f"{type_name(entry)} is not a map entry")
        if not found.keys().isdisjoint(entry):
            raise EvaluationError("insert failed: key already exists")
        found.update(entry)
    return found


RUNNERS: Final[dict[str, Callable[[Steps, Any, dict[str, Any]], Any]]] = {
    "all": _all,
    "exists": _exists,
    "exists_one": _exists_one,
    "filter": _filter,
    "map": _map,
    "transformList": _map,
    "transformMap": _transform_map,
    "transformMapEntry": _transform_map_entry,
}
