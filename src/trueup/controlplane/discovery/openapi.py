"""The OpenAPI v3 documents: one for each version of each group, and their index.

https://kubernetes.io/docs/concepts/overview/kubernetes-api/#openapi-v3
"""

from __future__ import annotations

import hashlib
from typing import Any

import orjson

from trueup import __version__
from trueup.controlplane.discovery import paths
from trueup.controlplane.discovery.schemas import Schemas
from trueup.controlplane.resources import Catalog
from trueup.schema import NEWEST

Document = dict[str, Any]


def index(catalog: Catalog) -> Document:
    """``{"paths": {"apis/apps/v1": {"serverRelativeURL": …}}}``, each address with its hash."""
    found = {}
    for group in ["", *catalog.groups()]:
        for version in catalog.versions(group):
            root = _root(group, version)
            address = f"/openapi/v3/{root}?hash={fingerprint(catalog, group, version)}"
            found[root] = {"serverRelativeURL": address}
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
    schemas = Schemas()
    described: Document = {}
    for resource in resources:
        described.update(paths.of(resource, schemas))
    return {
        "openapi": "3.0.0",
        "info": {"title": "Kubernetes", "version": f"v{NEWEST}.0"},
        "paths": described,
        "components": {"schemas": schemas.all()},
    }


def _root(group: str, version: str) -> str:
    return f"apis/{group}/{version}" if group else f"api/{version}"
