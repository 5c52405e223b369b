"""Where a GitRepository is fetched from, and as whom: from its spec and Secrets to a Remote."""

from __future__ import annotations

from collections.abc import Mapping

from trueup.controllers.sources.obstacles import telling
from trueup.dialects.flux.gitrepository import GENERIC, GitSource
from trueup.dialects.flux.gitstatus import Obstacle
from trueup.dialects.flux.names import Reason
from trueup.fetch.git import Credentials, Proxy, Remote

Secrets = Mapping[str, Mapping[str, bytes]]
"""Decoded data by the Secret's name."""


def remote_of(source: GitSource, secrets: Secrets, *, allow_local: bool) -> Remote:
    """Raises Obstacle; ``secrets`` holds those that the source names."""
    check_source(source, allow_local=allow_local)
    proxy = None
    if source.proxy_secret:
        what = f"failed to configure proxy options from Secret {source.ref.namespace}/{source.proxy_secret}"
        with telling(what, Reason.AUTHENTICATION_FAILED):
            proxy = Proxy.from_secret(secrets[source.proxy_secret])
    credentials = _credentials(source, secrets[source.secret] if source.secret else {})
    return Remote.at(source.url, credentials, proxy=proxy, timeout=source.timeout)


def check_source(source: GitSource, *, allow_local: bool) -> None:
    """Refuses what only a change of the spec can help. Raises Obstacle, stalled.

    ``allow_local``: whether a source may name a path of this machine. Where several people may
    write sources it must not: it would show them what only this process may read.
    """
    if source.provider != GENERIC:
        raise Obstacle(
            f"provider '{source.provider}' is not supported; use 'generic' with a Secret",
            Reason.INVALID_PROVIDER_CONFIGURATION,
            stalled=True,
        )
    with telling("failed to parse url", Reason.URL_INVALID, stalled=True):
        remote = Remote.at(source.url)
    if remote.url.is_local and not allow_local:
        raise Obstacle(
            f"the local path '{source.url}' is refused, as it would be read with the "
            "controller's rights; use an https, http or ssh URL, or let the controller run "
            "with --allow-local-sources",
            Reason.URL_INVALID,
            stalled=True,
        )


def _credentials(source: GitSource, data: Mapping[str, bytes]) -> Credentials:
    if data.get("githubAppID"):
        name = f"{source.ref.namespace}/{source.secret}"
        raise Obstacle(
            f"secretRef '{name}' has github app data but provider is not set to github",
            Reason.INVALID_PROVIDER_CONFIGURATION,
        )
    with telling("failed to configure authentication options", Reason.AUTHENTICATION_FAILED):
        return Credentials.from_secret(source.url, data)
