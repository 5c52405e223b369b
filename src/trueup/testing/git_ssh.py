"""A real SSH server for tests: ``sshd`` on loopback, with keys made for the occasion."""

from __future__ import annotations

import asyncio
import getpass
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from trueup.testing.git import authorized_key
from trueup.testing.ports import reserved_port

_SSHD = shutil.which("sshd") or "/usr/sbin/sshd"
_PRIVILEGE_SEPARATION = Path("/run/sshd")


@dataclass(frozen=True, slots=True)
class GitSshServer:
    """Serves this machine's files to whoever has ``identity``. ``url(path)`` is a repository's."""

    port: int
    identity: bytes
    known_hosts: bytes

    def url(self, path: Path) -> str:
        return f"ssh://{getpass.getuser()}@127.0.0.1:{self.port}{path}"


def has_sshd() -> bool:
    """Whether OpenSSH's server is installed (Debian: ``openssh-server``)."""
    return Path(_SSHD).exists()


def openssh_private(key: Ed25519PrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())


@asynccontextmanager
async def git_ssh_server(directory: Path) -> AsyncIterator[GitSshServer]:
    """Runs ``sshd`` with its files in ``directory`` for as long as the block runs."""
    host, client = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    with reserved_port() as port:
        config = _write_config(directory, host, client, port)
        process = await asyncio.create_subprocess_exec(
            *(_SSHD, "-D", "-e", "-f", str(config)), stderr=asyncio.subprocess.PIPE
        )
        try:
            await _wait_listening(process)
            kind, key, _ = authorized_key(host).split(" ", 2)
            known = f"[127.0.0.1]:{port} {kind} {key}\n".encode()
            yield GitSshServer(port, openssh_private(client), known)
        finally:
            process.terminate()
            await process.communicate()


def _write_config(
    directory: Path, host: Ed25519PrivateKey, client: Ed25519PrivateKey, port: int
) -> Path:
    host_key, allowed = directory / "host_key", directory / "authorized_keys"
    host_key.touch(mode=0o600)
    host_key.write_bytes(openssh_private(host))
    allowed.write_text(authorized_key(client))
    settings = {
        "Port": port,
        "ListenAddress": "127.0.0.1",
        "HostKey": host_key,
        "AuthorizedKeysFile": allowed,
        "PidFile": "none",
        "StrictModes": "no",
        "UsePAM": "no",
        "PasswordAuthentication": "no",
        "PermitRootLogin": "prohibit-password",
    }
    config = directory / "sshd_config"
    if os.geteuid() == 0:
        _PRIVILEGE_SEPARATION.mkdir(exist_ok=True)
    config.write_text("".join(f"{name} {value}\n" for name, value in settings.items()))
    return config


async def _wait_listening(process: asyncio.subprocess.Process) -> None:
    assert process.stderr is not None
    said = []
    while line := await process.stderr.readline():
        said.append(line.decode())
        if "Server listening" in said[-1]:
            return
    raise OSError(f"sshd did not start: {''.join(said)}")
