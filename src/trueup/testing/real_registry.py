"""The real registry of OCI artifacts for tests, in a process: with a user, or with tokens."""

from __future__ import annotations

import asyncio
import base64
import re
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import orjson
from aiohttp import encode_basic_auth, web
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

from trueup.testing.certificates import Authority
from trueup.testing.local_http import local_http
from trueup.testing.orphans import DIE_WITH_US
from trueup.testing.patience import PATIENCE

USER = ("me", "secret")
_HTPASSWD = "me:$2a$04$C7NSHjn3CFahJnnpyMq1jOC6BPZwxKzt13YniA2xEiiAMRY7ofdwW\n"
_LISTENING = re.compile(r"listening on (127\.0\.0\.1:[0-9]+)")
_SERVICE = "registry"


@asynccontextmanager
async def real_registry(
    program: Path, folder: Path, *, tokens: bool = False, tls: Authority | None = None
) -> AsyncIterator[str]:
    """The host of a registry that runs as long as the block, for USER; its files are in ``folder``.

    ``tokens``: it sends for tokens to a server of ours; ``tls``: it speaks HTTPS.
    """
    async with _token_server(folder, Authority(folder)) as auth:
        config: dict[str, Any] = {
            "version": 0.1,
            "storage": {"filesystem": {"rootdirectory": str(folder / "data")}},
            "http": {"addr": "127.0.0.1:0", "secret": "x", **(_tls(folder, tls) if tls else {})},
            "auth": auth if tokens else _htpasswd(folder),
        }
        (folder / "config.yml").write_bytes(orjson.dumps(config))
        process = await asyncio.create_subprocess_exec(
            *(*DIE_WITH_US, str(program), "serve", str(folder / "config.yml")),
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        draining = None
        try:
            async with asyncio.timeout(PATIENCE):
                host = await _host(process)
            draining = asyncio.create_task(_drain(process))
            yield host
        finally:
            process.terminate()
            await process.wait()
            if draining is not None:
                await draining


async def _host(process: asyncio.subprocess.Process) -> str:
    assert process.stderr is not None
    seen = []
    async for line in process.stderr:
        found = _LISTENING.search(line.decode())
        if found:
            return found[1]
        seen.append(line.decode())
    raise RuntimeError("the registry ended: " + "".join(seen[-5:]))


async def _drain(process: asyncio.subprocess.Process) -> None:
    assert process.stderr is not None
    while await process.stderr.read(65536):
        pass


def _htpasswd(folder: Path) -> Mapping[str, Any]:
    (folder / "htpasswd").write_text(_HTPASSWD)
    return {"htpasswd": {"realm": "test", "path": str(folder / "htpasswd")}}


def _tls(folder: Path, authority: Authority) -> dict[str, Any]:
    certificate, key = authority.issue("registry")
    (folder / "tls.crt").write_text(certificate)
    (folder / "tls.key").write_text(key)
    return {"tls": {"certificate": str(folder / "tls.crt"), "key": str(folder / "tls.key")}}


@asynccontextmanager
async def _token_server(folder: Path, authority: Authority) -> AsyncIterator[Mapping[str, Any]]:
    """Gives USER tokens that ``authority`` stands behind; yields the registry's settings for it."""
    certificate, key = authority.issue("tokens")

    async def give(request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != encode_basic_auth(*USER):
            return web.Response(status=401)
        access = [_access(scope) for scope in request.query.getall("scope", [])]
        return web.json_response({"token": _signed(access, certificate, key)})

    (folder / "root.pem").write_text(authority.certificate)
    told = {"service": _SERVICE, "issuer": "test", "rootcertbundle": str(folder / "root.pem")}
    async with local_http(give) as url:
        yield {"token": {"realm": f"{url}/token", **told}}


def _access(scope: str) -> Mapping[str, Any]:
    kind, name, actions = scope.split(":")
    return {"type": kind, "name": name, "actions": actions.split(",")}


def _signed(access: list[Mapping[str, Any]], certificate: str, key: str) -> str:
    """A token of RFC 7519, with the certificate of its signer."""
    der = x509.load_pem_x509_certificate(certificate.encode()).public_bytes(Encoding.DER)
    header = {"typ": "JWT", "alg": "ES256", "x5c": [base64.b64encode(der).decode()]}
    now = int(time.time())
    times = {"iat": now, "nbf": now - 60, "exp": now + 300}
    claims = {"iss": "test", "aud": _SERVICE, "sub": USER[0], "jti": "1", "access": access} | times
    signed = f"{_base64(orjson.dumps(header))}.{_base64(orjson.dumps(claims))}"
    private = load_pem_private_key(key.encode(), None)
    assert isinstance(private, ec.EllipticCurvePrivateKey)
    numbers = decode_dss_signature(private.sign(signed.encode(), ec.ECDSA(SHA256())))
    raw = b"".join(number.to_bytes(32, "big") for number in numbers)
    return f"{signed}.{_base64(raw)}"


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")
