"""Handing an installation over to the delivery that keeps it from now on."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping

from trueup.cluster import Client
from trueup.dialects.flux.names import APPLY_MANAGER
from trueup.installation.applying import MANAGER, Tell, apply
from trueup.installation.definitions import OURS, PART_OF
from trueup.objects import Manifest, ObjectRef


async def hand_over(client: Client, objects: Iterable[Manifest], tell: Tell) -> None:
    """Apply ``objects`` as the delivery will, and give up what was ours by ``trueup install``.

    Else a field that goes from Git would stay, since we still asked for it.
    """
    objects = list(objects)
    await apply(client, objects, tell, manager=APPLY_MANAGER)
    for obj in objects:
        live = await client.find(ObjectRef.of(obj))
        if live is not None and _is_applied_by_us(live):
            named = {
                key: obj["metadata"][key] for key in ("name", "namespace") if key in obj["metadata"]
            }
            nothing = {"apiVersion": obj["apiVersion"], "kind": obj["kind"], "metadata": named}
            await client.apply(nothing, field_manager=MANAGER, force=True)


def secret_of(namespace: str, data: Mapping[str, bytes]) -> Manifest:
    """The credentials of the installation's source."""
    metadata = {"name": namespace, "namespace": namespace, "labels": {PART_OF: OURS}}
    encoded = {key: base64.b64encode(value).decode() for key, value in data.items()}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "data": encoded}


def _is_applied_by_us(live: Manifest) -> bool:
    return any(
        (entry.get("manager"), entry.get("operation")) == (MANAGER, "Apply")
        and not entry.get("subresource")
        for entry in live["metadata"].get("managedFields") or ()
    )
