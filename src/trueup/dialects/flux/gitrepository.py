"""GitRepository (source.toolkit.fluxcd.io/v1): its fields as a value. Status: gitstatus."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from trueup.errors import InputError
from trueup.objects import ObjectRef
from trueup.report.times import seconds_of

VERIFY_MODES = ("HEAD", "Tag", "TagAndHEAD")
GENERIC = "generic"
"""The provider that takes its credentials from a Secret."""


@dataclass(frozen=True, slots=True)
class Verify:
    """Which of the fetched objects must be signed, and the Secret with the trusted keys."""

    mode: str
    secret: str

    @property
    def commit(self) -> bool:
        return self.mode in ("HEAD", "TagAndHEAD")

    @property
    def tag(self) -> bool:
        return self.mode in ("Tag", "TagAndHEAD")


@dataclass(frozen=True, slots=True)
class Include:
    """Another GitRepository whose files are laid into this one's tree."""

    repository: str
    from_path: str = ""
    to_path: str = ""
    """Empty: the repository's name."""

    @classmethod
    def of(cls, item: Mapping[str, Any]) -> Include:
        name = (item.get("repository") or {}).get("name", "")
        return cls(name, item.get("fromPath") or "", item.get("toPath") or "")

    @property
    def spec(self) -> dict[str, Any]:
        """As it is written in the resource."""
        paths = {"fromPath": self.from_path, "toPath": self.to_path}
        return {
            "repository": {"name": self.repository},
            **{name: path for name, path in paths.items() if path},
        }


@dataclass(frozen=True, slots=True)
class GitSource:
    """What a GitRepository asks for. Times are in seconds."""

    ref: ObjectRef
    url: str
    reference: Mapping[str, str]
    interval: float
    timeout: float
    provider: str = GENERIC
    secret: str = ""
    proxy_secret: str = ""
    ignore: str | None = None
    directories: tuple[str, ...] = ()
    """``sparseCheckout``: if any, only these are in the tree."""
    submodules: bool = False
    verify: Verify | None = None
    include: tuple[Include, ...] = ()
    suspended: bool = False

    @property
    def secrets(self) -> tuple[str, ...]:
        """Names of the Secrets that the source reads, in its own namespace."""
        verified_with = self.verify.secret if self.verify else ""
        return tuple(filter(None, (self.secret, self.proxy_secret, verified_with)))


def git_source(resource: Mapping[str, Any]) -> GitSource:
    """The resource's spec as a value; InputError names the field that is wrong."""
    ref = ObjectRef.of(resource)
    spec = resource.get("spec") or {}
    subject = str(ref)
    if not spec.get("url"):
        raise InputError("spec.url is missing", subject=subject)
    return GitSource(
        ref=ref,
        url=spec["url"],
        reference=spec.get("ref") or {},
        interval=seconds_of(spec.get("interval") or "1m", f"{subject}: spec.interval"),
        timeout=seconds_of(spec.get("timeout") or "60s", f"{subject}: spec.timeout"),
        provider=spec.get("provider") or GENERIC,
        secret=(spec.get("secretRef") or {}).get("name", ""),
        proxy_secret=(spec.get("proxySecretRef") or {}).get("name", ""),
        ignore=spec.get("ignore"),
        directories=tuple(spec.get("sparseCheckout") or ()),
        submodules=bool(spec.get("recurseSubmodules")),
        verify=_verify(spec.get("verify")),
        include=tuple(Include.of(item) for item in spec.get("include") or ()),
        suspended=bool(spec.get("suspend")),
    )


def _verify(spec: Mapping[str, Any] | None) -> Verify | None:
    if not spec:
        return None
    mode = "HEAD" if spec.get("mode") in (None, "", "head") else str(spec["mode"])
    if mode not in VERIFY_MODES:
        raise InputError(f"spec.verify.mode {mode!r} is unknown", next_step="use HEAD or Tag")
    return Verify(mode, (spec.get("secretRef") or {}).get("name", ""))
