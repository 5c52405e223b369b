"""The artifacts that sources have now: where deliveries find their trees."""

from __future__ import annotations

from collections.abc import Callable

from trueup.flow import Artifact
from trueup.objects import ObjectRef

OnChange = Callable[[ObjectRef, Artifact | None], None]
"""Told of a source whose artifact changed, and what it was before."""


class Artifacts:
    """Current artifacts by source. Lost with the process, and made again from the cache."""

    def __init__(self) -> None:
        self._current: dict[ObjectRef, Artifact] = {}
        self._listeners: list[OnChange] = []

    def get(self, source: ObjectRef) -> Artifact | None:
        return self._current.get(source)

    def put(self, artifact: Artifact) -> None:
        """Replace the source's artifact; listeners hear of a changed one."""
        before = self._current.get(artifact.source)
        self._current[artifact.source] = artifact
        if (
            before is None
            or before.revision != artifact.revision
            or before.digest != artifact.digest
        ):
            self._tell(artifact.source, before)

    def drop(self, source: ObjectRef) -> None:
        before = self._current.pop(source, None)
        if before is not None:
            self._tell(source, before)

    def on_change(self, listener: OnChange) -> None:
        self._listeners.append(listener)

    def _tell(self, source: ObjectRef, before: Artifact | None) -> None:
        for listener in self._listeners:
            listener(source, before)
