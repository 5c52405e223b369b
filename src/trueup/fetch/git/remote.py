"""One remote repository as one caller sees it: where it is, and as whom to ask."""

from __future__ import annotations

from dataclasses import dataclass, field

from trueup.fetch.git.credentials import Credentials, Proxy
from trueup.fetch.git.remote_url import RemoteUrl

DEFAULT_TIMEOUT = 60.0
"""Seconds for one operation, as ``spec.timeout`` of a GitRepository defaults to."""


@dataclass(frozen=True, slots=True)
class Remote:
    """Where to fetch from, as whom, through what, and for how long to try."""

    url: RemoteUrl
    credentials: Credentials = field(default_factory=Credentials)
    proxy: Proxy | None = None
    timeout: float = DEFAULT_TIMEOUT

    @classmethod
    def at(
        cls,
        url: str,
        credentials: Credentials | None = None,
        *,
        proxy: Proxy | None = None,
        timeout: float = DEFAULT_TIMEOUT,
    ) -> Remote:
        """The remote at ``url``; a user and password in it count unless ``credentials`` are given.

        Raises InputError for a URL that cannot name a repository.
        """
        found = credentials if credentials is not None else Credentials.from_url(url)
        return cls(RemoteUrl.parse(url), found, proxy, timeout)
