"""The volumes of a pod."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from trueup.controlplane.validation.causes import (
    Cause,
    below,
    child,
    duplicate,
    each,
    forbidden,
    invalid,
    required,
    unsupported,
)
from trueup.objects import Manifest, names

_NAMED = {
    "configMap": "name",
    "secret": "secretName",
    "persistentVolumeClaim": "claimName",
    "hostPath": "path",
}
_HOST_PATHS = (
    "",
    "BlockDevice",
    "CharDevice",
    "Directory",
    "DirectoryOrCreate",
    "File",
    "FileOrCreate",
    "Socket",
)
_MODE = "must be a number between 0 and 0777 (octal), both inclusive"
_TEN_MINUTES = 600


def volume_problems(volumes: list[Manifest], path: str) -> tuple[set[str], list[Cause]]:
    """The names of the volumes that can be mounted, and what is wrong with the others."""
    usable: set[str] = set()
    found: list[Cause] = []
    for at, volume in enumerate(volumes):
        place, name = below(path, at), str(volume.get("name") or "")
        problems = [*_source(volume, place), *_name(name, child(place, "name"))]
        if name in usable:
            problems.append(duplicate(child(place, "name"), name))
        if not problems:
            usable.add(name)
        found += problems
    return usable, found


def _name(name: str, path: str) -> Iterator[Cause]:
    if not name:
        yield required(path)
    else:
        yield from each(path, name, names.dns_label(name))


def _source(volume: Manifest, path: str) -> Iterator[Cause]:
    sources = [kind for kind in volume if kind != "name" and volume[kind] is not None]
    if not sources:
        yield required(path, "must specify a volume type")
    for kind in sources[1:]:
        yield forbidden(child(path, kind), "may not specify more than 1 volume type")
    for kind, field in _NAMED.items():
        if kind in sources and not volume[kind].get(field):
            yield required(child(child(path, kind), field))
    for kind in ("configMap", "secret", "downwardAPI", "projected"):
        if kind in sources:
            yield from _mode(volume[kind], "defaultMode", child(path, kind))
    for kind in ("configMap", "secret"):
        if kind in sources:
            yield from _items(volume[kind], child(path, kind))
    if "hostPath" in sources and (volume["hostPath"].get("type") or "") not in _HOST_PATHS:
        said = volume["hostPath"]["type"]
        yield unsupported(child(path, "hostPath.type"), said, _HOST_PATHS)
    if "downwardAPI" in sources:
        yield from _downward(volume["downwardAPI"], child(path, "downwardAPI"))
    if "projected" in sources:
        yield from _projected(volume["projected"], child(path, "projected"))


def _mode(place: Manifest, field: str, path: str) -> Iterator[Cause]:
    mode = place.get(field)
    if mode is not None and not 0 <= mode <= 0o777:
        yield invalid(child(path, field), mode, _MODE)


def _items(source: Manifest, path: str) -> Iterator[Cause]:
    for at, item in enumerate(source.get("items") or ()):
        place = below(child(path, "items"), at)
        for field in ("key", "path"):
            if not item.get(field):
                yield required(child(place, field))
        yield from relative_path(str(item.get("path") or ""), child(place, "path"))
        yield from _mode(item, "mode", place)


def relative_path(text: str, path: str) -> Iterator[Cause]:
    """A path that stays below where it starts."""
    if text.startswith("/"):
        yield invalid(path, text, "must be a relative path")
    if ".." in text.split("/"):
        yield invalid(path, text, "must not contain '..'")


def _downward(source: Manifest, path: str) -> Iterator[Cause]:
    for item in source.get("items") or ():
        if not item.get("path"):
            yield required(child(path, "path"))
        field, resource = item.get("fieldRef"), item.get("resourceFieldRef")
        if field is not None and not field.get("fieldPath"):
            yield required(child(path, "fieldRef.fieldPath"))
        elif field is None and resource is None:
            yield required(path, "one of fieldRef and resourceFieldRef is required")
        elif field is None:
            for name in ("containerName", "resource"):
                if not resource.get(name):
                    yield required(child(path, f"resourceFieldRef.{name}"))
        yield from _mode(item, "mode", path)


def _projected(source: Manifest, path: str) -> Iterator[Cause]:
    for at, one in enumerate(source.get("sources") or ()):
        place = below(child(path, "sources"), at)
        for kind in ("configMap", "secret"):
            if one.get(kind) is not None:
                if not one[kind].get("name"):
                    yield required(child(child(place, kind), "name"))
                yield from _items(one[kind], child(place, kind))
        if one.get("downwardAPI") is not None:
            yield from _downward(one["downwardAPI"], child(place, "downwardAPI"))
        token: Any = one.get("serviceAccountToken")
        if token is not None:
            if not token.get("path"):
                yield required(child(path, "path"))
            seconds = token.get("expirationSeconds", _TEN_MINUTES)
            if seconds < _TEN_MINUTES:
                detail = "may not specify a duration less than 10 minutes"
                yield invalid(
                    child(place, "serviceAccountToken.expirationSeconds"), seconds, detail
                )
