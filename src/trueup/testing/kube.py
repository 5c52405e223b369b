"""A real Kubernetes API server for tests: etcd and kube-apiserver on loopback, of this machine.

``make kube`` builds the programs into the user's cache; ``KUBEBUILDER_ASSETS`` names the folder of
whoever has them already. With kube-controller-manager among them there is housekeeping too:
garbage, namespaces, service accounts. Nothing schedules or runs a Pod.
"""

from __future__ import annotations

import asyncio
import os
from asyncio.subprocess import DEVNULL, STDOUT, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from trueup.cluster.http import HttpTransport
from trueup.cluster.kubeconfig import cluster_config_from_file
from trueup.errors import TrueupError
from trueup.objects import yaml
from trueup.testing.certificates import Authority
from trueup.testing.ports import free_port

_PATIENCE = 60.0

NEEDED = ("etcd", "kube-apiserver")
HOUSEKEEPER = "kube-controller-manager"

_HOUSEKEEPING = (
    "clusterrole-aggregation-controller",
    "garbage-collector-controller",
    "namespace-controller",
    "root-ca-certificate-publisher-controller",
    "serviceaccount-controller",
)


class KubeError(Exception):
    """A program did not start; the message ends with the last lines of its log."""


def kube_programs() -> Path | None:
    """The folder of etcd and kube-apiserver, the newest version if there are several."""
    named = os.environ.get("KUBEBUILDER_ASSETS")
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "trueup" / "kube"
    folders = [Path(named)] if named else sorted(cache.glob("v*"), key=_version, reverse=True)
    return next((each for each in folders if all((each / name).exists() for name in NEEDED)), None)


def _version(folder: Path) -> list[int]:
    return [int(part) for part in folder.name[1:].split(".") if part.isdigit()]


@dataclass(frozen=True, slots=True)
class KubeServer:
    """A running API server. ``kubeconfig`` is of a user who may do anything."""

    url: str
    kubeconfig: Path
    has_housekeeping: bool

    @asynccontextmanager
    async def transport(self) -> AsyncIterator[HttpTransport]:
        transport = HttpTransport(cluster_config_from_file(str(self.kubeconfig)))
        try:
            yield transport
        finally:
            await transport.close()


@asynccontextmanager
async def kube_server(folder: Path, programs: Path) -> AsyncIterator[KubeServer]:
    """Runs ``programs`` with all their files in ``folder`` for as long as the block runs.

    KubeError if one of them does not come up.
    """
    files = _Files(folder)
    has_housekeeping = (programs / HOUSEKEEPER).exists()
    etcd, port = f"https://127.0.0.1:{free_port()}", free_port()
    server = KubeServer(f"https://127.0.0.1:{port}", folder / "kubeconfig", has_housekeeping)
    files.write_kubeconfig(server)
    async with AsyncExitStack() as running:

        async def run(program: str, options: Mapping[str, object]) -> Process:
            given = [f"--{name}={value}" for name, value in options.items()]
            return await running.enter_async_context(_running(programs / program, given, folder))

        await run("etcd", files.etcd_options(etcd))
        process = await run("kube-apiserver", files.server_options(etcd, port))
        await _wait_ready(server, process, folder / "kube-apiserver.log")
        if has_housekeeping:
            await run(HOUSEKEEPER, files.housekeeper_options(server))
        yield server


@asynccontextmanager
async def _running(program: Path, options: list[str], folder: Path) -> AsyncIterator[Process]:
    with (folder / f"{program.name}.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            program, *options, stdin=DEVNULL, stdout=log, stderr=STDOUT, start_new_session=True
        )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()  # its data are thrown away: there is nothing to end in order
        await process.wait()


async def _wait_ready(server: KubeServer, process: Process, log: Path) -> None:
    try:
        async with asyncio.timeout(_PATIENCE), server.transport() as transport:
            while process.returncode is None:
                if await _is_ready(transport):
                    return
                await asyncio.sleep(0.1)
    except TimeoutError:
        pass
    raise KubeError(f"kube-apiserver did not start; its log ends with:\n{_end_of(log)}")


def _end_of(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-10:])


async def _is_ready(transport: HttpTransport) -> bool:
    try:
        return (await transport.request("GET", "/readyz", [], {}, None)).status == 200
    except TrueupError:
        return False


class _Files:
    """Keys and certificates in a folder, and the options that name them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._authority = Authority(folder)
        self._write("ca.crt", self._authority.certificate)
        self._issue("server")
        self._issue("admin", organization="system:masters")
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        private = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
        public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        self._write("accounts.key", private.decode())
        self._write("accounts.pub", public.decode())

    def _issue(self, name: str, organization: str = "") -> None:
        certificate, key = self._authority.issue(name, organization=organization)
        self._write(f"{name}.crt", certificate)
        self._write(f"{name}.key", key)

    def _write(self, name: str, text: str) -> None:
        path = self._folder / name
        path.touch(mode=0o600)
        path.write_text(text)

    def write_kubeconfig(self, server: KubeServer) -> None:
        cluster = {"server": server.url, "certificate-authority": "ca.crt"}
        user = {"client-certificate": "admin.crt", "client-key": "admin.key"}
        config = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "real", "cluster": cluster}],
            "users": [{"name": "admin", "user": user}],
            "contexts": [{"name": "real", "context": {"cluster": "real", "user": "admin"}}],
            "current-context": "real",
        }
        self._write(server.kubeconfig.name, yaml.dump(config))

    def etcd_options(self, url: str) -> Mapping[str, object]:
        return {
            "data-dir": self._folder / "etcd",
            "listen-client-urls": url,
            "advertise-client-urls": url,
            "listen-peer-urls": "http://127.0.0.1:0",
            "cert-file": self._folder / "server.crt",
            "key-file": self._folder / "server.key",
            "trusted-ca-file": self._folder / "ca.crt",
            "client-cert-auth": "true",
            "unsafe-no-fsync": "true",
        }

    def server_options(self, etcd: str, port: int) -> Mapping[str, object]:
        return {
            "secure-port": port,
            "bind-address": "127.0.0.1",
            "advertise-address": "127.0.0.1",
            "endpoint-reconciler-type": "none",
            "cert-dir": self._folder,
            "tls-cert-file": self._folder / "server.crt",
            "tls-private-key-file": self._folder / "server.key",
            "client-ca-file": self._folder / "ca.crt",
            "etcd-servers": etcd,
            "etcd-cafile": self._folder / "ca.crt",
            "etcd-certfile": self._folder / "admin.crt",
            "etcd-keyfile": self._folder / "admin.key",
            "authorization-mode": "RBAC",
            "service-account-issuer": "https://kubernetes.default.svc.cluster.local",
            "service-account-key-file": self._folder / "accounts.pub",
            "service-account-signing-key-file": self._folder / "accounts.key",
            "service-cluster-ip-range": "10.96.0.0/16",
        }

    def housekeeper_options(self, server: KubeServer) -> Mapping[str, object]:
        return {
            "kubeconfig": server.kubeconfig,
            "controllers": ",".join(_HOUSEKEEPING),
            "concurrent-namespace-syncs": 50,
            "kube-api-qps": 1000,
            "kube-api-burst": 1000,
            "leader-elect": "false",
            "secure-port": 0,
            "use-service-account-credentials": "false",
            "service-account-private-key-file": self._folder / "accounts.key",
            "root-ca-file": self._folder / "ca.crt",
        }
