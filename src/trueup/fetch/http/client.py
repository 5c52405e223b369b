"""Requests over one pool of connections, with redirects followed by hand."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from ipaddress import ip_address
from types import TracebackType
from urllib.request import getproxies, proxy_bypass

import aiohttp
from yarl import URL

from trueup.fetch.http.errors import HttpError, error_of_connection
from trueup.fetch.http.tls import Tls

_MAX_REDIRECTS = 10
_REDIRECTS = (301, 302, 303, 307, 308)
_BROKEN = (TimeoutError, aiohttp.ClientError, OSError, ValueError)
_MAX_HEADER = 16 * 1024


def basic(username: str, password: str) -> str:
    """The Authorization header of a user."""
    return f"Basic {base64.b64encode(f'{username}:{password}'.encode()).decode()}"


def origin_of(url: URL | str) -> tuple[str, str | None, int | None]:
    """Scheme, host and port: a credential for one origin goes to no other."""
    known = URL(url)
    return known.scheme, known.host, known.port


class HttpClient:
    """Asks servers; ``timeout`` is for a whole exchange, in seconds.

    Use it as an asynchronous context manager, or call ``close``. Proxies are those that the
    environment names.
    """

    def __init__(self, tls: Tls | None = None, *, timeout: float = 60) -> None:
        self._tls = tls or Tls()
        self._timeout = aiohttp.ClientTimeout(total=timeout, connect=min(timeout, 20))
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> HttpClient:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    @asynccontextmanager
    async def get(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        authorization: str = "",
        form: Mapping[str, str] | None = None,
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """The answer behind all redirects, of whatever status; a ``form`` makes it a POST.

        ``authorization`` goes to the origin of ``url`` only. Raises HttpError where none comes.
        """
        response = await self._final(url, dict(headers or {}), authorization, form)
        try:
            yield response
        except (TimeoutError, aiohttp.ClientError) as error:
            raise error_of_connection(error, str(response.url)) from error
        finally:
            response.close()

    async def _final(
        self, url: str, headers: dict[str, str], authorization: str, form: Mapping[str, str] | None
    ) -> aiohttp.ClientResponse:
        here = _parsed(url)
        start = origin_of(here)
        for _ in range(_MAX_REDIRECTS):
            allowed = {"Authorization": authorization} if authorization else {}
            sent = headers | (allowed if origin_of(here) == start else {})
            response = await self._request(here, sent, form)
            if response.status not in _REDIRECTS or "Location" not in response.headers:
                return response
            response.close()
            here = _redirected(here, response.headers["Location"])
        raise HttpError("too many redirects", subject=url, trouble="redirect")

    async def _request(
        self, url: URL, headers: Mapping[str, str], form: Mapping[str, str] | None
    ) -> aiohttp.ClientResponse:
        try:
            return await self._open().request(
                "GET" if form is None else "POST",
                url,
                headers=headers,
                data=form,
                proxy=_proxy_for(url),
                allow_redirects=False,
            )
        except _BROKEN as error:
            raise error_of_connection(error, str(url)) from error

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=16, ssl=self._tls.context()),
                timeout=self._timeout,
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                headers={"User-Agent": "trueup", "Accept-Encoding": "identity"},
                max_line_size=_MAX_HEADER,
                max_field_size=_MAX_HEADER,
            )
        return self._session


def _parsed(url: str) -> URL:
    """Raises HttpError for what is no URL of HTTP. A user in it is dropped: it is given apart."""
    try:
        found = URL(url).with_user(None)
    except ValueError:
        found = URL()
    if found.scheme not in ("http", "https") or not found.host:
        raise HttpError("is no http or https URL", subject=url, trouble="other")
    return found


def _redirected(here: URL, location: str) -> URL:
    try:
        there = _parsed(str(here.join(URL(location))))
    except ValueError as error:
        raise HttpError("redirects to no URL", subject=str(here), trouble="redirect") from error
    if here.scheme == "https" and there.scheme != "https":
        raise HttpError("redirects to plain HTTP", subject=str(here), trouble="redirect")
    return there


def _proxy_for(url: URL) -> str | None:
    host = url.host or ""
    return None if _is_loopback(host) or proxy_bypass(host) else getproxies().get(url.scheme)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
