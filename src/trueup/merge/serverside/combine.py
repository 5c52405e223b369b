"""Putting an applied configuration on top of a live object."""

from __future__ import annotations

from collections import deque
from typing import Any

from trueup.merge.serverside.shape import ListShape, MapShape, Shape
from trueup.merge.serverside.typed import TypedError, item_element, scalar_problem
from trueup.objects.fieldpath import ABSENT, element_text


def combine(shape: Shape, live: Any, applied: Any) -> Any:
    """``live`` with every field of ``applied``; nothing is removed. Shares parts with both."""
    if applied is ABSENT:
        return _combine_as(shape.for_value(live), live, applied)
    fitting = shape.for_value(applied)
    if fitting.map is None and fitting.scalar is not None and live is not ABSENT:
        problem = scalar_problem(fitting.scalar, applied)
        if problem and scalar_problem(fitting.scalar, live):
            raise TypedError(f"rhs: {problem}")
    return _combine_as(fitting, live, applied)


def _combine_as(shape: Shape, live: Any, applied: Any) -> Any:
    if shape.map is not None:
        return _combine_maps(shape.map, live, applied)
    if shape.scalar is None and shape.list is not None:
        return _combine_lists(shape.list, live, applied)
    return _later(live, applied)


def _later(live: Any, applied: Any) -> Any:
    return live if applied is ABSENT else applied


def _combine_maps(shape: MapShape, live: Any, applied: Any) -> Any:
    left = live if isinstance(live, dict) else {}
    right = applied if isinstance(applied, dict) else {}
    if shape.atomic or (not left and not right):
        return _later(live, applied)
    if not right:
        return live
    out = dict(left)
    for name, value in right.items():
        field = shape.field(name)
        if field is not None:
            out[name] = combine(field, left.get(name, ABSENT), value)
    return out


def _combine_lists(shape: ListShape, live: Any, applied: Any) -> Any:
    left = live if isinstance(live, list) else []
    right = applied if isinstance(applied, list) else []
    if shape.atomic or (not left and not right):
        return _later(live, applied)
    return _Zip(shape, left, right).run() if right else live


class _Zip:
    """Merges two associative lists: the applied order rules, foreign items keep their place.

    A live item that is not applied stays before the applied items that follow it in the live
    list; where live and applied order contradict each other, the applied order wins.
    """

    def __init__(self, shape: ListShape, live: list[Any], applied: list[Any]) -> None:
        self._shape = shape
        self._live = live
        self._live_elements = [item_element(shape, item) for item in live]
        self._applied_elements = [item_element(shape, item) for item in applied]
        self._applied = dict(zip(self._applied_elements, applied, strict=True))
        if len(self._applied) != len(applied):
            self._refuse_duplicates()
        self._by_element: dict[str, Any] = {}
        for element, item in zip(self._live_elements, live, strict=True):
            # Duplicates are replaced as a whole, not merged with what is applied.
            self._by_element[element] = None if element in self._by_element else item
        self._shared = deque(e for e in self._applied_elements if e in self._by_element)
        self._merged: set[str] = set()
        self._out: list[Any] = []

    def _refuse_duplicates(self) -> None:
        seen: set[str] = set()
        for element in self._applied_elements:
            if element in seen:
                raise TypedError(f"duplicate entries for key {element_text(element)}")
            seen.add(element)

    def run(self) -> list[Any]:
        live_at = applied_at = 0
        while live_at < len(self._live) or applied_at < len(self._applied_elements):
            element = self._live_elements[live_at] if live_at < len(self._live) else ""
            if element and applied_at < len(self._applied_elements):
                if element == self._applied_elements[applied_at]:
                    self._take(element)
                    live_at, applied_at = live_at + 1, applied_at + 1
                    continue
                if self._comes_later(element):
                    live_at += 1
                    continue
            if element and element not in self._applied:
                self._out.append(self._live[live_at])
                live_at += 1
                continue
            if element in self._merged:  # a duplicate in the live list
                live_at += 1
            if applied_at < len(self._applied_elements):
                self._take(self._applied_elements[applied_at])
                applied_at += 1
        return self._out

    def _comes_later(self, element: str) -> bool:
        """Whether both lists have this item, and the applied order puts another one first."""
        return element in self._applied and bool(self._shared) and self._shared[0] != element

    def _take(self, element: str) -> None:
        self._merged.add(element)
        live = self._by_element.get(element, ABSENT)
        self._out.append(combine(self._shape.element, live, self._applied[element]))
        if self._shared and self._shared[0] == element:
            self._shared.popleft()
