"""Field specs: which field, of which kinds, a transformer reads and writes.

A path names mapping fields only (``spec/template/spec/containers/image``); where it meets a list it
goes on in every element. ``\\/`` is a slash in a name, ``[]`` after a name promises a list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import NamedTuple

from trueup.errors import RenderError
from trueup.render.kustomize.identity import Gvk
from trueup.render.kustomize.nodes import Node, is_null, is_scalar, kind_of
from trueup.render.kustomize.resource import Resource

Setter = Callable[[Node], Node]
"""Takes the node that a path leads to and returns the one to put there."""


class FieldSpec(NamedTuple):
    """A field of the kinds that ``gvk`` selects, and whether it is made where it is missing."""

    gvk: Gvk
    path: str
    create: bool = False


def merge_specs(specs: tuple[FieldSpec, ...], more: Iterable[FieldSpec]) -> tuple[FieldSpec, ...]:
    """``specs`` with those of ``more`` that say something new; RenderError if two contradict."""
    merged = list(specs)
    for spec in more:
        same = next((s for s in merged if _covers(spec, s)), None)
        if same is None:
            merged.append(spec)
        elif same.create != spec.create:
            raise RenderError(
                f"conflicting fieldspecs for {spec.path}: one creates the field, the other does not",
                next_step="give both the same value of create",
            )
    return tuple(merged)


def _covers(spec: FieldSpec, known: FieldSpec) -> bool:
    return known.path == spec.path and known.gvk.is_selected_by(spec.gvk)


@lru_cache(maxsize=4096)
def split_path(path: str, delimiter: str = "/") -> tuple[str, ...]:
    """The names in ``path``; a backslash before a delimiter makes it part of the name."""
    parts = path.split(delimiter)
    if len(parts) > 1 and parts[0] == "":
        parts = parts[1:]
    names = [parts[0]]
    for part in parts[1:]:
        if names[-1].endswith("\\"):
            names[-1] = names[-1][:-1] + delimiter + part
        else:
            names.append(part)
    return tuple(names)


def set_fields(
    resource: Resource,
    specs: Iterable[FieldSpec],
    setter: Setter,
    new: Callable[[], Node] | None = None,
) -> None:
    """Puts ``setter(node)`` wherever a spec that fits ``resource`` leads.

    ``new`` makes the node where a spec says ``create`` and the field is missing. RenderError where
    a path runs into a scalar.
    """
    gvk = resource.gvk
    for spec in specs:
        if gvk.is_selected_by(spec.gvk):
            set_field(resource, spec, setter, new)


def set_field(
    resource: Resource, spec: FieldSpec, setter: Setter, new: Callable[[], Node] | None = None
) -> None:
    """``set_fields`` for one spec, whatever kind it is for."""
    try:
        _walk(resource.body, split_path(spec.path), 0, setter, new if spec.create else None)
    except RenderError as error:
        if error.subject:
            raise
        raise RenderError(
            f"field {spec.path}: {error.cause}", subject=str(resource.id), next_step=error.next_step
        ) from error


def _walk(
    node: Node,
    path: tuple[str, ...],
    position: int,
    setter: Setter,
    new: Callable[[], Node] | None,
) -> None:
    """Goes on from ``node``, a collection, with the names of ``path`` from ``position``."""
    if isinstance(node, list):
        for item in node:
            if is_scalar(item) and not is_null(item):
                raise not_a_collection(path[position])
            if not is_null(item):
                _walk(item, path, position, setter, new)
        return
    name = path[position]
    field = name.removesuffix("[]")
    is_last = position == len(path) - 1
    if not field:
        raise empty_name()
    child = node.get(field)
    if is_null(child) and name == field and new is not None:
        child = node[field] = new() if is_last else {}
    elif child is None:
        return
    if is_last:
        node[field] = setter(child)
    elif is_null(child):
        return
    elif is_scalar(child):
        raise not_a_collection(field)
    else:
        _walk(child, path, position + 1, setter, new)


def empty_name() -> RenderError:
    return RenderError("a field name is empty", next_step="correct the path of the field spec")


def not_a_collection(field: str) -> RenderError:
    return RenderError(
        f"expected a mapping or a list at {field}, not a {kind_of('')}",
        next_step="correct the object, or the path of the field spec",
    )
