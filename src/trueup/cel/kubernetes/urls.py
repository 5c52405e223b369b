"""URLs: ``url('https://example.com:80/a?b=c')``, by the rules of Go's parser."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, ClassVar, Final
from urllib.parse import unquote_plus

from trueup.cel.registry import function
from trueup.cel.values import EvaluationError

_SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")
_ESCAPE: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")
_HOST: Final = re.compile(r"(?:[^\x00-\x20\"<>\\^`{|}%/?#\[\]]|%[89A-Fa-f][0-9A-Fa-f])*")
_PORT: Final = re.compile(r"(?::\d*)?", re.ASCII)
_PLAIN_PATH: Final = re.compile(r"[A-Za-z0-9\-_.~!$&'()*+,;=:@/\[\]]")


@dataclass(frozen=True, slots=True)
class Url:
    """A URL and its parts, as a value of the language."""

    text: str
    scheme: str = ""
    host: str = ""
    """With the port."""
    path: str = ""
    query: str = ""
    cel_type: ClassVar[str] = "kubernetes.URL"


def parse(text: str) -> Url:
    """An absolute URL, or an absolute path."""
    if not text or _CONTROL.search(text):
        raise EvaluationError(f"URL parse error: {text!r} is empty or holds control characters")
    scheme = _SCHEME.match(text)
    if scheme is None and not text.startswith("/") and text != "*":
        raise EvaluationError(f"URL parse error: {text!r} is neither a URL nor a path")
    body, hash_mark, _ = text.partition("#")
    if hash_mark and re.fullmatch(r"[^/?#]*:?//[^/?#]*", body):
        raise EvaluationError('URL parse error: invalid character "#" in host name')
    rest, _, query = body[scheme.end() if scheme else 0 :].partition("?")
    name = scheme[1].lower() if scheme else ""
    if scheme and not rest.startswith("/"):
        return Url(text, name, query=query)
    host = ""
    if rest.startswith("//") and (scheme or not rest.startswith("///")):
        authority, slash, path = rest[2:].partition("/")
        host, rest = _host(authority), slash + path
    if _ESCAPE.search(rest):
        raise EvaluationError(f"URL parse error: invalid escape in {text!r}")
    return Url(text, name, host, rest, query)


def _host(authority: str) -> str:
    """``authority`` without user information; raises EvaluationError where it is malformed."""
    user, at, host = authority.rpartition("@")
    if at and (_ESCAPE.search(user) or re.search(r"[^A-Za-z0-9\-._:~!$&'()*+,;=%@]", user)):
        raise EvaluationError("URL parse error: invalid user information")
    if host.startswith("["):
        address, bracket, port = host.rpartition("]")
        valid = bool(bracket) and ":" in address
    else:
        name, colon, digits = host.rpartition(":")
        address, port = (name, colon + digits) if colon else (host, "")
        valid = _HOST.fullmatch(address) is not None and ":" not in address
    if not valid or not _PORT.fullmatch(port):
        raise EvaluationError(f"URL parse error: invalid host {host!r}")
    return host


@function("kubernetes", "url", "(string) -> kubernetes.URL")
def url(text: str) -> Url:
    return parse(text)


@function("kubernetes", "isURL", "(string) -> bool")
def is_url(text: str) -> bool:
    try:
        parse(text)
    except EvaluationError:
        return False
    return True


@function("kubernetes", "getScheme", "kubernetes.URL.() -> string")
def get_scheme(this: Url) -> str:
    return this.scheme


@function("kubernetes", "getHost", "kubernetes.URL.() -> string")
def get_host(this: Url) -> str:
    return this.host


@function("kubernetes", "getHostname", "kubernetes.URL.() -> string")
def get_hostname(this: Url) -> str:
    """Without port and brackets."""
    if this.host.startswith("["):
        return this.host[1:].rpartition("]")[0]
    return this.host.partition(":")[0]


@function("kubernetes", "getPort", "kubernetes.URL.() -> string")
def get_port(this: Url) -> str:
    return this.host.rpartition("]")[2].partition(":")[2]


@function("kubernetes", "getEscapedPath", "kubernetes.URL.() -> string")
def get_escaped_path(this: Url) -> str:
    return "".join(_escaped(char) for char in this.path)


def _escaped(char: str) -> str:
    if char == "%" or _PLAIN_PATH.fullmatch(char):
        return char
    return "".join(f"%{byte:02X}" for byte in char.encode())


@function("kubernetes", "getQuery", "kubernetes.URL.() -> map<string, list<string>>")
def get_query(this: Url) -> dict[str, list[Any]]:
    """Values by name; pairs that do not parse are left out."""
    found: dict[str, list[Any]] = {}
    for pair in filter(None, this.query.split("&")):
        name, _, value = pair.partition("=")
        if ";" not in pair and not _ESCAPE.search(pair):
            found.setdefault(unquote_plus(name), []).append(unquote_plus(value))
    return found
