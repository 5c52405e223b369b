"""The OpenAPI v3 documents: one for each version of each group, one
for each place that tells of groups or of the server, and their index.

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
    Place,
    extensions,
    of_no_version,
    of_version,
    responses,
    root,
    told_once,
)
from trueup.controlplane.discovery.operations import operations
from trueup.controlplane.resources import Catalog, Resource
from trueup.schema import NEWEST

Document = dict[str, Any]


def index(catalog: Catalog) -> Document:
    """``{"paths": {"apis/apps/v1": {"serverRelativeURL": …}}}``, each address with its hash."""
    versions = [
        root(group, version).removeprefix("/")
        for group in ["", *catalog.groups()]
        for version in catalog.versions(group)
    ]
    return {
        "paths": {
            place: {"serverRelativeURL": f"/openapi/v3/{place}?hash={fingerprint(catalog, place)}"}
            for place in sorted([*versions, *_of_no_version(catalog)])
        }
    }


def fingerprint(catalog: Catalog, place: str) -> str:
    """Changes whenever the document does; cheap, since built-in kinds change with us alone."""
    custom = [r.custom.version for r in _resources(catalog, place) if r.custom]
    facts = orjson.dumps([NEWEST, __version__, place, custom])
    return hashlib.sha256(facts).hexdigest().upper()


def document(catalog: Catalog, place: str) -> Document | None:
    """Of a ``place`` in the index; None if it is not there."""
    resources = _resources(catalog, place)
    places = _of_version(resources) if resources else _of_no_version(catalog).get(place)
    if not places:
        return None
    known = Definitions(resources, _versions(resources))
    tell = partial(_operation, known)
    paths = {path: told_once(found, tell, _parameters) for path, found in sorted(places)}
    components = {"schemas": known.all(), "securitySchemes": {"BearerToken": TOKEN}}
    return {
        "openapi": "3.0.0",
        "info": {"title": "Kubernetes", "version": NEWEST},
        "paths": paths,
        "components": components,
    }


def _resources(catalog: Catalog, place: str) -> list[Resource]:
    match place.split("/"):
        case ["api", version]:
            return catalog.in_version("", version)
        case ["apis", group, version]:
            return catalog.in_version(group, version)
    return []


def _of_version(resources: list[Resource]) -> list[Place]:
    places = [place for resource in resources for place in operations(resource)]
    first = resources[0]
    if not any(resource.custom for resource in resources):
        places.append(of_version(first.group, first.version))
    return places


def _of_no_version(catalog: Catalog) -> dict[str, list[Place]]:
    groups = sorted(group for group in catalog.builtin_groups if group)
    return {path.strip("/"): [(path, found)] for path, found in of_no_version(groups)}


def _versions(resources: list[Resource]) -> set[tuple[str, str]] | None:
    """Those whose kinds are of interest, of the kinds that every version has."""
    if any(resource.custom for resource in resources):
        return None
    return {("", "v1"), *((resource.group, resource.version) for resource in resources)}


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
