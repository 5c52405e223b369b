"""On which line of a text something stands: for messages, read anew when one is needed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import yaml
from yaml.cyaml import CParser  # type: ignore[attr-defined]  # the stubs lack it
from yaml.events import (
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)


def line_of(text: str | bytes, document: int, path: Sequence[str | int] = ()) -> int:
    """The line, from 1, of what ``path`` names in a document, or of the nearest above it.

    ``document`` counts from 1, empty ones included. 0 if there is no such document.
    """
    events = _events(text)
    for _ in range(document):
        if not any(type(event) is DocumentStartEvent for event in events):
            return 0
    return _descend(events, path)


def _events(text: str | bytes) -> Iterator[Any]:
    try:
        parser = CParser(text)
        while (event := parser.get_event()) is not None:
            yield event
    except (yaml.YAMLError, UnicodeDecodeError):
        return


def _descend(events: Iterator[Any], path: Sequence[str | int]) -> int:
    event = next(events, None)
    line = _line(event)
    for step in path:
        found = _enter(event, events, step)
        if found is None:
            break
        line, event = found
    return line


def _line(event: Any) -> int:
    return 0 if event is None else int(event.start_mark.line) + 1


def _enter(event: Any, events: Iterator[Any], step: str | int) -> tuple[int, Any] | None:
    """The line of the entry ``step`` of the node that ``event`` begins, and its value's event."""
    if type(event) is MappingStartEvent and isinstance(step, str):
        for key in events:
            if type(key) is MappingEndEvent:
                return None
            if type(key) is ScalarEvent and key.value == step:
                return _line(key), next(events, None)
            _skip(key, events)
            _skip(next(events, None), events)
    elif type(event) is SequenceStartEvent and isinstance(step, int):
        for number, item in enumerate(events):
            if type(item) is SequenceEndEvent:
                return None
            if number == step:
                return _line(item), item
            _skip(item, events)
    return None


def _skip(event: Any, events: Iterator[Any]) -> None:
    """Reads on until the node that ``event`` begins has ended."""
    depth = 0
    while event is not None:
        if type(event) in (MappingStartEvent, SequenceStartEvent):
            depth += 1
        elif not isinstance(event, NodeEvent):
            depth -= 1
        if depth <= 0:
            return
        event = next(events, None)
