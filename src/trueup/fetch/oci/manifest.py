"""Manifests and indexes: what an artifact consists of, each part by its digest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from trueup.fetch.http import HttpError
from trueup.fetch.oci.reference import is_digest

MANIFESTS = (
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
)
INDEXES = (
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
)
_PLATFORM = ("linux", "amd64")
_MAX_PARTS = 1000


@dataclass(frozen=True, slots=True)
class Descriptor:
    """A blob or another manifest."""

    media_type: str
    digest: str
    size: int
    platform: tuple[str, str] = _PLATFORM


@dataclass(frozen=True, slots=True)
class Manifest:
    """One artifact."""

    config: Descriptor
    layers: tuple[Descriptor, ...]


@dataclass(frozen=True, slots=True)
class Index:
    """A choice of manifests, one for each platform."""

    manifests: tuple[Descriptor, ...]

    def choose(self, subject: str) -> Descriptor:
        """The only one, or the one that is for Linux on AMD64, as Flux takes it."""
        if len(self.manifests) == 1:
            return self.manifests[0]
        for each in self.manifests:
            if each.platform == _PLATFORM:
                return each
        cause = f"the index has {len(self.manifests)} manifests, and none for {'/'.join(_PLATFORM)}"
        raise HttpError(cause, subject=subject, trouble="corrupt")


def parse(content: bytes, media_type: str, subject: str) -> Manifest | Index:
    """Raises HttpError for what is neither. The media type within counts before ``media_type``."""
    try:
        document = orjson.loads(content)
        kind = document.get("mediaType") or media_type
        if kind in INDEXES:
            return Index(_descriptors(document["manifests"]))
        if kind not in MANIFESTS:
            raise HttpError(f"is of the media type {kind!r}", subject=subject, trouble="corrupt")
        return Manifest(_descriptor(document["config"]), _descriptors(document["layers"]))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise HttpError("is no manifest", subject=subject, trouble="corrupt") from error


def _descriptors(items: list[dict[str, Any]]) -> tuple[Descriptor, ...]:
    if len(items) > _MAX_PARTS:
        raise ValueError("too many")
    return tuple(map(_descriptor, items))


def _descriptor(item: Mapping[str, Any]) -> Descriptor:
    """``urls`` are passed over: a registry could send us anywhere with them."""
    platform = item.get("platform")
    named = (platform["os"], platform["architecture"]) if platform else _PLATFORM
    found = Descriptor(str(item["mediaType"]), str(item["digest"]), int(item["size"]), named)
    if not is_digest(found.digest) or found.size < 0:
        raise ValueError("malformed descriptor")
    return found
