"""The schemas of Kubernetes' own kinds, from the index that ships with the package."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

import orjson

from trueup.objects import GroupVersionKind
from trueup.schema.node import Node, Schema

NEWEST = "1.37"
"""The Kubernetes version that is meant where none is given."""


@cache
def versions() -> tuple[str, ...]:
    """The Kubernetes minor versions with an index, oldest first."""
    suffix = ".json.z"
    names = (entry.name for entry in _data().iterdir())
    found = (name.removesuffix(suffix) for name in names if name.endswith(suffix))
    return tuple(sorted((v for v in found if v[0].isdigit()), key=_minor))


@cache
def definitions(version: str = NEWEST) -> Mapping[str, Node]:
    """Every OpenAPI definition by name; ``$ref`` holds a bare name; without descriptions.

    Raises KeyError for a version without an index.
    """
    if version not in versions():
        raise KeyError(version)
    found: Mapping[str, Node] = _read(f"{version}.json.z")
    return found


@cache
def descriptions() -> Mapping[str, Mapping[str, str]]:
    """The newest version's texts: ``{definition: {"": its own, property: the property's}}``."""
    found: Mapping[str, Mapping[str, str]] = _read("descriptions.json.z")
    return found


@cache
def published() -> Mapping[str, Mapping[str, Node]]:
    """What kube-apiserver publishes besides, or instead: ``{definition: {property: nodes}}``.

    Defaults, the values that a text may have, and the texts that tell them; ``""`` is for the
    definition itself.
    """
    found: Mapping[str, Mapping[str, Node]] = _read("published.json.z")
    return found


@cache
def kinds(version: str = NEWEST) -> Mapping[GroupVersionKind, str]:
    """The definition of every kind, lists included, that the version serves."""
    found = {}
    for name, node in definitions(version).items():
        known_as = node.get("x-kubernetes-group-version-kind", ())
        if len(known_as) == 1:  # options and watch events carry every group's name
            entry = known_as[0]
            gvk = GroupVersionKind(entry["group"], entry["version"], entry["kind"])
            found[gvk] = name
    return found


@cache
def builtin(gvk: GroupVersionKind, version: str = NEWEST) -> Schema | None:
    """The schema of a built-in kind; None if that version of Kubernetes does not have it."""
    definition = kinds(version).get(gvk)
    if definition is None:
        return None
    return Schema({"$ref": definition}, definitions(version), describe)


def describe(definition: str, field: str) -> str:
    """The text on a definition (``field`` empty) or on one of its fields; empty if there is none."""
    return descriptions().get(definition, {}).get(field, "")


def _minor(version: str) -> int:
    return int(version.rpartition(".")[2])


def _data() -> Any:
    return resources.files("trueup.schema").joinpath("data")


def _read(name: str) -> Any:
    return orjson.loads(zlib.decompress(_data().joinpath(name).read_bytes()))
