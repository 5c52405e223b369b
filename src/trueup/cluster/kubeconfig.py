"""Which server, and who we are there: kubeconfig files and the in-cluster service account.

Follows https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/.
"""

from __future__ import annotations

import base64
import os
import ssl
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from trueup.cluster.credential import Renewed
from trueup.cluster.exec_plugin import credential_from_plugin
from trueup.errors import InputError, Unauthorized
from trueup.objects import yaml

_FILES = ("certificate-authority", "client-certificate", "client-key", "tokenFile")

_ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")


@dataclass
class ClusterConfig:
    """How to reach one API server. Certificates and keys are PEM bytes."""

    server: str
    namespace: str = "default"
    ca: bytes | None = None
    verify: bool = True
    server_name: str = ""
    client_certificate: bytes | None = None
    client_key: bytes | None = None
    username: str = ""
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)
    token_file: Path | None = None
    credential: Renewed[Any] | None = field(default=None, repr=False)
    """A token that somebody else gives, and gives anew before it expires."""
    proxy_url: str = ""
    _last_read: str = field(default="", repr=False)

    async def auth_headers(self) -> dict[str, str]:
        """The Authorization header, freshly read where the credential can rotate."""
        if self.token_file is not None:
            return {"Authorization": f"Bearer {self._token_from(self.token_file)}"}
        if self.token:
            return {"Authorization": f"Bearer {self.token}"}
        if self.username:
            pair = base64.b64encode(f"{self.username}:{self.password}".encode()).decode()
            return {"Authorization": f"Basic {pair}"}
        if self.credential is not None:
            return {"Authorization": f"Bearer {(await self.credential.get()).token}"}
        return {}

    def _token_from(self, file: Path) -> str:
        """What it holds now; while it cannot be read, what it held. Unauthorized without either."""
        try:
            self._last_read = file.read_text().strip()
        except OSError as error:
            if not self._last_read:
                cause = f"the token cannot be read: {error.strerror}"
                raise Unauthorized(cause, subject=str(file)) from error
        return self._last_read

    def ssl_context(self) -> ssl.SSLContext | None:
        """None where the server speaks plain HTTP."""
        if not self.server.startswith("https:"):
            return None
        context = ssl.create_default_context(
            cadata=self.ca.decode("ascii", "ignore") if self.ca else None
        )
        if not self.verify:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        if self.client_certificate and self.client_key:
            _load_client_certificate(context, self.client_certificate, self.client_key)
        return context

    def token_refused(self) -> None:
        """The server refused the credential: ask for a new one next time."""
        if self.credential is not None:
            self.credential.refused()


def cluster_config_from_kubeconfig(
    content: bytes | str,
    *,
    subject: str = "kubeconfig",
    context: str = "",
    base: Path | None = None,
) -> ClusterConfig:
    """The configuration of one context (default: the current one).

    ``base`` is the folder that relative paths in the file refer to; without it (a kubeconfig
    from a Secret) files and exec plugins are refused, since they would reach our own disk.
    """
    return _config_of(_document(content, subject), subject, context, base)


def _document(content: bytes | str, subject: str) -> dict[str, Any]:
    document = yaml.load(content, subject)
    if not isinstance(document, dict):
        raise InputError(
            "is not a kubeconfig", subject=subject, next_step="name one that kubectl can use"
        )
    return document


def _config_of(
    document: Mapping[str, Any], subject: str, context: str, base: Path | None
) -> ClusterConfig:
    name = context or document.get("current-context") or ""
    chosen = _named(document, "contexts", "context", name, subject)
    cluster = _named(document, "clusters", "cluster", chosen.get("cluster", ""), subject)
    user = _named(document, "users", "user", chosen["user"], subject) if chosen.get("user") else {}
    if base is None and user.get("exec"):
        raise InputError(
            "exec credentials are not allowed here",
            subject=subject,
            next_step="use a token or a client certificate",
        )
    if not cluster.get("server"):
        raise InputError("its cluster has no server", subject=subject)
    _check_url(str(cluster["server"]), subject)
    if not str(cluster.get("proxy-url") or "http:").startswith(("http:", "https:")):
        raise InputError(
            "its proxy-url is neither http nor https",
            subject=subject,
            next_step="use an HTTP proxy",
        )
    token_file = user.get("tokenFile")
    if token_file and base is None:
        raise InputError("tokenFile is not allowed here", subject=subject, next_step="use token")
    return ClusterConfig(
        server=cluster["server"],
        namespace=chosen.get("namespace") or "default",
        ca=_material(cluster, "certificate-authority", base, subject),
        verify=not cluster.get("insecure-skip-tls-verify", False),
        server_name=cluster.get("tls-server-name") or "",
        client_certificate=_material(user, "client-certificate", base, subject),
        client_key=_material(user, "client-key", base, subject),
        username=user.get("username") or "",
        password=user.get("password") or "",
        token=user.get("token") or "",
        token_file=(base / token_file) if token_file and base else None,
        credential=_by_plugin(user.get("exec"), base) if base else None,
        proxy_url=cluster.get("proxy-url") or "",
    )


