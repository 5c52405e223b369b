"""From a reference to a tree: the layer that holds the files, unpacked."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from trueup.errors import InputError
from trueup.fetch.http import HttpError
from trueup.fetch.oci.manifest import Descriptor, Manifest
from trueup.fetch.oci.reference import Reference
from trueup.fetch.oci.registry import Registry
from trueup.fetch.semver import matching_tags
from trueup.tree import Bounds, Tree
from trueup.tree.archive import ARCHIVE_BOUNDS, tree_from_archive


@dataclass(frozen=True, slots=True)
class Artifact:
    """The files of one artifact. ``revision`` is ``tag@sha256:…``, as Flux writes it."""

    reference: Reference
    revision: str
    digest: str
    """Of the layer."""
    tree: Tree = field(compare=False, repr=False)
    annotations: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Selector:
    """Which manifest of a repository, and which of its layers.

    A digest in the reference counts first, then the range ``versions``, then the tag.
    """

    versions: str = ""
    media_type: str = ""
    """Of the layer; the first one where it is empty."""


async def fetch_artifact(
    registry: Registry,
    reference: Reference,
    selector: Selector = Selector(),
    bounds: Bounds = ARCHIVE_BOUNDS,
) -> Artifact:
    """The artifact at ``reference``. Raises HttpError, InputError or TreeError."""
    if selector.versions and not reference.digest:
        reference = await newest(registry, reference, selector.versions)
    digest, manifest = await registry.resolve(reference)
    layer = _layer(manifest, selector.media_type, str(reference))
    content = await registry.blob(reference, layer)
    with content.file as file:
        tree = await asyncio.to_thread(tree_from_archive, file, bounds, source=str(reference))
    tag = "" if reference.digest else reference.wanted
    revision = f"{tag}@{digest}" if tag else digest
    return Artifact(reference, revision, layer.digest, tree, manifest.annotations)


async def newest(registry: Registry, reference: Reference, versions: str) -> Reference:
    """``reference`` with the tag of the highest version in the range; InputError if there is none."""
    matching = matching_tags(versions, await registry.tags(reference))
    if not matching:
        raise InputError(
            f"no tag is a version in the range {versions!r}",
            subject=str(reference),
            next_step="widen the range, or publish such a version",
        )
    return reference.tagged(matching[-1])


def _layer(manifest: Manifest, media_type: str, subject: str) -> Descriptor:
    for layer in manifest.layers:
        if not media_type or layer.media_type == media_type:
            return layer
    what = f"of the media type {media_type!r}" if media_type else "at all"
    raise HttpError(f"has no layer {what}", subject=subject, trouble="not-found")
