"""What is elsewhere: bases in Git repositories, and files behind URLs.

Both come through the port ``Remotes``; without one, they are refused.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import parse_qs

from trueup.objects.gonumbers import FALSE_WORDS
from trueup.tree import Tree

DEFAULT_TIMEOUT = 27.0
"""Seconds for fetching a repository, as kustomize has it."""

_SCHEMES = ("ssh://", "https://", "http://", "file://")
_SECRETS = re.compile(r"://[^/@]*:[^/@]*@")
_USER = re.compile(r"[a-zA-Z][a-zA-Z0-9-]*@")
_DURATION = re.compile(r"(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)")
_SECONDS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}


@dataclass(frozen=True)
class Repository:
    """A Git repository as an entry of ``resources`` or ``components`` names it.

    ``url`` is what git clones, ``path`` the folder in it, ``ref`` a branch, a tag or a commit, empty
    for the remote's own choice. ``timeout`` is in seconds.
    """

    url: str
    path: str = ""
    ref: str = ""
    timeout: float = DEFAULT_TIMEOUT
    submodules: bool = True


class Remotes(Protocol):
    """Fetches. Raises TrueupError where it cannot."""

    def repository(self, repository: Repository) -> Tree:
        """The files of the repository at its ``ref``, whatever its ``path``."""

    def file(self, url: str) -> bytes:
        """The content behind an http or https URL."""


def is_url(path: str) -> bool:
    return path.startswith(("http://", "https://"))


def shown(text: str) -> str:
    """``text`` as people may see it: a URL without the user and password in it."""
    return _SECRETS.sub("://***@", text)


def parse_repository(text: str) -> Repository | None:
    """``text`` as kustomize reads it as a Git URL; None where that is none."""
    if text.startswith("/"):
        return None
    located, _, query = text.partition("?")
    found = _host(located)
    if found is None:
        return None
    host, rest = found
    split = _split(rest, takes_all=host.startswith("file://"))
    if split is None or not split[0] or _leaves(split[1]):
        return None
    timeout, submodules, ref = _parameters(query)
    return Repository(host + split[0], split[1].removeprefix("/"), ref, timeout, submodules)


def _host(text: str) -> tuple[str, str] | None:
    """Scheme, user and host with the separator behind it, and the rest."""
    if text[:5].lower() == "git::":
        text = text[5:]
    scheme = next((known for known in _SCHEMES if text.lower().startswith(known)), "")
    text = text[len(scheme) :]
    user_found = _USER.match(text)
    user = user_found[0] if user_found else ""
    if scheme == "file://":
        return scheme, text
    text = text[len(user) :]
    is_github = text.lower().startswith(("github.com/", "github.com:"))
    may_be_scp = not scheme and bool(user or is_github)
    if not scheme and not may_be_scp:
        return None
    at = text.find("/")
    colon = text.find(":") if may_be_scp else -1
    if may_be_scp and (at < 0 or 0 < colon < at):
        at = colon
    host, rest = (text[: at + 1], text[at + 1 :]) if at >= 0 else (text, "")
    if is_github:
        is_ssh = scheme == "ssh://" or bool(user)
        scheme, user, host = (
            ("", user, "github.com:") if is_ssh else ("https://", "", "github.com/")
        )
    return (scheme + user + host, rest) if host else None


def _split(text: str, *, takes_all: bool) -> tuple[str, str] | None:
    """The repository, and the folder in it: by ``_git/``, ``//`` or ``.git``, or after two parts."""
    if "_git/" in text:
        before, _, after = text.partition("_git/")
        name, _, folder = after.partition("/")
        return f"{before}_git/{name}", folder
    if "//" in text:
        before, _, after = text.partition("//")
        return before, after
    if ".git" in text:
        before, _, after = text.partition(".git")
        return f"{before}.git", after
    if takes_all:
        return text, ""
    parts = text.split("/")
    return ("/".join(parts[:2]), "/".join(parts[2:])) if len(parts) >= 2 else None


def _leaves(folder: str) -> bool:
    return posixpath.normpath(folder.removeprefix("/") or ".").split("/")[0] == ".."


def _parameters(query: str) -> tuple[float, bool, str]:
    values = {key: found[0] for key, found in parse_qs(query, keep_blank_values=True).items()}
    return (
        _seconds(values.get("timeout", "")),
        values.get("submodules") not in FALSE_WORDS,
        values.get("ref") or values.get("version", ""),
    )


def _seconds(text: str) -> float:
    if text.isascii() and text.isdigit():
        return float(text) or DEFAULT_TIMEOUT
    parts = _DURATION.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        return DEFAULT_TIMEOUT
    return sum(float(number) * _SECONDS[unit] for number, unit in parts) or DEFAULT_TIMEOUT
