"""How a repository or registry of charts is asked, and by whom."""

from __future__ import annotations

from dataclasses import dataclass, field

from trueup.fetch.http import Tls


@dataclass(frozen=True, slots=True)
class Access:
    """``pass_credentials`` sends them also to other hosts that an index names."""

    username: str = ""
    password: str = field(default="", repr=False)
    pass_credentials: bool = False
    tls: Tls = field(default_factory=Tls)
    plain_http: bool = False
    """For registries: an ``oci://`` URL does not say."""
