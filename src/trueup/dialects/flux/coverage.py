"""Which of Flux's resources Trueup does not serve yet, for those who hand a cluster over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from trueup.dialects.flux import names
from trueup.dialects.flux.gitrepository import GENERIC, git_source
from trueup.dialects.flux.kustomization import delivery_of
from trueup.errors import TrueupError
from trueup.objects import GroupVersionKind, Manifest, ObjectRef

NEEDING_FLUX: Final = (
    GroupVersionKind(names.HELM_GROUP, "v2", "HelmRelease"),
    GroupVersionKind(names.SOURCE_GROUP, "v1", "HelmRepository"),
    names.OCI_REPOSITORY,
    names.BUCKET,
    GroupVersionKind("notification.toolkit.fluxcd.io", "v1beta3", "Alert"),
    GroupVersionKind("source.extensions.fluxcd.io", "v1beta1", "ArtifactGenerator"),
)
"""Kinds that need Flux's sources, or the events that Flux's controllers send."""


def why_unserved(resource: Manifest) -> str:
    """Why Trueup would not keep this Kustomization or GitRepository true; empty if it would."""
    try:
        if resource["kind"] == names.GIT_REPOSITORY.kind:
            return _why_no_source(resource)
        source = delivery_of(resource).source
    except TrueupError as error:
        return str(error)
    return "" if source.kind == names.GIT_REPOSITORY.kind else f"its source is {_a(source.kind)}"


def _why_no_source(resource: Mapping[str, Any]) -> str:
    provider = git_source(resource).provider
    return "" if provider == GENERIC else f"provider '{provider}' is not supported"


def told(gvk: GroupVersionKind, found: Sequence[Manifest]) -> str:
    """A line about all objects of a kind that needs Flux."""
    first = ObjectRef.of(found[0])
    more = f", and {len(found) - 1} more" if len(found) > 1 else ""
    return f"{first}{more}: {gvk.kind} needs Flux"


def _a(kind: str) -> str:
    return f"an {kind}" if kind[0] in "AEIOU" else f"a {kind}"
