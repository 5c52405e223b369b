"""``ValueAddTransformer``: one value put into fields of many resources."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from trueup.errors import RenderError
from trueup.render.kustomize.fieldpaths import find
from trueup.render.kustomize.fieldspecs import split_path
from trueup.render.kustomize.kustomization import Selector
from trueup.render.kustomize.nodes import UNTYPED, Plain, is_scalar, text_of
from trueup.render.kustomize.resmap import ResMap
from trueup.render.kustomize.selectors import select
from trueup.render.kustomize.transformers.namespace import move


@dataclass
class ValueTarget:
    """``file_path_position``: where in a file path the value goes, from 1; 0 replaces it all."""

    selector: Selector | None = None
    field_path: str = ""
    file_path_position: int = 0


def add_value(resources: ResMap, value: str, targets: Iterable[ValueTarget]) -> None:
    """Sets ``value`` in the field of each target; RenderError where it cannot be."""
    if not targets:
        raise RenderError("ValueAddTransformer has no targets", next_step="add one")
    for target in targets:
        if not target.field_path:
            raise RenderError("a target of ValueAddTransformer has no fieldPath")
        selector = target.selector
        chosen = list(resources) if selector is None else select(resources, selector)
        for resource in chosen:
            if target.field_path == "metadata/namespace":
                move(resource, value)
            else:
                _set(resource.body, target, value)


def _set(body: dict[str, object], target: ValueTarget, value: str) -> None:
    for place in find(body, split_path(target.field_path), Plain("", UNTYPED)):
        if not is_scalar(place.node):
            raise RenderError(f"{target.field_path} is no scalar")
        place.put(Plain(_inserted(text_of(place.node), value, target.file_path_position), UNTYPED))


def _inserted(path: str, value: str, position: int) -> str:
    if position <= 0:
        return value
    lead = "/" if path.startswith("/") else ""
    parts = path.strip("/").split("/") if path.strip("/") else []
    parts.insert(min(position - 1, len(parts)), value)
    return lead + "/".join(parts)
