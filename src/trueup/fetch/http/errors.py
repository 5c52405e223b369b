"""What can go wrong between here and an HTTP server, told apart for the person who must act."""

from __future__ import annotations

import os
import re
import ssl
from typing import Literal

import aiohttp

from trueup.errors import FetchError

Trouble = Literal[
    "auth",
    "not-found",
    "busy",
    "tls",
    "redirect",
    "timeout",
    "network",
    "server",
    "too-large",
    "corrupt",
    "other",
]

_NEXT_STEP: dict[Trouble, str] = {
    "auth": "check the credentials, and that they may read this",
    "not-found": "check the name, and that the credentials may read it",
    "busy": "the server wants to be asked less often; try again later",
    "tls": "check the certificate of the authority, and the server's certificate",
    "redirect": "use the URL that the server redirects to",
    "timeout": "check the network and the server; the next attempt may succeed",
    "network": "check the URL, the network and the server; the next attempt may succeed",
    "server": "the server is in trouble; the next attempt may succeed",
    "too-large": "keep large files out of what is fetched",
    "corrupt": "what came is not what was meant; publish it again, or ask another server",
}
_STATUS: dict[int, Trouble] = {401: "auth", 403: "auth", 404: "not-found", 410: "not-found"}


_USER = re.compile(r"(?<=://)[^/?#]*@")
_QUERY = re.compile(r"[?#].*")


def shown(url: str) -> str:
    """``url`` without a user, and without a query: stores put signatures there, and tokens."""
    return _QUERY.sub("", _USER.sub("", url, count=1))


class HttpError(FetchError):
    """A request failed; ``trouble`` says in which of the ways that call for a different act.

    ``status`` is that of the answer, 0 where none came.
    """

    def __init__(self, cause: str, *, subject: str, trouble: Trouble, status: int = 0) -> None:
        super().__init__(cause, subject=shown(subject), next_step=_NEXT_STEP.get(trouble, ""))
        self.trouble = trouble
        self.status = status


def error_of_status(status: int, subject: str, said: str = "") -> HttpError:
    """For an answer other than success; ``said`` is the server's reason, in short."""
    trouble = _STATUS.get(
        status, "busy" if status == 429 else "server" if status > 499 else "other"
    )
    cause = f"the server answered {status}" + (f": {said}" if said else "")
    return HttpError(cause, subject=subject, trouble=trouble, status=status)


def error_of_connection(error: BaseException, subject: str) -> HttpError:
    """For an exchange that broke, in the system's words and not in the library's."""
    cause = getattr(error, "os_error", error)
    if isinstance(cause, TimeoutError):
        return HttpError("it took too long", subject=subject, trouble="timeout")
    if isinstance(cause, ssl.SSLCertVerificationError):
        why = f"its certificate is not trusted: {cause.verify_message}"
        return HttpError(why, subject=subject, trouble="tls")
    if isinstance(cause, ssl.SSLError):
        why = f"TLS failed: {cause.reason or 'no common ground'}"
        return HttpError(why, subject=subject, trouble="tls")
    return HttpError(_why(cause), subject=subject, trouble="network")


def _why(cause: BaseException) -> str:
    if isinstance(cause, OSError) and (cause.errno or 0) > 0:
        return os.strerror(cause.errno or 0)
    if isinstance(cause, aiohttp.InvalidURL):
        return "is no URL that can be asked"
    return getattr(cause, "strerror", None) or str(cause) or "the connection broke"
