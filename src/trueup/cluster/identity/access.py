"""What a provider gives: the way into a cluster, for a while."""

from __future__ import annotations

import base64
import re
import ssl
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from urllib.parse import urlsplit

from trueup.cluster.identity.account import Account
from trueup.cluster.identity.wanted import WorkloadIdentity
from trueup.errors import InputError, Unavailable

_TOKEN = re.compile(r"eyJ[\w-]{10,}\.[\w-]+(\.[\w-]*)?")


@dataclass(frozen=True, slots=True)
class Access:
    """Where a cluster is, and what opens it. ``ca`` is PEM; None: the authorities of this machine."""

    server: str
    ca: bytes | None
    token: str = field(repr=False)
    expires: datetime | None


class Provider(Protocol):
    """Knows one way from a ServiceAccount to a cluster."""

    async def access(self, wanted: WorkloadIdentity, account: Account | None) -> Access:
        """The way in as ``account``; None: as whoever Trueup itself is.

        Raises InputError for what ``wanted`` or the account's annotations say wrong, and
        Unauthorized or Unavailable where the token, or the cluster's address, is not to be had.
        """
        ...


def looked_up(cluster: str, address: object, authority: object) -> tuple[str, bytes]:
    """What the API of a cloud says, ``authority`` in base64; Unavailable where it says nothing yet."""
    if not (isinstance(address, str) and address and isinstance(authority, str) and authority):
        raise Unavailable(f"{cluster} has no address or no authority yet")
    return address, base64.b64decode(authority)


def said_of(error: Exception, token: str = "") -> str:
    """What a library says in ``error``, cut short, and without ``token`` should that be in it.

    Nor does any other token of the usual form come through.
    """
    text = ": ".join(map(str, error.args)) or type(error).__name__
    text = text.replace(token, "***") if token else text
    return _TOKEN.sub("***", text)[:300]


def server_of(address: str) -> str:
    """``https://host:port`` of what may be only a host; InputError if that cannot be."""
    try:
        url = urlsplit(address if "://" in address else f"https://{address}")
        scheme, host, port = url.scheme, url.hostname or "", url.port
    except ValueError:
        scheme, host, port = "", "", 0
    if scheme != "https" or not host or port == 0:
        raise InputError(
            f"its address {address!r} is no https address",
            next_step="write it like https://host:6443",
        )
    return f"https://{f'[{host}]' if ':' in host else host}:{port or 443}"


def authority_of(pem: str) -> bytes | None:
    """``pem`` as bytes, None if it is empty; InputError unless it holds certificates."""
    if not pem.strip():
        return None
    encoded = pem.encode("ascii", "ignore")  # beside the certificates there may be any text
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=encoded.decode())
    except (ssl.SSLError, ValueError) as error:
        raise InputError(
            "its ca.crt holds no certificate", next_step="write it in PEM, all lines of it"
        ) from error
    return encoded
