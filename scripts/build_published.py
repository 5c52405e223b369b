"""Builds what a kube-apiserver publishes of its kinds beyond the index that ships with Trueup.

    make kube
    PYTHONPATH=src python scripts/build_published.py

The source of the index, see ``build_schemas.py``, has no values that a text may have, and few
defaults. They go, with the texts that differ, to ``src/trueup/schema/data/published.json.z``:
``{definition: {property, or "" for itself: what there is besides, or instead}}``.
"""

from __future__ import annotations

import asyncio
import json
import tempfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from trueup.cluster.transport import Transport
from trueup.schema.builtin import definitions, descriptions
from trueup.testing.kube import kube_programs, kube_server

TARGET = Path(__file__).parent.parent / "src/trueup/schema/data/published.json.z"
ADDED = ("default", "description", "enum")
BELOW = ("additionalProperties", "items")

Node = dict[str, Any]


async def documents(transport: Transport) -> list[Node]:
    index = json.loads((await transport.request("GET", "/openapi/v3", [], {}, None)).body)
    addresses = [f"/openapi/v3/{place}" for place in index["paths"]]
    answers = [await transport.request("GET", each, [], {}, None) for each in addresses]
    return [json.loads(answer.body) for answer in answers]


def schemas(found: list[Node]) -> dict[str, Node]:
    own = definitions()
    return {
        name: node
        for document in found
        for name, node in document["components"].get("schemas", {}).items()
        if name in own
    }


def places(name: str, published: Node) -> Iterator[tuple[str, Node, Node]]:
    """The definition itself and its properties: as published, and as the index has them."""
    known, texts = definitions()[name], descriptions().get(name, {})
    properties = {"": known, **known.get("properties", {})}
    for field, node in {"": published, **published.get("properties", {})}.items():
        yield field, node, {"description": texts.get(field), **properties[field]}


def more(published: Node, known: Node) -> Node:
    """What of ``ADDED``, here and below, only ``published`` has, or has otherwise."""
    found = {
        key: published[key]
        for key in ADDED
        if key in published and published[key] != known.get(key)
    }
    for key in BELOW:
        below = published.get(key)
        if isinstance(below, dict) and (told := more(below, known.get(key) or {})):
            found[key] = told
    return found


def told(found: list[Node]) -> dict[str, dict[str, Node]]:
    """What ``found`` documents say beyond the index."""
    beyond = {
        name: {field: rest for field, *both in places(name, node) if (rest := more(*both))}
        for name, node in schemas(found).items()
    }
    return {name: fields for name, fields in beyond.items() if fields}


async def published(programs: Path) -> list[Node]:
    with tempfile.TemporaryDirectory() as folder:
        async with kube_server(Path(folder), programs) as server, server.transport() as transport:
            return await documents(transport)


def main() -> None:
    programs = kube_programs()
    if programs is None:
        raise SystemExit("no kube-apiserver here; `make kube` builds one")
    found = told(asyncio.run(published(programs)))
    text = json.dumps(found, separators=(",", ":"), sort_keys=True)
    TARGET.write_bytes(zlib.compress(text.encode(), 9))


if __name__ == "__main__":
    main()
