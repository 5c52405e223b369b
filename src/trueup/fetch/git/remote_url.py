"""The URLs that name a Git repository, without the secrets that people write into them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import unquote, urlsplit

from trueup.errors import InputError

_SCHEMES = ("https", "http", "ssh", "file")


@dataclass(frozen=True, slots=True)
class RemoteUrl:
    """``text`` is what git is given and people are shown: never with a password in it."""

    text: str
    scheme: Literal["https", "http", "ssh", "file"]
    address: str = ""
    """Host and port, as far as the URL names one."""
    username: str = ""
    password: str = field(default="", repr=False)

    @classmethod
    def parse(cls, url: str) -> RemoteUrl:
        """Reads an http, https, ssh or file URL, or an absolute path.

        Raises InputError for anything else, the ``user@host:path`` form included: like Flux this
        asks for ``ssh://user@host/path``.
        """
        if any(ord(character) < 32 for character in url):
            raise InputError("a URL cannot hold control characters", subject=repr(url))
        if url.startswith("/"):
            return cls(url, "file")
        try:
            parts = urlsplit(url)
            host, _ = parts.hostname or "", parts.port
        except ValueError as error:
            raise InputError(f"failed to parse url: {error}", subject=redacted(url)) from None
        if parts.scheme not in _SCHEMES:
            raise _unsupported(url)
        if parts.scheme == "file":
            return cls(unquote(parts.path), "file")
        if not host:
            raise InputError("the URL names no host", subject=redacted(url))
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        address = parts.netloc.rpartition("@")[2]
        if parts.scheme == "ssh":
            netloc = f"{parts.username or 'git'}@{address}"
            return cls(parts._replace(netloc=netloc).geturl(), "ssh", address, user or "git")
        bare = parts._replace(netloc=address, fragment="").geturl()
        return cls(bare, "https" if parts.scheme == "https" else "http", address, user, password)

    @property
    def is_local(self) -> bool:
        return self.scheme == "file"


def redacted(url: str) -> str:
    """``url`` with any user and password in it hidden; for texts that may be no URL at all."""
    scheme, separator, rest = url.partition("://")
    if not separator:
        return url
    authority, slash, path = rest.partition("/")
    user, at, host = authority.rpartition("@")
    shown = user.partition(":")[0] if scheme == "ssh" else "***"
    return f"{scheme}://{shown}@{host}{slash}{path}" if at else url


def _unsupported(url: str) -> InputError:
    before, colon, after = url.partition(":")
    if colon and "@" in before and not after.startswith("//"):
        return InputError(
            "unsupported URL form", subject=url, next_step=f"write it as ssh://{before}/{after}"
        )
    return InputError(
        "unsupported URL scheme",
        subject=redacted(url),
        next_step="use an https, http or ssh URL",
    )
