"""A TLS listener on loopback for the ASGI application."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from trueup.controlplane.auth.credentials import Credentials
from trueup.controlplane.auth.user import AUTHENTICATED, User
from trueup.controlplane.http.asgi import Application


class CertificateProtocol(HttpToolsProtocol):
    """Hands on whom the client's certificate names; ASGI itself has no place for it."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        user = certificate_user(self.transport.get_extra_info("ssl_object"))
        if user is not None:
            extensions: dict[str, Any] = {"trueup.client_user": user}
            self.scope["extensions"] = extensions


def certificate_user(connection: Any) -> User | None:
    """The common name is the user, the organizations are the groups, as in Kubernetes."""
    found = connection.getpeercert() if connection is not None else None
    if not found:
        return None
    subject = [pair for part in found.get("subject", ()) for pair in part]
    name = next((value for key, value in subject if key == "commonName"), "")
    groups = tuple(value for key, value in subject if key == "organizationName")
    return User(name, groups=(*groups, AUTHENTICATED)) if name else None


class Listener:
    """Serves from ``start`` to ``stop``; ``url`` says where."""

    def __init__(self, application: Application, found: Credentials, host: str, port: int) -> None:
        self._socket = _bound(host, port)
        bound = self._socket.getsockname()
        shown = f"[{bound[0]}]" if ":" in bound[0] else bound[0]
        self.url = f"https://{shown}:{bound[1]}"
        config = uvicorn.Config(
            application,
            http=CertificateProtocol,
            lifespan="off",
            log_config=None,
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=1,
            timeout_keep_alive=180,
            ssl_certfile=str(found.server_certificate),
            ssl_keyfile=str(found.server_key),
        )
        config.load()
        config.ssl = _context(found.server_certificate, found.server_key, found.ca)
        self._server = _QuietServer(config)
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._task = asyncio.create_task(self._server.serve(sockets=[self._socket]))
        while not self._server.started:
            if self._task.done():
                await self._task
                raise RuntimeError(f"could not serve on {self.url}")
            await asyncio.sleep(0.01)

    async def stop(self) -> None:
        self._server.should_exit = True
        if self._task is not None:
            await self._task
        self._socket.close()


class _QuietServer(uvicorn.Server):
    """Leaves signals to the program that it is part of."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _bound(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind((host, port))
    return listening


def _context(certificate: Path, key: Path, authority: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(certificate, key)
    context.load_verify_locations(authority)
    context.verify_mode = ssl.CERT_OPTIONAL
    context.set_alpn_protocols(["http/1.1"])
    return context
