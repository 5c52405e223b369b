"""One registry's API: manifests, blobs and tags of its repositories.

https://github.com/opencontainers/distribution-spec/blob/main/spec.md
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import orjson
from yarl import URL

from trueup.fetch.http import Content, HttpClient, HttpError, origin_of, read_body, spool_body
from trueup.fetch.http.errors import error_of_status
from trueup.fetch.oci.credentials import Credentials
from trueup.fetch.oci.manifest import INDEXES, MANIFESTS, Descriptor, Index, Manifest, parse
from trueup.fetch.oci.reference import Reference
from trueup.fetch.oci.tokens import Challenge, Tokens

MAX_MANIFEST_BYTES = 4 * 1024 * 1024
MAX_BLOB_BYTES = 512 * 1024 * 1024
MAX_TAGS = 50_000
_MAX_PAGE_BYTES = 8 * 1024 * 1024
_MAX_ERROR_BYTES = 64 * 1024
_PAGE = 1000
_MAX_NESTED = 3


class Registry:
    """The registry ``host``, asked over HTTPS unless ``plain`` says otherwise.

    ``page`` is how many tags it is asked for at once.
    """

    def __init__(
        self,
        host: str,
        http: HttpClient,
        credentials: Credentials | None = None,
        *,
        plain: bool = False,
        page: int = _PAGE,
    ) -> None:
        self._url = URL(f"{'http' if plain else 'https'}://{host}")
        self._http = http
        self._page = page
        self._tokens = Tokens(http, credentials or Credentials())

    async def manifest(self, reference: Reference) -> Manifest:
        """The artifact that ``reference`` names; of an index, the one that is for us."""
        wanted = reference.wanted
        for _ in range(_MAX_NESTED):
            found = await self._manifest(reference, wanted)
            if isinstance(found, Manifest):
                return found
            wanted = found.choose(str(reference)).digest
        raise HttpError("indexes within indexes", subject=str(reference), trouble="corrupt")

    async def blob(
        self, reference: Reference, wanted: Descriptor, limit: int = MAX_BLOB_BYTES
    ) -> Content:
        """The bytes of ``wanted``; HttpError if they are others than its digest says."""
        subject = f"{reference}: {wanted.digest}"
        if wanted.size > limit:
            cause = f"larger than {limit} bytes"
            raise HttpError(cause, subject=subject, trouble="too-large")
        path = f"/v2/{reference.name}/blobs/{wanted.digest}"
        async with self._get(path, reference.name, "*/*") as response:
            algorithm = wanted.digest.partition(":")[0]
            content = await spool_body(response, wanted.size, subject, algorithm)
        if content.digest != wanted.digest:
            content.file.close()
            cause = f"what came has the digest {content.digest}"
            raise HttpError(cause, subject=subject, trouble="corrupt")
        return content

    async def tags(self, reference: Reference) -> list[str]:
        """All tags of the repository, in the registry's order."""
        found: list[str] = []
        path: str = f"/v2/{reference.name}/tags/list?n={self._page}"
        while path:
            async with self._get(path, reference.name, "application/json") as response:
                content = await read_body(response, _MAX_PAGE_BYTES, str(reference))
                following = self._next_page(response, path)
            before = len(found)
            found += _tags_in(content, str(reference))
            if len(found) > MAX_TAGS:
                cause = f"more than {MAX_TAGS} tags"
                raise HttpError(cause, subject=str(reference), trouble="too-large")
            path = following if len(found) > before else ""  # a page of none would go on for ever
        return found

    def _next_page(self, response: aiohttp.ClientResponse, path: str) -> str:
        """The path that ``Link: <...>; rel="next"`` names; empty where there is none."""
        link = response.links.get("next")
        if link is None:
            return ""
        url = self._url.join(URL(str(link["url"])))
        if origin_of(url) != origin_of(self._url):
            raise HttpError("goes on elsewhere", subject=f"{self._url}{path}", trouble="redirect")
        return url.raw_path_qs

    async def _manifest(self, reference: Reference, wanted: str) -> Manifest | Index:
        subject = str(reference)
        path = f"/v2/{reference.name}/manifests/{wanted}"
        async with self._get(path, reference.name, ", ".join(MANIFESTS + INDEXES)) as response:
            content = await read_body(response, MAX_MANIFEST_BYTES, subject)
            media_type = response.headers.get("Content-Type", "").partition(";")[0]
            promised = response.headers.get("Docker-Content-Digest", "")
        expected = wanted if ":" in wanted else promised
        algorithm = expected.partition(":")[0] if expected.startswith("sha512:") else "sha256"
        digest = f"{algorithm}:{hashlib.new(algorithm, content).hexdigest()}"
        if expected and digest != expected:
            cause = f"the manifest is not the one of {expected}"
            raise HttpError(cause, subject=subject, trouble="corrupt")
        return parse(content, media_type, subject)

    @asynccontextmanager
    async def _get(
        self, path: str, name: str, accept: str
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """The answer 200, after what the registry wants to know of us."""
        url, headers = f"{self._url}{path}", {"Accept": accept}
        authorization = self._tokens.known(name)
        async with self._http.get(url, headers=headers, authorization=authorization) as response:
            if response.status != 401:
                yield await _checked(response, url)
                return
            challenge = Challenge.choose(response.headers.getall("WWW-Authenticate", []))
        authorization = await self._tokens.answer(challenge, name, self._url)
        async with self._http.get(url, headers=headers, authorization=authorization) as response:
            yield await _checked(response, url)


async def _checked(response: aiohttp.ClientResponse, url: str) -> aiohttp.ClientResponse:
    if response.status != 200:
        said = await read_body(response, _MAX_ERROR_BYTES, url)
        raise error_of_status(response.status, url, _reason(said))
    return response


def _reason(content: bytes) -> str:
    """The codes of ``{"errors": [{"code", "message"}]}``."""
    try:
        errors = orjson.loads(content)["errors"]
        return ", ".join(f"{each['code']} {each.get('message') or ''}".strip() for each in errors)[
            :300
        ]
    except (ValueError, KeyError, TypeError, AttributeError):
        return ""


def _tags_in(content: bytes, subject: str) -> list[str]:
    try:
        tags = orjson.loads(content)["tags"] or []
    except (ValueError, KeyError, TypeError) as error:
        raise HttpError("is no list of tags", subject=subject, trouble="corrupt") from error
    return [tag for tag in tags if isinstance(tag, str)]
