"""The OpenAPI v3 documents: one for each version of each group, and their index.

https://kubernetes.io/docs/concepts/overview/kubernetes-api/#openapi-v3
"""

from __future__ import annotations

import hashlib
from functools import partial
from typing import Any

import orjson

from trueup import __version__
from trueup.controlplane.discovery import parameters
from trueup.controlplane.discovery.definitions import Definitions
from trueup.controlplane.discovery.operation import (
    TOKEN,
    Operation,
    extensions,
    of_version,
    responses,
    root,
    told_once,
)
from trueup.controlplane.discovery.operations import operations
from trueup.controlplane.resources import Catalog
from trueup.schema import NEWEST

Document = dict[str, Any]


def index(catalog: Catalog) -> Document:
    """``{"paths": {"apis/apps/v1": {"serverRelativeURL": …}}}``, each address with its hash."""
    found = {}
    for group in ["", *catalog.groups()]:
        for version in catalog.versions(group):
            place = root(group, version).removeprefix("/")
            address = f"/openapi/v3/{place}?hash={fingerprint(catalog, group, version)}"
            found[place] = {"serverRelativeURL": address}
    return {"paths": found}


def fingerprint(catalog: Catalog, group: str, version: str) -> str:
    """Changes whenever the document does; cheap, since built-in kinds change with us alone."""
    custom = [r.custom.version for r in catalog.in_version(group, version) if r.custom]
    facts = orjson.dumps([NEWEST, __version__, group, version, custom])
    return hashlib.sha256(facts).hexdigest().upper()


def document(catalog: Catalog, group: str, version: str) -> Document | None:
    """None if that version is not served."""
    resources = catalog.in_version(group, version)
    if not resources:
        return None
    known = Definitions(resources)
    tell = partial(_operation, known)
    places = [place for resource in resources for place in operations(resource)]
    if not any(resource.custom for resource in resources):
        places.append(of_version(group, version))
    return {
        "openapi": "3.0.0",
        "info": {"title": "Kubernetes", "version": NEWEST},
        "paths": {path: told_once(found, tell, _parameters) for path, found in sorted(places)},
        "components": {"schemas": known.all(), "securitySchemes": {"BearerToken": TOKEN}},
    }


def _operation(known: Definitions, operation: Operation, own: frozenset[str]) -> Document:
    found: Document = {
        "tags": [operation.tag],
        "description": operation.text,
        "operationId": operation.id,
        "responses": responses(operation, _answer(known, operation)),
        **extensions(operation),
    }
    if own:
        found["parameters"] = _parameters(own)
    if operation.body:
        schema = known.reference(operation.body)
        found["requestBody"] = {"content": {kind: {"schema": schema} for kind in operation.takes}}
        if operation.needs_body:
            found["requestBody"]["required"] = True
    return found


def _answer(known: Definitions, operation: Operation) -> Document:
    schema = known.reference(operation.answer) if operation.answer else {"type": "string"}
    return {"content": {kind: {"schema": schema} for kind in operation.gives}}


def _parameters(names: frozenset[str]) -> list[Document]:
    return [
        {**parameters.place_of(name), "schema": parameters.type_of(name)} for name in sorted(names)
    ]
