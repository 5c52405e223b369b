"""The files of an artifact: what its first layer holds."""

from __future__ import annotations

import asyncio

from trueup.fetch.http import HttpError
from trueup.fetch.oci.manifest import Manifest
from trueup.fetch.oci.reference import Reference
from trueup.fetch.oci.registry import Registry
from trueup.tree import Tree
from trueup.tree.archive import tree_from_archive


async def fetch_files(registry: Registry, reference: Reference, manifest: Manifest) -> Tree:
    """What ``manifest`` of ``reference`` is of, unpacked. Raises HttpError or TreeError."""
    if not manifest.layers:
        raise HttpError("has no layer", subject=str(reference), trouble="not-found")
    content = await registry.blob(reference, manifest.layers[0])
    with content.file as file:
        return await asyncio.to_thread(tree_from_archive, file, source=str(reference))
