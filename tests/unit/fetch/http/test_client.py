"""Requests and what becomes of them, whatever the server does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web

from trueup.errors import InputError
from trueup.fetch.http import HttpClient, HttpError, Tls, read_body, shown, spool_body
from trueup.testing.certificates import Authority

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def serving(answer: Answer, **settings: object) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app, shutdown_timeout=0)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0, **settings).start()  # type: ignore[arg-type]
        scheme = "https" if settings.get("ssl_context") else "http"
        yield f"{scheme}://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def body(url: str, *, limit: int = 1000, timeout: float = 30, **asked: object) -> str:
    async with HttpClient(timeout=timeout) as http, http.get(url, **asked) as response:  # type: ignore[arg-type]
        return (await read_body(response, limit, url)).decode()


async def failure(url: str, **asked: object) -> HttpError:
    with pytest.raises(HttpError) as failed:
        await body(url, **asked)  # type: ignore[arg-type]
    return failed.value


async def told(request: web.Request) -> web.Response:
    if request.path == "/there":
        return web.Response(text=request.headers.get("Authorization", "nobody"))
    raise web.HTTPFound(request.query["to"])


async def test_a_redirect_to_the_same_server_keeps_who_asks() -> None:
    async with serving(told) as url:
        assert await body(f"{url}/?to=/there", authorization="me") == "me"


async def test_a_redirect_to_another_server_does_not() -> None:
    async with serving(told) as url, serving(told) as other:
        assert await body(f"{url}/?to={other}/there", authorization="me") == "nobody"


BAD_REDIRECTS = [
    ("?to=?to=", "too many redirects"),
    ("file:///etc/passwd", "is no http or https URL"),
    ("http://[", "redirects to no URL"),
]


@pytest.mark.parametrize(("to", "cause"), BAD_REDIRECTS)
async def test_a_redirect_to_nowhere_is_not_followed(to: str, cause: str) -> None:
    async def answer(_request: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": "/again" if "?to" in to else to})

    async with serving(answer) as url:
        assert (await failure(url)).cause == cause


async def test_a_redirect_does_not_leave_tls(tmp_path: Path) -> None:
    authority = Authority(tmp_path)

    async def answer(_request: web.Request) -> web.Response:
        raise web.HTTPFound("http://127.0.0.1:1/")

    trusting = HttpClient(Tls(ca=authority.certificate))
    async with serving(answer, ssl_context=authority.server_context()) as url, trusting as http:
        with pytest.raises(HttpError, match="redirects to plain HTTP"):
            async with http.get(url):
                pass


async def test_a_server_may_want_a_certificate_of_ours(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    certificate, key = authority.issue("me")
    async with serving(told, ssl_context=authority.server_context(asks_client=True)) as url:
        tls = Tls(authority.certificate, certificate, key)
        async with HttpClient(tls) as http, http.get(f"{url}/there") as response:
            assert await response.text() == "nobody"
        async with HttpClient(Tls(authority.certificate)) as http:
            with pytest.raises(HttpError):
                async with http.get(f"{url}/there") as response:
                    await response.text()


async def test_any_server_is_trusted_only_where_that_is_asked_for(tmp_path: Path) -> None:
    trusting = HttpClient(Tls(is_verified=False))
    context = Authority(tmp_path).server_context()
    async with (
        serving(told, ssl_context=context) as url,
        trusting as http,
        http.get(f"{url}/there") as response,
    ):
        assert response.status == 200


@pytest.mark.parametrize("tls", [Tls(ca="nonsense"), Tls(certificate="nonsense", key="nonsense")])
def test_what_is_no_certificate_is_refused(tls: Tls) -> None:
    with pytest.raises(InputError, match="is not valid PEM"):
        tls.context()


async def test_a_body_beyond_the_limit_is_cut_off_and_not_kept() -> None:
    async def endless(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(bytes(1000))

    async with serving(endless) as url:
        failed = await failure(url, limit=5000)
        assert (failed.trouble, failed.cause) == ("too-large", "larger than 5000 bytes")
        async with HttpClient() as http, http.get(url) as response:
            with pytest.raises(HttpError, match="larger than 5000 bytes"):
                await spool_body(response, 5000, url)


async def test_a_server_that_says_nothing_is_left() -> None:
    released = asyncio.Event()

    async def silent(_request: web.Request) -> web.Response:
        await released.wait()
        raise web.HTTPGone

    async with serving(silent) as url:
        assert (await failure(url, timeout=0.3)).trouble == "timeout"
        released.set()


async def test_a_body_that_breaks_off_is_an_error() -> None:
    async def short(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "100"})
        await response.prepare(request)
        await response.write(b"x")
        assert request.transport is not None
        request.transport.close()
        return response

    async with serving(short) as url:
        assert (await failure(url)).trouble == "network"


@pytest.mark.parametrize("url", ["", "file:///etc/passwd", "http://", "http://[", "ftp://x/"])
async def test_what_is_no_url_is_not_asked(url: str) -> None:
    assert (await failure(url)).cause == "is no http or https URL"


SHOWN = [
    ("https://me:secret@reg.example/a?token=secret#secret", "https://reg.example/a"),
    ("https://me:se@cret@reg.example/", "https://reg.example/"),
    ("oci://reg.example/a@sha256:00", "oci://reg.example/a@sha256:00"),
    ("@mine", "@mine"),
]


@pytest.mark.parametrize(("url", "text"), SHOWN)
def test_what_is_secret_in_a_url_is_not_shown(url: str, text: str) -> None:
    assert shown(url) == text
