"""The wide columns that all kinds with a pod template share."""

from __future__ import annotations

from trueup.controlplane.tables.column import Cell, Column, at, text
from trueup.controlplane.tables.selectors import format_labels, format_selector
from trueup.objects import Manifest


def containers(template: str = "spec.template", *, wide: bool = True) -> tuple[Column, Column]:
    """Names and images of the containers in the pod template at a path."""
    path = f"{template}.spec.containers"
    return (
        text("Containers", _each(path, "name"), "Containers of the template.", wide=wide),
        text("Images", _each(path, "image"), "Images of those containers.", wide=wide),
    )


def selector(path: str = "spec.selector") -> Column:
    return text(
        "Selector", lambda obj, now: format_selector(at(obj, path)), "Pods it counts.", wide=True
    )


def plain_selector(path: str = "spec.selector") -> Column:
    """A selector that is a map of labels only."""
    return text(
        "Selector", lambda obj, now: format_labels(at(obj, path)), "Pods it counts.", wide=True
    )


def _each(path: str, name: str) -> Cell:
    def joined(obj: Manifest) -> str:
        return ",".join(item.get(name, "") for item in at(obj, path, ()))

    return lambda obj, now: joined(obj)
