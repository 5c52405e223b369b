"""Who asks a registry: a user, or what Docker's configuration has for its host."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from trueup.errors import InputError


@dataclass(frozen=True, slots=True)
class Credentials:
    """A user with a password, or a token that a token server changes for another."""

    username: str = ""
    password: str = field(default="", repr=False)
    identity_token: str = field(default="", repr=False)
    registry_token: str = field(default="", repr=False)
    """Is sent as it is."""

    @property
    def is_anonymous(self) -> bool:
        return not (self.username or self.identity_token or self.registry_token)


class Keyring:
    """The credentials of each host, or of repositories below a path of it."""

    def __init__(self, entries: Mapping[str, Credentials] | None = None) -> None:
        """``entries`` are by ``host[:port][/path]``."""
        self._entries = dict(entries or {})

    @classmethod
    def from_docker_config(cls, content: bytes | str, subject: str = "config.json") -> Keyring:
        """From ``{"auths": {host: {"auth" | "username", "password" | "identitytoken"}}}``.

        Raises InputError for what is no such file. Programs that it names to ask for credentials
        are not run.
        """
        try:
            auths = orjson.loads(content).get("auths") or {}
            return cls({_host_of(key): _credentials(entry) for key, entry in auths.items()})
        except (ValueError, AttributeError, TypeError) as error:
            raise InputError(
                "is no configuration of Docker", subject=subject, next_step="run docker login"
            ) from error

    def before(self, other: Keyring) -> Keyring:
        """Both; where both have an entry, this one's counts."""
        return Keyring({**other._entries, **self._entries})

    def of(self, host: str, name: str = "") -> Credentials:
        """Those of the longest path that ``name`` lies below; anonymous where there are none."""
        parts = [host, *name.split("/")] if name else [host]
        paths = ("/".join(parts[:size]) for size in range(len(parts), 0, -1))
        return next((self._entries[path] for path in paths if path in self._entries), Credentials())


def _host_of(key: str) -> str:
    """Old entries are URLs of a version of the API."""
    bare = key.removeprefix("https://").removeprefix("http://").rstrip("/")
    return bare.removesuffix("/v1").removesuffix("/v2")


def _credentials(entry: Mapping[str, Any]) -> Credentials:
    username, password = entry.get("username") or "", entry.get("password") or ""
    if entry.get("auth"):
        try:
            decoded = base64.b64decode(entry["auth"], validate=True).decode()
        except (binascii.Error, UnicodeDecodeError) as error:
            raise ValueError("auth is no base64") from error
        username, _, password = decoded.strip("\0").partition(":")
    return Credentials(
        username,
        password,
        entry.get("identitytoken") or "",
        entry.get("registrytoken") or "",
    )
