"""The artifacts that sources have now: where deliveries find their trees, and who needs them."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from trueup.controllers.claims import Claims
from trueup.flow import Artifact
from trueup.objects import ObjectRef

OnChange = Callable[[ObjectRef, Artifact | None], None]
"""Told of a source whose artifact changed, and what it was before."""


class Artifacts:
    """Current artifacts by source. Lost with the process, and made again from the cache."""

    def __init__(self) -> None:
        self._current: dict[ObjectRef, Artifact] = {}
        self._listeners: list[OnChange] = []
        self._users = Claims()
        self._use_listeners: list[Callable[[ObjectRef], None]] = []
        self._troubles: dict[ObjectRef, str] = {}

    def get(self, source: ObjectRef) -> Artifact | None:
        return self._current.get(source)

    def put(self, artifact: Artifact) -> None:
        """Replace the source's artifact; listeners hear of a changed one."""
        self._troubles.pop(artifact.source, None)
        before = self._current.get(artifact.source)
        self._current[artifact.source] = artifact
        if (
            before is None
            or before.revision != artifact.revision
            or before.digest != artifact.digest
        ):
            self._tell(artifact.source, before)

    def drop(self, source: ObjectRef) -> None:
        self._troubles.pop(source, None)
        before = self._current.pop(source, None)
        if before is not None:
            self._tell(source, before)

    def on_change(self, listener: OnChange) -> None:
        self._listeners.append(listener)

    # Who needs them

    def use(self, user: ObjectRef, sources: Iterable[ObjectRef]) -> None:
        """``user``, a delivery or a source that includes others, needs exactly ``sources``."""
        unused = [source for source in sources if not self.users(source)]
        self._users.claim(user, "", sources)
        for source in unused:
            for listener in self._use_listeners:
                listener(source)

    def disuse(self, user: ObjectRef) -> None:
        self._users.forget(user)

    def users(self, source: ObjectRef) -> set[ObjectRef]:
        return self._users.claimants("", source)

    def on_use(self, listener: Callable[[ObjectRef], None]) -> None:
        """``listener`` is told of a source that nobody needed before."""
        self._use_listeners.append(listener)

    # What is in the way

    def trouble(self, source: ObjectRef) -> str:
        """Why this process has not got the artifact that the source's status names, if it knows."""
        return self._troubles.get(source, "")

    def fail(self, source: ObjectRef, why: str) -> None:
        """Remember why, and let those know who wait for it."""
        if self._troubles.get(source) != why:
            self._troubles[source] = why
            self._tell(source, self._current.get(source))

    def _tell(self, source: ObjectRef, before: Artifact | None) -> None:
        for listener in self._listeners:
            listener(source, before)
