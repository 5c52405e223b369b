"""What a git process may see: nothing of this machine's settings, and secrets only in files.

Each operation gets a directory of its own (mode 0700), removed when it ends, with a git
configuration (0600) in the place of the user's. So no secret is on a command line or in an
environment, and no credential helper, hook, alias or key of this machine takes part.
"""

from __future__ import annotations

import os
import shlex
import shutil
import ssl
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote, urlsplit

from trueup.fetch.git.errors import GitError
from trueup.fetch.git.remote import Remote

_INHERITED = ("PATH", "TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR")
_INHERITED_PROXY = (
    *("http_proxy", "https_proxy", "all_proxy", "no_proxy"),
    *("HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"),
)


@contextmanager
def git_environment(remote: Remote | None = None) -> Iterator[dict[str, str]]:
    """The environment for one git process; with ``remote``, able to talk to it and only it.

    What the machine refuses, also to whoever runs git in it, is raised as a GitError.
    """
    try:
        with _directory() as directory:
            yield _prepared(directory, remote)
    except OSError as error:
        raise GitError(
            f"git cannot be run: {error.strerror or error}",
            next_step="look at the machine that Trueup runs on",
        ) from error


@contextmanager
def _directory() -> Iterator[Path]:
    directory = Path(tempfile.mkdtemp(prefix="trueup-git-"))
    try:
        yield directory
    finally:
        shutil.rmtree(directory, ignore_errors=True)
        with suppress(OSError):  # an empty one goes even where no file can be opened any more
            directory.rmdir()


def _prepared(directory: Path, remote: Remote | None) -> dict[str, str]:
    settings = _base_settings()
    environment = _base_environment(directory, local=remote is None or remote.url.is_local)
    if remote is not None and remote.url.scheme == "ssh":
        environment |= _ssh_environment(directory, remote)
    elif remote is not None and not remote.url.is_local:
        settings |= _http_settings(directory, remote)
    if remote is None or remote.proxy is None:
        environment |= _inherited(_INHERITED_PROXY)
    _write_private(directory / "gitconfig", _config_text(settings).encode())
    return environment


def _base_environment(directory: Path, *, local: bool) -> dict[str, str]:
    return _inherited(_INHERITED) | {
        "HOME": str(directory),
        "LC_ALL": "C",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": str(directory / "gitconfig"),
        "GIT_TERMINAL_PROMPT": "0",
        # A submodule or a redirect of a remote repository must not reach this machine's files.
        "GIT_ALLOW_PROTOCOL": "file:https:http:ssh" if local else "https:http:ssh",
        "GIT_OPTIONAL_LOCKS": "0",
    }


def _inherited(names: tuple[str, ...]) -> dict[str, str]:
    return {name: os.environ[name] for name in names if name in os.environ}


def _base_settings() -> dict[str, str]:
    return {
        "protocol.version": "2",
        "protocol.ext.allow": "never",
        "safe.directory": "*",
        "gc.auto": "0",
        "maintenance.auto": "false",
        # Keep what was fetched as one pack: loose objects are slow to read and not bounded in size.
        "fetch.unpackLimit": "1",
        "submodule.recurse": "false",
        "pack.threads": "1",
    }


def _http_settings(directory: Path, remote: Remote) -> dict[str, str]:
    who = remote.credentials
    settings = {
        "http.followRedirects": "initial",
        # We end what takes too long; a git that outlives us must end by itself.
        "http.lowSpeedLimit": "1",
        "http.lowSpeedTime": str(max(1, round(remote.timeout))),
    }
    if who.bearer_token:
        # An extra header would go along to wherever the server redirects.
        settings["http.followRedirects"] = "false"
        settings["http.extraHeader"] = f"Authorization: Bearer {who.bearer_token}"
    elif who.authenticates_http:
        settings["credential.helper"] = _credential_store(directory, remote)
    if who.ca:
        bundle = _write_private(directory / "ca.pem", _system_roots() + b"\n" + who.ca)
        settings["http.sslCAInfo"] = str(bundle)
    if who.client_certificate and who.client_key:
        certificate = _write_private(directory / "tls.crt", who.client_certificate)
        key = _write_private(directory / "tls.key", who.client_key)
        settings |= {"http.sslCert": str(certificate), "http.sslKey": str(key)}
    if remote.proxy is not None:
        settings["http.proxy"] = remote.proxy.url
    return settings


def _credential_store(directory: Path, remote: Remote) -> str:
    """A helper that gives the password to the remote's own host only: git asks it for each host
    that it is redirected to. An upgrade from http to https is the same host.
    """
    user = f"{quote(remote.credentials.username, safe='')}:{quote(remote.credentials.password, safe='')}"
    host = urlsplit(remote.url.text).netloc
    schemes = ("https",) if remote.url.scheme == "https" else ("http", "https")
    lines = "".join(f"{scheme}://{user}@{host}\n" for scheme in schemes)
    path = _write_private(directory / "credentials", lines.encode())
    return f"store --file={shlex.quote(str(path))}"


def _system_roots() -> bytes:
    """The machine's own certificate authorities: ``ca.crt`` adds to them, as in Flux."""
    path = os.environ.get("SSL_CERT_FILE") or ssl.get_default_verify_paths().cafile
    return Path(path).read_bytes() if path and Path(path).is_file() else b""


def _ssh_environment(directory: Path, remote: Remote) -> dict[str, str]:
    who = remote.credentials
    known_hosts = _write_private(directory / "known_hosts", who.known_hosts.strip() + b"\n")
    options = {
        "StrictHostKeyChecking": "yes",
        "UserKnownHostsFile": f'"{known_hosts}"',
        "GlobalKnownHostsFile": "/dev/null",
        "UpdateHostKeys": "no",
        "IdentitiesOnly": "yes",
        "IdentityAgent": "none",
        "PreferredAuthentications": "publickey",
        "NumberOfPasswordPrompts": "1",
        "ForwardAgent": "no",
        "ClearAllForwardings": "yes",
        "ControlMaster": "no",
        "ControlPath": "none",
        "ServerAliveInterval": "15",
        "LogLevel": "ERROR",
    }
    command = ["ssh", "-F", "/dev/null", "-T"]
    for name, value in options.items():
        command += ["-o", f"{name}={value}"]
    if who.identity:
        key = _write_private(directory / "identity", who.identity.strip() + b"\n")
        command += ["-i", str(key)]
    environment = {"GIT_SSH_COMMAND": shlex.join(command), "GIT_SSH_VARIANT": "ssh"}
    return environment | _passphrase_environment(directory, who.password)


def _passphrase_environment(directory: Path, passphrase: str) -> dict[str, str]:
    """Answers ssh's question for the key's passphrase from a file; an empty one ends the asking."""
    answer = _write_private(directory / "passphrase", passphrase.encode() + b"\n")
    script = directory / "askpass"
    _write_private(script, f"#!/bin/sh\nexec cat {shlex.quote(str(answer))}\n".encode())
    script.chmod(0o700)
    return {"SSH_ASKPASS": str(script), "SSH_ASKPASS_REQUIRE": "force", "DISPLAY": "none"}


def _write_private(path: Path, content: bytes) -> Path:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    return path


def _config_text(settings: Mapping[str, str]) -> str:
    """Git's configuration syntax (git-config, "Syntax"), one section per line."""
    return "".join(_config_line(key, value) for key, value in settings.items())


def _config_line(key: str, value: str) -> str:
    section, _, name = key.rpartition(".")
    head, dot, rest = section.partition(".")
    header = f'{head} "{rest}"' if dot else head
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'[{header}]\n\t{name} = "{escaped}"\n'
