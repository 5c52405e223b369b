"""Entries to the bytes of a response, in the representation that was asked for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import orjson

from trueup.controlplane.http.negotiation import Representation, Shape
from trueup.controlplane.http.tables import table
from trueup.controlplane.registry.codec import decode, encode, type_prefix
from trueup.controlplane.registry.kinds import Rules
from trueup.controlplane.registry.listing import Page
from trueup.controlplane.registry.watching import Sighting
from trueup.controlplane.resources import Resource
from trueup.controlplane.store import Entry
from trueup.objects import Manifest, yaml


class Renderer:
    """Renders the objects of one resource for one request."""

    def __init__(
        self, rules: Rules, resource: Resource, shape: Representation, include: str = ""
    ) -> None:
        self._rules = rules
        self._resource = resource
        self._shape = shape
        self._include = include or "Metadata"
        self._prefix = type_prefix(resource.gvk)

    def one(self, entry: Entry) -> bytes:
        return self._text(self._object(entry))

    def page(self, page: Page) -> bytes:
        if self._shape.shape is Shape.TABLE:
            return self._text(self._table([self.manifest(e) for e in page.entries], page))
        items = b",".join(self._item(entry) for entry in page.entries)
        head = orjson.dumps(self._list_head(page))
        if not items and self._shape.shape is Shape.METADATA:
            return self._text(head[:-1] + b',"items":null}')
        return self._text(head[:-1] + b',"items":[' + items + b"]}")

    def lines(self, sightings: Iterable[Sighting], first_table: bool) -> bytes:
        """Watch events, one per line; only the first table of a stream names its columns."""
        pieces = []
        for sighting in sightings:
            pieces.append(self._line(sighting, first_table))
            first_table = False
        return b"".join(pieces)

    def manifest(self, entry: Entry) -> Manifest:
        """The object in the version that was asked for."""
        return self._rules.read(self._resource, entry)

    def _line(self, sighting: Sighting, columns: bool) -> bytes:
        change = sighting.change
        if change is None:
            return self._fresh_line(sighting, columns)
        key = (sighting.type, self._resource.api_version, self._shape, self._include, columns)
        line = change.lines.get(key)
        if line is None:
            line = change.lines[key] = self._fresh_line(sighting, columns)
        return line

    def _fresh_line(self, sighting: Sighting, columns: bool) -> bytes:
        if sighting.entry is None:
            body = orjson.dumps(self._bookmark(sighting))
        else:
            body = self._object(sighting.entry, columns)
        return b'{"type":"%s","object":%s}\n' % (sighting.type.encode(), body)

    def _bookmark(self, sighting: Sighting) -> Manifest:
        metadata: Manifest = {"resourceVersion": str(sighting.revision), "creationTimestamp": None}
        if sighting.initial:
            metadata["annotations"] = {"k8s.io/initial-events-end": "true"}
        bookmark = {"kind": self._resource.kind, "apiVersion": self._resource.api_version}
        if self._shape.shape is Shape.METADATA:
            bookmark = self._meta("PartialObjectMetadata")
        if self._shape.shape is Shape.TABLE:
            row = {
                "cells": [],
                "object": {**self._meta("PartialObjectMetadata"), "metadata": metadata},
            }
            head = {"resourceVersion": str(sighting.revision)}
            return {
                **self._meta("Table"),
                "metadata": head,
                "columnDefinitions": None,
                "rows": [row],
            }
        return {**bookmark, "metadata": metadata}

    def _object(self, entry: Entry, columns: bool = True) -> bytes:
        match self._shape.shape:
            case Shape.OBJECT:
                current = self._rules.is_current(self._resource, entry)
                return entry.data if current else encode(self.manifest(entry))
            case Shape.METADATA:
                return orjson.dumps(self._partial(decode(entry)))
        rendered = self._table([self.manifest(entry)], None)
        if not columns:
            rendered["columnDefinitions"] = None
        return orjson.dumps(rendered)

    def _item(self, entry: Entry) -> bytes:
        """As in a list: built-in kinds leave out what the list's own kind says."""
        data = self._object(entry)
        if self._shape.shape is Shape.OBJECT and self._resource.custom is None:
            return b"{" + data[len(self._prefix) :]
        return data

    def _list_head(self, page: Page) -> Manifest:
        head = {"kind": self._resource.list_name, "apiVersion": self._resource.api_version}
        if self._shape.shape is Shape.METADATA:
            head = self._meta("PartialObjectMetadataList")
        metadata = _list_metadata(page)
        if self._resource.custom is not None and self._shape.shape is Shape.OBJECT:
            metadata.setdefault("continue", "")  # Kubernetes' lists of custom resources always say
        return {**head, "metadata": metadata}

    def _meta(self, kind: str) -> dict[str, str]:
        return {"kind": kind, "apiVersion": f"meta.k8s.io/{self._shape.version}"}

    def _partial(self, obj: Manifest) -> Manifest:
        return {**self._meta("PartialObjectMetadata"), "metadata": obj["metadata"]}

    def _table(self, objects: list[Manifest], page: Page | None) -> dict[str, Any]:
        rendered = table(self._resource, objects)
        for row, obj in zip(rendered["rows"], objects, strict=True):
            if self._include == "None":
                row.pop("object", None)
            else:
                row["object"] = obj if self._include == "Object" else self._partial(obj)
        one = objects[0]["metadata"]["resourceVersion"] if objects else ""
        metadata = _list_metadata(page) if page else {"resourceVersion": one}
        return {**self._meta("Table"), "metadata": metadata, **rendered}

    def _text(self, body: bytes | dict[str, Any]) -> bytes:
        if self._shape.yaml:
            data = orjson.loads(body) if isinstance(body, bytes) else body
            return yaml.dump(data).encode()
        return body if isinstance(body, bytes) else orjson.dumps(body)


def _list_metadata(page: Page) -> dict[str, Any]:
    metadata: dict[str, Any] = {"resourceVersion": str(page.revision)}
    if page.continue_token:
        metadata["continue"] = page.continue_token
    if page.remaining is not None:
        metadata["remainingItemCount"] = page.remaining
    return metadata
