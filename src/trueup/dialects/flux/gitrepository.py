"""GitRepository (source.toolkit.fluxcd.io/v1): its fields as a value, and its status."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from trueup.dialects.flux.names import Condition, Reason
from trueup.errors import InputError
from trueup.flow import Artifact
from trueup.objects import Manifest, ObjectRef
from trueup.report.conditions import Condition as Cond
from trueup.report.times import seconds_of

VERIFY_MODES = ("HEAD", "Tag", "TagAndHEAD")


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
    from_path: str
    to_path: str


@dataclass(frozen=True, slots=True)
class GitSource:
    """What a GitRepository asks for. Times are in seconds."""

    ref: ObjectRef
    url: str
    reference: Mapping[str, str]
    interval: float
    timeout: float
    secret: str = ""
    proxy_secret: str = ""
    ignore: str | None = None
    directories: tuple[str, ...] = ()
    """``sparseCheckout``: if any, only these are in the tree."""
    submodules: bool = False
    verify: Verify | None = None
    include: tuple[Include, ...] = ()
    suspended: bool = False


def git_source(resource: Mapping[str, Any]) -> GitSource:
    """The resource's spec as a value; InputError names the field that is wrong."""
    ref = ObjectRef.of(resource)
    spec = resource.get("spec") or {}
    subject = str(ref)
    if not spec.get("url"):
        raise InputError("spec.url is missing", subject=subject)
    provider = spec.get("provider") or "generic"
    if provider != "generic":
        raise InputError(
            f"spec.provider {provider!r} is not supported",
            subject=subject,
            next_step="use 'generic' with a Secret",
        )
    return GitSource(
        ref=ref,
        url=spec["url"],
        reference=spec.get("ref") or {},
        interval=seconds_of(spec.get("interval") or "1m", f"{subject}: spec.interval"),
        timeout=seconds_of(spec.get("timeout") or "60s", f"{subject}: spec.timeout"),
        secret=(spec.get("secretRef") or {}).get("name", ""),
        proxy_secret=(spec.get("proxySecretRef") or {}).get("name", ""),
        ignore=spec.get("ignore"),
        directories=tuple(spec.get("sparseCheckout") or ()),
        submodules=bool(spec.get("recurseSubmodules")),
        verify=_verify(spec.get("verify")),
        include=tuple(_include(item) for item in spec.get("include") or ()),
        suspended=bool(spec.get("suspend")),
    )


def _verify(spec: Mapping[str, Any] | None) -> Verify | None:
    if not spec:
        return None
    mode = "HEAD" if spec.get("mode") in (None, "", "head") else str(spec["mode"])
    if mode not in VERIFY_MODES:
        raise InputError(f"spec.verify.mode {mode!r} is unknown", next_step="use HEAD or Tag")
    return Verify(mode, (spec.get("secretRef") or {}).get("name", ""))


def _include(item: Mapping[str, Any]) -> Include:
    name = (item.get("repository") or {}).get("name", "")
    return Include(name, item.get("fromPath") or "", item.get("toPath") or name)


def artifact_status(artifact: Artifact, *, now: str) -> Manifest:
    """``status.artifact``: Trueup hands trees over in process, so the URL only names them."""
    ref = artifact.source
    name = artifact.revision.rpartition(":")[2]
    path = f"{ref.kind.lower()}/{ref.namespace}/{ref.name}/{name}"
    return {
        "path": path,
        "url": f"trueup:///{path}",
        "revision": artifact.revision,
        "digest": artifact.digest,
        "lastUpdateTime": now,
    }


def observed(source: GitSource) -> Manifest:
    """The fields of the status that repeat what of the spec an artifact was made from."""
    status: Manifest = {}
    if source.ignore is not None:
        status["observedIgnore"] = source.ignore
    if source.submodules:
        status["observedRecurseSubmodules"] = True
    if source.directories:
        status["observedSparseCheckout"] = list(source.directories)
    if source.include:
        status["observedInclude"] = [
            {
                "repository": {"name": item.repository},
                "fromPath": item.from_path,
                "toPath": item.to_path,
            }
            for item in source.include
        ]
    if source.verify:
        status["sourceVerificationMode"] = source.verify.mode
    return status


OBSERVED_FIELDS = (
    "observedIgnore",
    "observedInclude",
    "observedRecurseSubmodules",
    "observedSparseCheckout",
    "sourceVerificationMode",
)


def stored(artifact: Artifact) -> list[Cond]:
    """The conditions of a source whose artifact is there."""
    message = f"stored artifact for revision '{artifact.revision}'"
    return [
        Cond(Condition.READY, "True", Reason.SUCCEEDED, message),
        Cond(Condition.ARTIFACT_IN_STORAGE, "True", Reason.SUCCEEDED, message),
    ]


def failed(reason: str, message: str, *, stalled: bool) -> list[Cond]:
    """The conditions of a source that cannot be fetched; ``stalled``: until its spec changes."""
    conditions = [
        Cond(Condition.FETCH_FAILED, "True", reason, message),
        Cond(Condition.READY, "False", reason, message),
    ]
    if stalled:
        return [*conditions, Cond(Condition.STALLED, "True", reason, message)]
    retry = Cond(Condition.RECONCILING, "True", Reason.PROGRESSING_WITH_RETRY, message)
    return [*conditions, retry]
