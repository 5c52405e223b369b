"""The parts of metadata that the server alone writes."""

from __future__ import annotations

import os
import secrets
import uuid
from collections.abc import Container, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from trueup.controlplane.resources import Resource
from trueup.objects import Manifest
from trueup.report.times import timestamp

_SUFFIX_LETTERS = "bcdfghjklmnpqrstvwxz2456789"
"""No vowels, no look-alikes: Kubernetes' alphabet for generated names."""

_LONGEST_BASE = 63 - 5

_SERVER_OWNED = (
    "uid",
    "creationTimestamp",
    "selfLink",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
)


def now_text() -> str:
    """The time now as Kubernetes writes it, to the second."""
    return timestamp(datetime.now(UTC))


def generated_name(base: str) -> str:
    suffix = "".join(secrets.choice(_SUFFIX_LETTERS) for _ in range(5))
    return base[:_LONGEST_BASE] + suffix


def _uids() -> Iterator[str]:
    """Random ones, from the system in bulk: asking it costs more than all else about a uid."""
    while True:
        pool = os.urandom(16 * 256)
        for start in range(0, len(pool), 16):
            yield str(uuid.UUID(bytes=pool[start : start + 16], version=4))


_UIDS = _uids()


def forget_made_up(obj: Manifest) -> None:
    """What only the server writes is not a creator's to state."""
    for name in _SERVER_OWNED:
        obj["metadata"].pop(name, None)


def stamp_new(obj: Manifest, resource: Resource) -> None:
    """What every new object gets: uid, creationTimestamp, generation."""
    forget_made_up(obj)
    metadata = obj["metadata"]
    metadata["uid"] = next(_UIDS)
    metadata["creationTimestamp"] = now_text()
    if resource.generation is not None:  # kinds that do not count it keep what they are given
        metadata["generation"] = 1


def keep_server_owned(new: Manifest, old: Manifest) -> None:
    """An update cannot change what the server wrote; see ``rest.BeforeUpdate`` of the apiserver."""
    mine, was = new["metadata"], old["metadata"]
    for name in ("creationTimestamp", "generation"):
        _keep(mine, was, name)
    if "deletionTimestamp" in was:
        mine["deletionTimestamp"] = was["deletionTimestamp"]
    for name in ("uid", "deletionGracePeriodSeconds"):
        if name in was:
            mine.setdefault(name, was[name])
    mine.pop("selfLink", None)
    mine["resourceVersion"] = was["resourceVersion"]


def _keep(new: Manifest, old: Mapping[str, Any], name: str) -> None:
    if name in old:
        new[name] = old[name]
    else:
        new.pop(name, None)


def raise_generation(new: Manifest, old: Manifest, resource: Resource) -> None:
    """Count one up when a field that this kind's generation stands for has changed."""
    if resource.generation is None:
        return
    if _has_changed(new, old, resource.generation):
        new["metadata"]["generation"] = int(old["metadata"].get("generation") or 0) + 1


def _has_changed(new: Manifest, old: Manifest, rule: tuple[str, ...]) -> bool:
    """Of a custom resource, whose rule is about all its fields, an empty one counts, too."""
    if "*" not in rule:
        return any(_part(new, path) != _part(old, path) for path in rule)
    left_out = {"metadata", *(name[1:] for name in rule if name.startswith("-"))}
    return _without(left_out, new) != _without(left_out, old)


def _without(names: Container[str], obj: Manifest) -> Manifest:
    return {name: value for name, value in obj.items() if name not in names}


def _part(obj: Mapping[str, Any], path: str) -> Any:
    value: Any = obj
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value or None
