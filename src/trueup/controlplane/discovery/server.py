"""Requests that are not about stored objects: discovery, OpenAPI, version, health."""

from __future__ import annotations

import re
from collections.abc import Callable
from hashlib import sha256
from typing import Any

import orjson

from trueup import __version__
from trueup.controlplane.discovery import documents, gnostic, health, openapi, swagger
from trueup.controlplane.discovery.negotiation import (
    negotiated,
    nothing_acceptable,
    wanted_type,
)
from trueup.controlplane.http.message import Request, Response
from trueup.controlplane.http.negotiation import JSON, YAML, prefers_yaml, require_type
from trueup.controlplane.http.status import json_response, page_not_found
from trueup.controlplane.resources import Catalog
from trueup.objects import yaml
from trueup.schema import NEWEST

_OFFERED = {"api": (JSON, YAML), "apis": (JSON, YAML), "version": (JSON,)}
"""By the beginning of a path."""

_AGGREGATED = re.compile(r"g=apidiscovery\.k8s\.io;v=(v2beta1|v2);as=APIGroupDiscoveryList")


def version_document() -> dict[str, str]:
    """The version that is reported; clients compare major and minor with their own."""
    major, minor = NEWEST.split(".")
    return {
        "major": major,
        "minor": minor,
        "gitVersion": f"v{NEWEST}.0+trueup-{__version__}",
        "gitCommit": "",
        "gitTreeState": "clean",
        "buildDate": "1970-01-01T00:00:00Z",
        "goVersion": "",
        "compiler": "python",
        "platform": "trueup/embedded",
    }


class Discovery:
    """Documents are made once per state of the catalog."""

    def __init__(self, catalog: Catalog, address: str = "127.0.0.1") -> None:
        self._catalog = catalog
        self._address = address
        self._epoch = -1
        self._made: dict[str, bytes] = {}

    def answer(self, request: Request) -> Response:
        """No page at a path that nothing is served at, NotAcceptable for forms that there are not."""
        path = request.path.rstrip("/") or "/"
        response = self._answer(request, path)
        if response.status != 200 or path.split("/")[1] not in _OFFERED:
            return response
        accept = request.headers.get("accept", "")
        require_type(accept, _OFFERED[path.split("/")[1]])
        return _in_yaml(response) if prefers_yaml(accept) else response

    def _answer(self, request: Request, path: str) -> Response:
        if health.is_check(path):
            return health.answer(request, path)
        if path == "/version":
            return self._document(path, version_document)
        match [part for part in path.split("/") if part]:
            case ["api"] | ["apis"]:
                return self._root(request, path)
            case ["api", version]:
                return self._resources(path, "", version)
            case ["apis", group]:
                return self._group(path, group)
            case ["apis", group, version]:
                return self._resources(path, group, version)
            case ["openapi", "v2"]:
                return self._swagger(request, path)
            case ["openapi", "v3", *rest]:
                return self._openapi(request, path, "/".join(rest))
            case []:
                return self._document(path, self._paths)
        return page_not_found()

    def _root(self, request: Request, path: str) -> Response:
        core = path == "/api"
        match = _AGGREGATED.search(request.headers.get("accept", ""))
        if match is None:
            return self._document(path, self._core if core else self._groups)
        version = match[1]

        def make() -> dict[str, Any]:
            return documents.aggregated(self._catalog, version, core=core)

        response = self._document(f"{path}?{version}", make)
        parameters = f"g=apidiscovery.k8s.io;v={version};as=APIGroupDiscoveryList"
        response.headers["content-type"] = f"application/json;{parameters}"
        return response

    def _openapi(self, request: Request, path: str, place: str) -> Response:
        if not place:
            return self._document(path, lambda: openapi.index(self._catalog))
        response = self._document(path, lambda: openapi.document(self._catalog, place))
        if response.body == b"null":
            return Response(404)
        if not wanted_type(request):
            return nothing_acceptable()
        fingerprint = openapi.fingerprint(self._catalog, place)
        if request.parameter("hash") == fingerprint:
            # The address changes with the document, so this answer is good for ever.
            response.headers["cache-control"] = "public, immutable, max-age=31536000"
        return negotiated(request, response, fingerprint)

    def _swagger(self, request: Request, path: str) -> Response:
        wanted = wanted_type(request, gnostic.MEDIA_TYPE, gnostic.OLD_MEDIA_TYPE)
        if not wanted:
            return nothing_acceptable()
        response = self._document(path, lambda: swagger.document(self._catalog))
        text = self._made[path]
        fingerprint = self._derived(
            f"{path}?hash", lambda: sha256(text).hexdigest().upper().encode()
        )
        if wanted != JSON:
            encoded = self._derived(f"{path}?protobuf", lambda: gnostic.encoded(orjson.loads(text)))
            response = Response(200, {"content-type": gnostic.MEDIA_TYPE}, encoded)
        return negotiated(request, response, fingerprint.decode())

    def _derived(self, key: str, make: Callable[[], bytes]) -> bytes:
        """Of a document of the catalog's present state, which is there by now."""
        if key not in self._made:
            self._made[key] = make()
        return self._made[key]

    def _core(self) -> dict[str, Any]:
        return documents.core_versions(self._address)

    def _groups(self) -> dict[str, Any]:
        return documents.group_list(self._catalog)

    def _paths(self) -> dict[str, Any]:
        paths = {
            "/api",
            "/apis",
            "/healthz",
            "/livez",
            "/openapi/v2",
            "/openapi/v3",
            "/readyz",
            "/version",
        }
        for resource in self._catalog:
            root = f"/apis/{resource.group}" if resource.group else "/api"
            paths |= {root, f"{root}/{resource.version}"}
        return {"paths": sorted(paths)}

    def _group(self, path: str, group: str) -> Response:
        return self._made_once(path, lambda: documents.group(self._catalog, group))

    def _resources(self, path: str, group: str, version: str) -> Response:
        return self._made_once(path, lambda: documents.resource_list(self._catalog, group, version))

    def _made_once(self, key: str, make: Callable[[], Any]) -> Response:
        """As ``_document``; no page where there is none."""
        response = self._document(key, make)
        return page_not_found() if response.body == b"null" else response

    def _document(self, key: str, make: Callable[[], Any]) -> Response:
        if self._epoch != self._catalog.epoch:
            self._made.clear()
            self._epoch = self._catalog.epoch
        if key not in self._made:
            made = orjson.dumps(make())
            if made == b"null":  # not kept: paths that do not exist have no end
                return json_response(made)
            self._made[key] = made
        return json_response(self._made[key])


def _in_yaml(response: Response) -> Response:
    assert isinstance(response.body, bytes)
    text = yaml.dump(orjson.loads(response.body)).encode()
    return Response(response.status, {**response.headers, "content-type": YAML}, text)