def cluster_config_from_file(path: str = "", context: str = "") -> ClusterConfig:
    """From ``path``, else ``$KUBECONFIG``, else ``~/.kube/config``.

    Either may name several files, with ``:`` between them (on Windows ``;``): what an earlier one
    says comes first, and files that are not there are passed over if one is.
    """
    chosen = path or os.environ.get("KUBECONFIG", "") or str(Path.home() / ".kube" / "config")
    files = [Path(name) for name in chosen.split(os.pathsep) if name]
    present = [file for file in files if file.exists()] or files
    document: dict[str, Any] = {}
    for file in present:
        _add(document, _document(_read(file), str(file)), file.parent)
    return _config_of(document, ", ".join(map(str, present)), context, Path())


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise InputError(
            error.strerror or str(error),
            subject=str(file),
            next_step="set KUBECONFIG or pass --kubeconfig",
        ) from error


def _add(merged: dict[str, Any], document: Mapping[str, Any], base: Path) -> None:
    """Add what ``document``, from folder ``base``, says beyond ``merged``."""
    merged["current-context"] = merged.get("current-context") or document.get("current-context")
    for section, key in (("contexts", "context"), ("clusters", "cluster"), ("users", "user")):
        entries = merged.setdefault(section, [])
        known = {entry.get("name") for entry in entries}
        for entry in document.get(section) or ():
            if entry.get("name") not in known:
                entries.append({**entry, key: _from(base, entry.get(key) or {})})


def _from(base: Path, entry: Mapping[str, Any]) -> dict[str, Any]:
    """``entry`` with its files named such that they are found from anywhere."""
    files = {key: str(base / entry[key]) for key in _FILES if entry.get(key)}
    plugin = _located(entry.get("exec"), base)
    return {**entry, **files, **({"exec": plugin} if plugin else {})}


def _check_url(text: str, subject: str) -> None:
    try:
        url = urlsplit(text)
        good = url.scheme in ("http", "https") and bool(url.hostname) and url.port != 0
    except ValueError:
        good = False
    if not good:
        raise InputError(
            f"its server {text!r} is no URL",
            subject=subject,
            next_step="write it like https://host:6443",
        )


def in_cluster() -> ClusterConfig | None:
    """The service account's configuration when running in a pod, else None."""
    host = os.environ.get("KUBERNETES_SERVICE_HOST")
    port = os.environ.get("KUBERNETES_SERVICE_PORT", "443")
    if not host or not (_ACCOUNT / "token").exists():
        return None
    return ClusterConfig(
        server=f"https://{f'[{host}]' if ':' in host else host}:{port}",
        namespace=(_ACCOUNT / "namespace").read_text().strip() or "default",
        ca=(_ACCOUNT / "ca.crt").read_bytes(),
        token_file=_ACCOUNT / "token",
    )


def _named(document: Mapping[str, Any], section: str, key: str, name: str, subject: str) -> Any:
    for item in document.get(section) or ():
        if item.get("name") == name:
            return item.get(key) or {}
    raise InputError(f"has no entry {name!r} in {section}", subject=subject)


def _by_plugin(plugin: Mapping[str, Any] | None, base: Path) -> Renewed[Any] | None:
    found = _located(plugin, base)
    return Renewed(partial(credential_from_plugin, found)) if found else None


def _located(plugin: Mapping[str, Any] | None, base: Path) -> Mapping[str, Any] | None:
    """The plugin; a command with a folder in it is meant from where the kubeconfig lies."""
    if not plugin or "/" not in (plugin.get("command") or ""):
        return plugin
    return {**plugin, "command": str(base / plugin["command"])}


def _material(
    section: Mapping[str, Any], key: str, base: Path | None, subject: str
) -> bytes | None:
    if data := section.get(f"{key}-data"):
        try:
            return base64.b64decode("".join(data.split()), validate=True)
        except ValueError as error:
            raise InputError(f"{key}-data is not base64", subject=subject) from error
    path = section.get(key)
    if not path:
        return None
    if base is None:
        raise InputError(
            f"{key} names a file, which is not allowed here",
            subject=subject,
            next_step=f"use {key}-data",
        )
    file: Path = base / path
    try:
        return file.read_bytes()
    except OSError as error:
        raise InputError(f"{key}: {error.strerror}", subject=str(file)) from error


def _load_client_certificate(context: ssl.SSLContext, certificate: bytes, key: bytes) -> None:
    """The ssl module reads key pairs only from files: one of 0600 that is gone at once."""
    with tempfile.NamedTemporaryFile(suffix=".pem") as file:
        file.write(certificate + b"\n" + key)
        file.flush()
        context.load_cert_chain(file.name)
