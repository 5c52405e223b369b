"""One column of a table: its header, and how to get its cell from an object."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from trueup.controlplane.tables.duration import since
from trueup.objects import Manifest

Cell = Callable[[Manifest, datetime], Any]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table: its heading, and how its cells are made."""

    name: str
    cell: Cell
    description: str = ""
    type: str = "string"
    format: str = ""
    priority: int = 0
    """0 is always shown, 1 only with ``-o wide``."""

    def definition(self) -> Manifest:
        """A TableColumnDefinition of meta.k8s.io/v1."""
        return {
            "name": self.name,
            "type": self.type,
            "format": self.format,
            "description": self.description,
            "priority": self.priority,
        }


def at(obj: Any, path: str, default: Any = None) -> Any:
    """What lies at a dotted ``path`` of field names, or ``default`` if that is null or absent."""
    for name in path.split("."):
        obj = obj.get(name) if isinstance(obj, dict) else None
    return default if obj is None else obj


def field(path: str, default: Any = "") -> Cell:
    """A cell that shows one field as it is."""
    return lambda obj, now: at(obj, path, default)


def count(path: str) -> Cell:
    """A cell that shows how many items a list or map has."""
    return lambda obj, now: len(at(obj, path, ()))


def shown(make: Callable[[Manifest], Any]) -> Cell:
    """A cell that does not depend on the time."""
    return lambda obj, now: make(obj)


def text(name: str, cell: Cell | str, description: str = "", *, wide: bool = False) -> Column:
    """A column of text; ``cell`` may be the path of a field."""
    made = field(cell) if isinstance(cell, str) else cell
    return Column(name, made, description, priority=int(wide))


def number(name: str, cell: Cell | str, description: str = "") -> Column:
    made = field(cell, 0) if isinstance(cell, str) else cell
    return Column(name, made, description, type="integer")


def flag(name: str, path: str, description: str = "", *, default: bool = False) -> Column:
    return Column(name, field(path, default), description, type="boolean")


NAME = Column(
    "Name", field("metadata.name"), "Unique within its kind and namespace.", format="name"
)
AGE = text(
    "Age",
    lambda obj, now: since(at(obj, "metadata.creationTimestamp"), now),
    "Time since the object was created.",
)
CREATED_AT = Column(
    "Created At",
    field("metadata.creationTimestamp", None),
    "When the object was created.",
    type="date",
)
