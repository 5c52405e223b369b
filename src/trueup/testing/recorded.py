"""Putting recorded objects back on a server, with who owned which of their fields."""

from __future__ import annotations

from trueup.cluster import Client
from trueup.controllers.definitions import await_served
from trueup.objects import Manifest, ObjectRef

_MANAGER = "restore"


async def restore(client: Client, recorded: Manifest) -> Manifest:
    """Create ``recorded`` as it was, but for what the server gives: uid, version, times.

    Once a definition is back, so is what it defines.
    """
    ref = ObjectRef.of(recorded)
    meta = {key: value for key, value in recorded["metadata"].items() if key != "managedFields"}
    live = await client.create({**recorded, "metadata": meta}, field_manager=_MANAGER)
    if status := recorded.get("status"):
        patch = {"status": status}
        live = await client.patch(ref, patch, field_manager=_MANAGER, subresource="status")
    if owned := recorded["metadata"].get("managedFields"):
        operation = {"op": "replace", "path": "/metadata/managedFields", "value": owned}
        live = await client.patch(ref, [operation], type="json", field_manager=_MANAGER)
    if ref.kind == "CustomResourceDefinition":
        await await_served(client, [ref])
    return live
