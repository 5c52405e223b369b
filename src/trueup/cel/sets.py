"""The ``sets`` extension: lists compared without regard to order and repetition."""

from __future__ import annotations

from typing import Any

from trueup.cel.operators import in_list
from trueup.cel.registry import function


@function("sets", "sets.contains", "(list<A>, list<A>) -> bool")
def contains(items: list[Any], wanted: list[Any]) -> bool:
    return all(in_list(item, items) for item in wanted)


@function("sets", "sets.equivalent", "(list<A>, list<A>) -> bool")
def equivalent(left: list[Any], right: list[Any]) -> bool:
    return contains(left, right) and contains(right, left)


@function("sets", "sets.intersects", "(list<A>, list<A>) -> bool")
def intersects(left: list[Any], right: list[Any]) -> bool:
    return any(in_list(item, right) for item in left)
