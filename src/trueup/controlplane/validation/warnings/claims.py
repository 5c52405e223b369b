"""Persistent volume claims, and their templates."""

from __future__ import annotations

from collections.abc import Iterator

from trueup.controlplane.validation.warnings.quantities import fractions
from trueup.objects import Manifest

_CLASS = "volume.beta.kubernetes.io/storage-class"


def claim(obj: Manifest, _old: Manifest | None) -> Iterator[str]:
    if _CLASS in (obj["metadata"].get("annotations") or {}):
        yield (
            f"metadata.annotations[{_CLASS}]: deprecated since v1.8;"
            ' use "storageClassName" attribute instead'
        )
    yield from claim_spec("spec", obj["spec"])


def claim_spec(path: str, spec: Manifest) -> Iterator[str]:
    resources = spec.get("resources") or {}
    for name in ("requests", "limits"):
        yield from fractions(f"{path}.resources.{name}", resources.get(name), "storage")
