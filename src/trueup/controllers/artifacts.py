"""The artifacts that sources have now: where deliveries find their trees."""

from __future__ import annotations

from collections.abc import Callable

from trueup.flow import Artifact
from trueup.objects import ObjectRef


class Artifacts:
    """Current artifacts by source. Lost with the process, and made again from the cache."""

    def __init__(self) -> None:
        self._current: dict[ObjectRef, Artifact] = {}
        self._listeners: list[Callable[[ObjectRef], None]] = []

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
            self._tell(artifact.source)

    def drop(self, source: ObjectRef) -> None:
        if self._current.pop(source, None) is not None:
            self._tell(source)

    def on_change(self, listener: Callable[[ObjectRef], None]) -> None:
        self._listeners.append(listener)

    def _tell(self, source: ObjectRef) -> None:
        for listener in self._listeners:
            listener(source)
