"""The text of an index, of which only what is asked for is parsed: that of many charts has 20 MB."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import orjson

from trueup.errors import InputError
from trueup.objects import yaml

_ENTRIES = b"\nentries:\n"
_NEXT_FIELD = re.compile(rb"\n[^ \n]")
_NAMES = re.compile(rb"\n  [^ \n-].*")
"""What stands where Helm writes the names of charts."""
_NAME = re.compile(rb'\n  ("?)([A-Za-z][A-Za-z0-9._-]*)\1:')
_REFERENCES = (b": &", b": *", b"- &", b"- *")


def charts_in(content: bytes, subject: str) -> Mapping[str, Any]:
    """What is listed of each chart, for ``listed_of``: as text where Helm itself wrote the index.

    Raises InputError for what Helm does not take for an index.
    """
    charts, rest = _taken_apart(content)
    document = _document(rest, subject)
    if not isinstance(document, dict) or not document.get("apiVersion"):
        raise InputError(
            "is no index of a chart repository: no API version specified", subject=subject
        )
    entries = charts or document.get("entries") or {}
    if not isinstance(entries, dict):
        raise InputError("entries is no map", subject=subject)
    return entries


def listed_of(entry: Any, subject: str) -> Any:
    """The value of an entry of ``charts_in``; YamlError for text that does not parse."""
    if not isinstance(entry, bytes):
        return entry
    (listed,) = yaml.load(entry, subject).values()
    return listed


def _taken_apart(content: bytes) -> tuple[dict[str, bytes], bytes]:
    """The text of each chart, with its name, and all that is around them.

    No charts where the layout is another one, or where one chart may refer to another.
    """
    head, _, body = content.partition(_ENTRIES)
    end = _NEXT_FIELD.search(body)
    body, tail = (body, b"") if end is None else (body[: end.start()], body[end.start() :])
    charts = _charts(b"\n" + body)
    if b"\n " in tail or any(mark in body for mark in _REFERENCES):
        return {}, content
    return (charts, head + tail) if charts else ({}, content)


def _charts(body: bytes) -> dict[str, bytes]:
    """By name; none where a line that should name a chart does not, or a name comes twice."""
    lines = list(_NAMES.finditer(body))
    starts = [line.start() for line in lines]
    named = [_NAME.fullmatch(line[0]) for line in lines]
    charts = {
        name[2].decode(): body[start:end]
        for name, (start, end) in zip(named, pairwise([*starts, len(body)]), strict=True)
        if name is not None
    }
    return charts if len(charts) == len(lines) and starts[:1] == [0] else {}


def _document(content: bytes, subject: str) -> Any:
    if content.lstrip()[:1] == b"{":
        try:
            return orjson.loads(content)
        except orjson.JSONDecodeError:
            pass
    return yaml.load(content, subject)
