"""Whether an answer is what a clause expects: that much at least, and nothing forbidden."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any


def differences(expected: Any, found: Any, path: str = "") -> Iterator[str]:
    """How ``found`` falls short of ``expected``.

    Mappings may hold more than is expected; lists may not, but for ``{has: [...]}``, which is met
    by a list with such items, and entries of managedFields, whose order hangs on the second.
    ``~pattern`` is a regular expression for a text, ``*`` anything that is not empty, null an
    absent or null value.
    """
    if isinstance(expected, dict) and expected.keys() == {"has"} and isinstance(found, list):
        for value in expected["has"]:
            if all(any(differences(value, item)) for item in found):
                yield f"{path}: expected to have {value!r}"
    elif isinstance(expected, dict):
        if not isinstance(found, dict):
            yield f"{path}: expected a mapping, found {found!r}"
            return
        for name, value in expected.items():
            yield from differences(value, found.get(name), f"{path}.{name}")
    elif isinstance(expected, list):
        if not isinstance(found, list) or len(found) != len(expected):
            yield f"{path}: expected {len(expected)} items, found {found!r}"
            return
        if path.endswith(".managedFields"):
            yield from differences({"has": expected}, found, path)
            return
        for at, (value, item) in enumerate(zip(expected, found, strict=True)):
            yield from differences(value, item, f"{path}[{at}]")
    elif not _is(expected, found):
        yield f"{path}: expected {expected!r}, found {found!r}"


def _is(expected: Any, found: Any) -> bool:
    if expected == "*":
        return found not in (None, "", [], {})
    if isinstance(expected, str) and expected.startswith("~"):
        return isinstance(found, str) and re.search(expected[1:], found, re.DOTALL) is not None
    return bool(expected == found)


def at(obj: Any, path: str) -> Any:
    """What lies at a dotted path; numbers are places in a list."""
    for name in path.split("."):
        if isinstance(obj, list):
            obj = obj[int(name)] if int(name) < len(obj) else None
        else:
            obj = obj.get(name) if isinstance(obj, dict) else None
    return obj
