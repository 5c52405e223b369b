"""What stood at a place before an update, as far as it can be told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from trueup.schema.node import Node

ABSENT: Final = object()


@dataclass(frozen=True, slots=True)
class Previous:
    """``value`` is ABSENT where there was nothing, or where it cannot be told."""

    value: Any = ABSENT

    def __bool__(self) -> bool:
        return self.value is not ABSENT

    def equals(self, value: Any) -> bool:
        return self.value is not ABSENT and bool(self.value == value)

    def field(self, name: str) -> Previous:
        if isinstance(self.value, dict) and name in self.value:
            return Previous(self.value[name])
        return NOTHING

    def item(self, node: Node, item: Any) -> Previous:
        """The item with the same keys, in a list that is a map; items of others have no identity."""
        keys = node.get("x-kubernetes-list-map-keys") or ()
        is_map = node.get("x-kubernetes-list-type") == "map"
        if not is_map or not isinstance(self.value, list) or not isinstance(item, dict):
            return NOTHING
        for other in self.value:
            if isinstance(other, dict) and all(other.get(k) == item.get(k) for k in keys):
                return Previous(other)
        return NOTHING


NOTHING: Final = Previous()
