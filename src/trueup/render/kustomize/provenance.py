"""Where a resource comes from and what changed it: ``buildMetadata``'s annotations."""

from __future__ import annotations

import posixpath
from typing import Any, NamedTuple

from trueup.errors import YamlError
from trueup.objects import Manifest, yaml
from trueup.render.kustomize.remotes import parse_repository
from trueup.render.kustomize.resmap import ResMap
from trueup.render.kustomize.resource import ORIGIN, TRANSFORMATIONS, Resource

REQUESTS = {"originAnnotations": ORIGIN, "transformerAnnotations": TRANSFORMATIONS}
"""An entry of ``buildMetadata`` -> the annotation that it keeps in the output."""


class Place(NamedTuple):
    """A file or folder seen from where the build began, or from the root of a repository."""

    path: str = ""
    repo: str = ""
    ref: str = ""

    def joined(self, path: str) -> Place:
        """``path``, which is relative to here, or names a repository."""
        repository = parse_repository(path)
        if repository is None:
            return self._replace(path=posixpath.normpath(posixpath.join(self.path, path)))
        return Place(repository.path or _ROOT_OF_REPOSITORY, repository.url, repository.ref)

    @property
    def source(self) -> dict[str, str]:
        """Where the repository is, if it is another one."""
        return {key: value for key, value in (("repo", self.repo), ("ref", self.ref)) if value}


_ROOT_OF_REPOSITORY = "notCloned"
"""What kustomize calls it."""

HERE = Place()


def of_file(place: Place) -> str:
    """The origin of what is read from ``place``."""
    return yaml.dump({"path": place.path, **place.source})


def of_field(kustomization: Place, kind: str) -> str:
    """The origin of what a field of the file ``kustomization`` makes or changes."""
    return _configured(kustomization, {"apiVersion": "builtin", "kind": kind})


def of_plugin(config: Resource) -> str | None:
    """The origin of what the plugin configured by ``config`` makes or changes."""
    origin = config.note(ORIGIN)
    if origin is None:
        return None
    noted = _read(origin)
    config_place = Place(*(str(noted.get(key, "")) for key in Place._fields))
    gvk = config.gvk
    by = {
        "apiVersion": gvk.api_version,
        "kind": gvk.kind,
        "name": config.name,
        "namespace": config.namespace,
    }
    return _configured(config_place, {key: value for key, value in by.items() if value})


def note_change(resources: ResMap, origin: str) -> None:
    """Notes a change by ``origin`` on all of ``resources``; for new ones it is where they began."""
    for resource in resources:
        if not resource.body:
            continue
        if resource.note(ORIGIN) is None:
            resource.annotate(ORIGIN, origin)
        else:
            entry = "- " + origin.rstrip("\n").replace("\n", "\n  ") + "\n"
            before = resource.note(TRANSFORMATIONS) or ""
            if before and not before.endswith("\n"):  # the user's own
                before += "\n"
            resource.annotate(TRANSFORMATIONS, before + entry)


def take_origin(manifest: Manifest) -> str:
    """Takes the note of its origin off a built object: the file, or the one that made it."""
    annotations = manifest.get("metadata", {}).get("annotations", {})
    noted = _read(annotations.pop(ORIGIN, ""))
    if not annotations:
        manifest.get("metadata", {}).pop("annotations", None)
    return str(noted.get("path") or noted.get("configuredIn") or "")


def _read(origin: str) -> dict[str, Any]:
    """What ``origin`` says; nothing if it is a user's own text."""
    try:
        noted = yaml.load(origin)
    except YamlError:
        return {}
    return noted if isinstance(noted, dict) else {}


def _configured(place: Place, by: dict[str, Any]) -> str:
    return yaml.dump({**place.source, "configuredIn": place.path, "configuredBy": by})
