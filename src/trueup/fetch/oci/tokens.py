"""What a registry wants to see before it answers: a user, or a token from where it says.

https://distribution.github.io/distribution/spec/auth/token/
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from yarl import URL

from trueup.fetch.http import HttpClient, HttpError, basic, read_body
from trueup.fetch.http.errors import error_of_status
from trueup.fetch.oci.credentials import Credentials

_MAX_ANSWER = 1024 * 1024
_SHORTEST_LIFE = 60.0
"""Seconds that a token is good for where its server does not say."""
_MARGIN = 10.0

_PARAMETER = re.compile(r'([A-Za-z][\w-]*)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))')


@dataclass(frozen=True, slots=True)
class Challenge:
    """What ``WWW-Authenticate`` asks for."""

    scheme: str
    parameters: Mapping[str, str]

    @classmethod
    def choose(cls, headers: Sequence[str]) -> Challenge:
        """Of several, the one that asks for a token."""
        asked = [cls.parse(header) for header in headers]
        tokens = [each for each in asked if each.scheme == "bearer"]
        return [*tokens, *asked, cls("", {})][0]

    @classmethod
    def parse(cls, header: str) -> Challenge:
        scheme, _, rest = header.strip().partition(" ")
        found = {name.lower(): quoted or bare for name, quoted, bare in _PARAMETER.findall(rest)}
        return cls(scheme.lower(), found)


class Tokens:
    """The Authorization headers for repositories of one registry, as long as they are good."""

    def __init__(
        self,
        http: HttpClient,
        credentials: Credentials,
        *,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._http = http
        self._credentials = credentials
        self._now = now
        self._known: dict[str, tuple[str, float]] = {}

    def known(self, name: str) -> str:
        """The header for the repository ``name``; empty where none is needed, or none known."""
        header, until = self._known.get(name, ("", 0.0))
        return header if self._now() < until else ""

    async def answer(self, challenge: Challenge, name: str, registry: URL) -> str:
        """The header that ``challenge`` of ``registry`` asks for.

        Raises HttpError where there is none, or its server does not give it.
        """
        given = self._credentials
        if given.registry_token:
            header, life = f"Bearer {given.registry_token}", float("inf")
        elif challenge.scheme == "basic":
            header, life = self._basic(str(registry)), float("inf")
        elif challenge.scheme == "bearer":
            header, life = await self._bearer(challenge.parameters, name, registry)
        else:
            raise HttpError(
                f"asks for the unknown scheme {challenge.scheme!r}",
                subject=str(registry),
                trouble="auth",
            )
        self._known[name] = (header, self._now() + life)
        return header

    def _basic(self, subject: str) -> str:
        if self._credentials.is_anonymous:
            raise error_of_status(401, subject, "it wants a user and a password")
        return basic(self._credentials.username, self._credentials.password)

    async def _bearer(
        self, wanted: Mapping[str, str], name: str, registry: URL
    ) -> tuple[str, float]:
        realm = _realm(wanted.get("realm", ""), registry)
        query = {"scope": wanted.get("scope") or f"repository:{name}:pull"}
        if "service" in wanted:
            query["service"] = wanted["service"]
        answer = await self._ask(realm, query)
        token = answer.get("token") or answer.get("access_token")
        if not isinstance(token, str) or not token:
            raise HttpError("gave no token", subject=str(realm), trouble="auth")
        life = answer.get("expires_in")
        seconds = float(life) if isinstance(life, int | float) else _SHORTEST_LIFE
        return f"Bearer {token}", max(seconds, _SHORTEST_LIFE) - _MARGIN

    async def _ask(self, realm: URL, query: Mapping[str, str]) -> Mapping[str, Any]:
        given = self._credentials
        authorization, form, url = "", None, realm.update_query(query)
        if given.identity_token:
            grant = {"grant_type": "refresh_token", "refresh_token": given.identity_token}
            form, url = {**query, **grant, "client_id": "trueup"}, realm
        elif given.username:
            authorization = basic(given.username, given.password)
        async with self._http.get(str(url), authorization=authorization, form=form) as response:
            if response.status != 200:
                raise error_of_status(response.status, str(realm), "no token for these credentials")
            content = await read_body(response, _MAX_ANSWER, str(realm))
        try:
            decoded = orjson.loads(content)
        except ValueError:
            decoded = None
        return decoded if isinstance(decoded, dict) else {}


def _realm(text: str, registry: URL) -> URL:
    """A registry that is asked in confidence may not have its tokens fetched in the open."""
    try:
        realm = URL(text)
    except ValueError:
        realm = URL()
    if realm.scheme not in ("https", registry.scheme) or not realm.host:
        cause = f"sends for a token to {text!r}, which is no safe place"
        raise HttpError(cause, subject=str(registry), trouble="auth")
    return realm
