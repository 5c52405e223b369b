"""Values that several deliveries use, each kept for as long as one of them does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from trueup.objects import ObjectRef

V = TypeVar("V")


class InUse(Generic[V]):
    """Values by key; ``on_unused`` gets each that nobody uses any more.

    ``on_left`` gets each value, and who does not use it any more.
    """

    def __init__(
        self,
        on_unused: Callable[[V], None] = lambda value: None,
        on_left: Callable[[V, ObjectRef], None] = lambda value, user: None,
    ) -> None:
        self._on_unused = on_unused
        self._on_left = on_left
        self._values: dict[str, V] = {}
        self._users: dict[str, set[ObjectRef]] = {}
        self._used: dict[ObjectRef, str] = {}

    def use(self, user: ObjectRef, key: str, make: Callable[[], V]) -> V:
        """The value of ``key``, made if there is none; ``user`` uses no other from now on."""
        if key not in self._values:
            self._values[key] = make()
        if self._used.get(user) != key:
            self.leave(user)
            self._used[user] = key
            self._users.setdefault(key, set()).add(user)
        return self._values[key]

    def clear(self) -> None:
        """Nobody uses any."""
        for user in list(self._used):
            self.leave(user)

    def leave(self, user: ObjectRef) -> None:
        """``user`` uses none."""
        key = self._used.pop(user, None)
        if key is None:
            return
        self._on_left(self._values[key], user)
        self._users[key].discard(user)
        if not self._users[key]:
            del self._users[key]
            self._on_unused(self._values.pop(key))
