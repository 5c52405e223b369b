"""The kinds that the controllers run must be served before there is anything to watch."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import replace
from time import monotonic
from typing import Any

from trueup.cluster import Client, following
from trueup.errors import ApiError, Forbidden, NotFound
from trueup.objects import GroupVersionKind, Manifest, ObjectRef
from trueup.report.conditions import is_true

MANAGER = "trueup"
_PATIENCE_SECONDS = 60.0
_PAUSE_SECONDS = 0.1
_DEFINITION = ObjectRef("apiextensions.k8s.io", "CustomResourceDefinition", "", "", "v1")


async def install(client: Client, definitions: Iterable[Manifest]) -> None:
    """Apply CustomResourceDefinitions and return once all of them are served.

    Those that somebody else has installed stay as they are: others may go by them.
    """
    wanted = list(definitions)
    for definition in wanted:
        if not _is_anothers(await client.find(ObjectRef.of(definition))):
            await client.apply(definition, field_manager=MANAGER, force=True)
    await await_served(client, map(ObjectRef.of, wanted))


async def missing(client: Client, definitions: Iterable[Manifest]) -> list[str]:
    """The names of the definitions that the server does not have."""
    refs = [ObjectRef.of(definition) for definition in definitions]
    return [ref.name for ref in refs if await client.find(ref) is None]


def _is_anothers(live: Mapping[str, Any] | None) -> bool:
    entries = live["metadata"].get("managedFields") or () if live else ()
    applied = {entry.get("manager") for entry in entries if not entry.get("subresource")}
    return bool(applied) and MANAGER not in applied


async def is_going(client: Client, kind: GroupVersionKind) -> bool:
    """Whether the definition of ``kind`` is being deleted, and with it all objects of the kind.

    False where we may not know. Raises Unavailable if there is no answer.
    """
    try:
        served = await client.resource(kind)
        found = await client.find(replace(_DEFINITION, name=f"{served.plural}.{kind.group}"))
    except NotFound:
        return True
    except Forbidden:
        return False
    return found is None or bool(found["metadata"].get("deletionTimestamp"))


async def await_served(client: Client, definitions: Iterable[ObjectRef]) -> None:
    """Returns once ``client`` knows the kinds of all; ApiError if that takes too long.

    A server calls a definition established a moment before discovery has its kind.
    """
    kinds = [kind for ref in definitions for kind in _served(await _established(client, ref))]
    deadline = monotonic() + _PATIENCE_SECONDS
    while unknown := await _unknown(client, kinds):
        if monotonic() > deadline:
            raise ApiError("is not served in time", subject=str(unknown[0]))
        await asyncio.sleep(_PAUSE_SECONDS)


async def _established(client: Client, ref: ObjectRef) -> Manifest:
    def decide(obj: Manifest) -> Manifest | None:
        conditions = (obj.get("status") or {}).get("conditions") or ()
        return obj if is_true(conditions, "Established") else None

    try:
        return await following.until(client, ref, decide, timeout=_PATIENCE_SECONDS)
    except TimeoutError as error:
        raise ApiError("is not established in time", subject=str(ref)) from error


def _served(definition: Manifest) -> list[GroupVersionKind]:
    spec = definition["spec"]
    versions = [version["name"] for version in spec["versions"] if version["served"]]
    return [GroupVersionKind(spec["group"], name, spec["names"]["kind"]) for name in versions]


async def _unknown(client: Client, kinds: list[GroupVersionKind]) -> list[GroupVersionKind]:
    catalogue = await client.discover()
    return [kind for kind in kinds if catalogue.find(kind.group_kind, kind.version) is None]
