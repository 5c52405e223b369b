"""The kinds that the controllers run must be served before there is anything to watch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from trueup.cluster import Client, following
from trueup.errors import ApiError, Forbidden, NotFound
from trueup.objects import GroupVersionKind, Manifest, ObjectRef
from trueup.report.conditions import is_true

MANAGER = "trueup"
_PATIENCE_SECONDS = 30.0
_DEFINITION = ObjectRef("apiextensions.k8s.io", "CustomResourceDefinition", "", "", "v1")


async def install(client: Client, definitions: Iterable[Manifest]) -> None:
    """Apply CustomResourceDefinitions and return once all of them are served.

    Those that somebody else has installed stay as they are: others may go by them.
    """
    for definition in definitions:
        ref = ObjectRef.of(definition)
        if not _is_anothers(await client.find(ref)):
            await client.apply(definition, field_manager=MANAGER, force=True)
        await await_established(client, ref)
    client.forget_discovery()


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


async def await_established(client: Client, ref: ObjectRef) -> None:
    """Returns once the definition is served; ApiError if that takes too long."""
    try:
        await following.until(
            client, ref, lambda obj: _is_established(obj) or None, timeout=_PATIENCE_SECONDS
        )
    except TimeoutError as error:
        raise ApiError("is not served in time", subject=str(ref)) from error


def _is_established(definition: Mapping[str, Any]) -> bool:
    return is_true((definition.get("status") or {}).get("conditions") or (), "Established")
