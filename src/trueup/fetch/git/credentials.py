"""Who asks a Git server, from the data of a Secret as Flux reads it (fluxcd/pkg/git options)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import quote, urlsplit

from trueup.errors import InputError
from trueup.fetch.git.remote_url import RemoteUrl


@dataclass(frozen=True, slots=True)
class Credentials:
    """Everything secret stays out of ``repr``. For SSH ``password`` is the key's passphrase."""

    username: str = ""
    password: str = field(default="", repr=False)
    bearer_token: str = field(default="", repr=False)
    identity: bytes = field(default=b"", repr=False)
    known_hosts: bytes = b""
    ca: bytes = b""
    client_certificate: bytes = b""
    client_key: bytes = field(default=b"", repr=False)

    @classmethod
    def from_secret(cls, url: str, data: Mapping[str, bytes] | None) -> Credentials:
        """The credentials that ``data`` (decoded Secret data) holds for ``url``.

        Raises InputError where Flux refuses: an SSH URL without ``identity`` or ``known_hosts``,
        a password without a username.
        """
        data, target = data or {}, RemoteUrl.parse(url)
        if target.scheme == "ssh":
            return _for_ssh(data)
        tls = cls(
            ca=data.get("ca.crt") or data.get("caFile") or b"",
            client_certificate=data.get("tls.crt", b""),
            client_key=data.get("tls.key", b""),
        )
        if "bearerToken" in data:
            return replace(tls, bearer_token=_text(data, "bearerToken"))
        username = _text(data, "username") or target.username
        password = _text(data, "password") or target.password
        if password and not username:
            raise InputError(
                f"invalid '{target.scheme}' auth option: 'password' requires 'username' to be set"
            )
        return replace(tls, username=username, password=password)

    @classmethod
    def from_url(cls, url: str) -> Credentials:
        """The user and password that an HTTP URL holds itself."""
        target = RemoteUrl.parse(url)
        if target.scheme == "ssh":
            return cls()
        return cls(username=target.username, password=target.password)

    @property
    def secrets(self) -> tuple[str, ...]:
        """The texts that must not appear in any message."""
        return tuple(text for text in (self.password, self.bearer_token) if text)

    @property
    def authenticates_http(self) -> bool:
        return bool(self.username or self.password or self.bearer_token)


def _for_ssh(data: Mapping[str, bytes]) -> Credentials:
    for key in ("identity", "known_hosts"):
        if not data.get(key):
            raise InputError(
                f"invalid 'ssh' auth option: '{key}' is required",
                next_step=f"add '{key}' to the Secret that secretRef names",
            )
    return Credentials(
        password=_text(data, "password"),
        identity=data["identity"],
        known_hosts=data["known_hosts"],
    )


def _text(data: Mapping[str, bytes], key: str) -> str:
    try:
        return data.get(key, b"").decode()
    except UnicodeDecodeError:
        raise InputError(f"'{key}' is not UTF-8 text") from None


@dataclass(frozen=True, slots=True)
class Proxy:
    """The HTTP proxy that a proxy Secret (``address``, ``username``, ``password``) describes."""

    address: str
    username: str = ""
    password: str = field(default="", repr=False)

    @classmethod
    def from_secret(cls, data: Mapping[str, bytes]) -> Proxy:
        """Raises InputError if ``address`` is missing or no URL."""
        address = _text(data, "address")
        if not address:
            raise InputError("key 'address' is missing", next_step="add it to the proxy's Secret")
        if not urlsplit(address).hostname:
            raise InputError(f"proxy address '{address}' is not a URL")
        return cls(address, _text(data, "username"), _text(data, "password"))

    @property
    def url(self) -> str:
        """The address with the user in it, as curl reads it: secret."""
        if not self.username:
            return self.address
        parts = urlsplit(self.address)
        user = f"{quote(self.username, safe='')}:{quote(self.password, safe='')}"
        return parts._replace(netloc=f"{user}@{parts.netloc.rpartition('@')[2]}").geturl()
