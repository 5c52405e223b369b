"""Taking the metadata out of a tree, also where a flat format spells it in one level."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from trueup.errors import DecryptionError
from trueup.render.sops.metadata import Metadata, read_metadata
from trueup.render.sops.tree import Branch

KEY = "sops"
PREFIX = "sops_"

_SEPARATOR = re.compile(r"(__map_|__list_)")


def extract(
    branches: list[Branch], unflatten: Callable[[Branch], Branch] = lambda found: found
) -> tuple[list[Branch], Metadata]:
    """``branches`` without their ``sops`` entries, and what that of the first says."""
    found = [value for branch in branches[:1] for key, value in branch if key == KEY]
    if not found:
        raise _missing()
    if len(found) > 1 or not isinstance(found[0], Branch):
        raise DecryptionError("is there twice, or is no mapping", subject=KEY)
    rest = [Branch(entry for entry in branch if entry[0] != KEY) for branch in branches]
    return rest, read_metadata(unflatten(found[0]))


def extract_prefixed(branch: Branch) -> tuple[list[Branch], Metadata]:
    """The same where the metadata are entries of their own, with a prefix."""
    is_metadata = [isinstance(key, str) and key.startswith(PREFIX) for key, _ in branch]
    found = Branch(
        (key.removeprefix(PREFIX), value)
        for (key, value), wanted in zip(branch, is_metadata, strict=True)
        if wanted
    )
    if not found:
        raise _missing()
    kept = (entry for entry, taken in zip(branch, is_metadata, strict=True) if not taken)
    return [Branch(kept)], read_metadata(unflattened(found))


def unflattened(flat: Branch) -> Branch:
    """``age__list_0__map_enc`` and its like as lists and mappings."""
    root: dict[Any, Any] = {}
    for key, value in flat:
        if not isinstance(key, str):
            continue
        path = _path(key)
        inner = root
        for step in path[:-1]:
            inner = inner.setdefault(step, {})
            if not isinstance(inner, dict):
                raise _clash(key)
        if path[-1] in inner:
            raise _clash(key)
        inner[path[-1]] = value
    built = _built(root)
    assert isinstance(built, Branch)
    return built


def _path(key: str) -> list[str | int]:
    first, *rest = _SEPARATOR.split(key)
    steps: list[str | int] = [first]
    for separator, name in zip(rest[::2], rest[1::2], strict=True):
        if separator == "__map_":
            steps.append(name)
        else:
            steps.append(int(name) if name.isdecimal() and len(name) < 10 else 0)
    return steps


def _built(node: Any) -> Any:
    if not isinstance(node, dict):
        return node
    numbers = [key for key in node if isinstance(key, int)]
    if not numbers:
        return Branch((key, _built(node[key])) for key in sorted(node))
    if len(numbers) != len(node) or sorted(numbers) != list(range(len(numbers))):
        raise DecryptionError("has a list with gaps in its metadata", subject=KEY)
    return [_built(node[number]) for number in sorted(numbers)]


def _clash(key: str) -> DecryptionError:
    return DecryptionError("clashes with another entry of the metadata", subject=f"{KEY}: {key}")


def _missing() -> DecryptionError:
    return DecryptionError("holds no metadata of SOPS", next_step="encrypt it, or read it as it is")
