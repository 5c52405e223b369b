"""Volumes of sorts that are gone, or nearly so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from trueup.controlplane.validation.warnings.claims import claim_spec

_SORTS = {
    "photonPersistentDisk": "deprecated in v1.11, non-functional in v1.16+",
    "gitRepo": "deprecated in v1.11, and disabled by default in v1.33+",
    "scaleIO": "deprecated in v1.16, non-functional in v1.22+",
    "flocker": "deprecated in v1.22, non-functional in v1.25+",
    "storageos": "deprecated in v1.22, non-functional in v1.25+",
    "quobyte": "deprecated in v1.22, non-functional in v1.25+",
    "glusterfs": "deprecated in v1.25, non-functional in v1.26+",
    "cephfs": "deprecated in v1.28, non-functional in v1.31+",
    "rbd": "deprecated in v1.28, non-functional in v1.31+",
}
_SHOWN = {"storageos": "storageOS"}


def volume_warnings(path: str, volumes: Sequence[Any]) -> Iterator[str]:
    for at, volume in enumerate(volumes):
        for name, text in _SORTS.items():
            if volume.get(name) is not None:
                yield f"{path}[{at}].{_SHOWN.get(name, name)}: {text}"
        template = (volume.get("ephemeral") or {}).get("volumeClaimTemplate")
        if template is not None:
            place = f"{path}[{at}].ephemeral.volumeClaimTemplate.spec"
            yield from claim_spec(place, template.get("spec") or {})
