"""HTTP for what is fetched: chart repositories, and registries of OCI artifacts.

``HttpClient`` gets things, follows redirects without giving a credential to another server, and
says in ``HttpError`` what went wrong and what to do. ``body`` reads within a bound.
"""

from trueup.fetch.http.body import Content, read_body, spool_body
from trueup.fetch.http.client import HttpClient, basic, origin_of
from trueup.fetch.http.errors import HttpError, shown
from trueup.fetch.http.tls import Tls

__all__ = [
    "Content",
    "HttpClient",
    "HttpError",
    "Tls",
    "basic",
    "origin_of",
    "read_body",
    "shown",
    "spool_body",
]
