"""Many fields of one object in one walk: for the hundred places that may hold a name."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

from trueup.errors import RenderError
from trueup.render.kustomize.fieldspecs import empty_name, not_a_collection, split_path
from trueup.render.kustomize.nodes import Node, is_null, is_scalar

T = TypeVar("T")


class FieldTree(Generic[T]):
    """Paths of field specs, which share their beginnings, each with a mark for what is done there.

    What is done in one field must not matter to the way to another. ``path`` is the first that
    leads here.
    """

    def __init__(self, fields: Iterable[tuple[str, T]] = (), path: str = "") -> None:
        self._path = path
        self._marks: list[T] = []
        self._below: dict[str, FieldTree[T]] = {}
        for text, mark in fields:
            here = self
            for name in split_path(text):
                here = here._below.setdefault(name.removesuffix("[]"), FieldTree(path=text))
            here._marks.append(mark)

    @property
    def is_empty(self) -> bool:
        return not self._below

    def visit(self, node: Node, act: Callable[[T, Node], Node]) -> None:
        """Puts ``act(mark, field)`` wherever a path leads from ``node``, which is a collection.

        Goes on in every element of a list. RenderError where a path runs into a scalar.
        """
        if isinstance(node, list):
            for item in node:
                if is_scalar(item) and not is_null(item):
                    raise self._failure(not_a_collection(next(iter(self._below))))
                if not is_null(item):
                    self.visit(item, act)
            return
        for field, below in self._below.items():
            if not field:
                raise below._failure(empty_name())
            child = node.get(field)
            if child is not None:
                below._enter(node, field, child, act)

    def _enter(
        self, parent: dict[str, Node], field: str, node: Node, act: Callable[[T, Node], Node]
    ) -> None:
        for mark in self._marks:
            try:
                node = parent[field] = act(mark, node)
            except RenderError as error:
                raise self._failure(error) from error
        if not self._below or is_null(node):
            return
        if is_scalar(node):
            raise self._failure(not_a_collection(field))
        self.visit(node, act)

    def _failure(self, error: RenderError) -> RenderError:
        if error.subject:
            return error
        return RenderError(f"field {self._path}: {error.cause}", next_step=error.next_step)
