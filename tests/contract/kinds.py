"""Kinds of a clause's own: a definition made once for each server, shared by whoever needs the same.

A clause says what differs from the plainest definition: Thing, namespaced, v1, without a schema
that would refuse or prune anything.
"""

from __future__ import annotations

import asyncio
import hashlib
from typing import Any

import orjson

from tests.contract.server import Api, Reply

DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
ANYTHING = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
KEYS = {"schema", "version", "more_versions", "scope", "names", "spec"}


def definition(wanted: dict[str, Any], group: str) -> dict[str, Any]:
    """The definition of ``things.GROUP``; keys of ``wanted``: those of ``KEYS``."""
    if unknown := wanted.keys() - KEYS:
        raise ValueError(f"a kind has no {sorted(unknown)}")
    first = {
        "name": "v1",
        "served": True,
        "storage": True,
        "schema": {"openAPIV3Schema": wanted.get("schema", ANYTHING)},
        **wanted.get("version", {}),
    }
    names = {"plural": "things", "singular": "thing", "kind": "Thing", "listKind": "ThingList"}
    return {
        "metadata": {"name": f"things.{group}"},
        "spec": {
            "group": group,
            "scope": wanted.get("scope", "Namespaced"),
            "names": {**names, **wanted.get("names", {})},
            "versions": [first, *wanted.get("more_versions", ())],
            **wanted.get("spec", {}),
        },
    }


async def serve(api: Api, wanted: dict[str, Any], *, own: bool) -> None:
    """Have the kind served; ``{group}``, ``{api}`` and ``{things}`` then lead to it, and
    OpenAPI calls it ``{definition}``.

    ``own``: nobody else's, for a clause that changes or deletes its definition.
    """
    digest = hashlib.sha256(orjson.dumps(wanted)).hexdigest()[:10]
    group = f"{api.ns if own else 'k' + digest}.example.com"
    namespaced = wanted.get("scope", "Namespaced") == "Namespaced"
    place = f"/apis/{group}/v1" + (f"/namespaces/{api.ns}" if namespaced else "")
    api.saved |= {"group": group, "api": f"{group}/v1", "things": f"{place}/things"}
    api.saved["definition"] = f"com.example.{group.partition('.')[0]}.v1.Thing"
    reply = await api.send("POST", DEFINITIONS, definition(wanted, group))
    assert reply.code in {201, 409}, reply.body
    async with asyncio.timeout(60):
        while not _is_served(await api.send("GET", "{things}")):
            await asyncio.sleep(0.02)


def _is_served(reply: Reply) -> bool:
    return reply.code == 200
