"""Where a resource comes from and what changed it: ``buildMetadata``'s annotations."""

from __future__ import annotations

import posixpath
from typing import Any

from trueup.objects import Manifest, yaml
from trueup.render.kustomize.resmap import ResMap
from trueup.render.kustomize.resource import ORIGIN, TRANSFORMATIONS, Resource

REQUESTS = {"originAnnotations": ORIGIN, "transformerAnnotations": TRANSFORMATIONS}
"""An entry of ``buildMetadata`` -> the annotation that it keeps in the output."""


def joined(folder: str, path: str) -> str:
    """``path`` seen from where the build began; ``folder`` is where the path is relative to."""
    return posixpath.normpath(posixpath.join(folder, path))


def of_file(path: str) -> str:
    """The origin of what is read from ``path``."""
    return yaml.dump({"path": path})


def of_field(kustomization: str, kind: str) -> str:
    """The origin of what a field of the file ``kustomization`` makes or changes."""
    return _configured(kustomization, {"apiVersion": "builtin", "kind": kind})


def of_plugin(config: Resource) -> str | None:
    """The origin of what the plugin configured by ``config`` makes or changes."""
    origin = config.note(ORIGIN)
    if origin is None:
        return None
    config_path = (yaml.load(origin) or {}).get("path", "")
    gvk = config.gvk
    by = {
        "apiVersion": gvk.api_version,
        "kind": gvk.kind,
        "name": config.name,
        "namespace": config.namespace,
    }
    return _configured(config_path, {key: value for key, value in by.items() if value})


def note_change(resources: ResMap, origin: str) -> None:
    """Notes a change by ``origin`` on all of ``resources``; for new ones it is where they began."""
    for resource in resources:
        if not resource.body:
            continue
        if resource.note(ORIGIN) is None:
            resource.annotate(ORIGIN, origin)
        else:
            entry = "- " + origin.rstrip("\n").replace("\n", "\n  ") + "\n"
            resource.annotate(TRANSFORMATIONS, (resource.note(TRANSFORMATIONS) or "") + entry)


def take_origin(manifest: Manifest) -> str:
    """Takes the note of its origin off a built object: the file, or the one that made it."""
    annotations = manifest.get("metadata", {}).get("annotations", {})
    noted = yaml.load(annotations.pop(ORIGIN, "{}"))
    if not annotations:
        manifest.get("metadata", {}).pop("annotations", None)
    return str(noted.get("path") or noted.get("configuredIn") or "")


def _configured(path: str, by: dict[str, Any]) -> str:
    return yaml.dump({"configuredIn": path, "configuredBy": by})
