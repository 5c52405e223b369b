"""The kustomization file of a Flux Kustomization's path: found or made, and completed.

By the rules of fluxcd/pkg/kustomize's Generator. A path without a kustomization file gets one
that lists every manifest below it; then the fields of ``spec`` are laid over it, and the result
is laid over the tree. The source itself is never changed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from trueup.dialects.flux import typed
from trueup.errors import RenderError, TreeError
from trueup.fetch.ignore import IgnoreRules, load, parse, with_defaults
from trueup.objects import yaml
from trueup.render.kustomize.decoding import decode, read_config
from trueup.render.kustomize.kustomization import (
    FILE_NAMES,
    KUSTOMIZATION,
    Image,
    Kustomization,
    Patch,
    Selector,
)
from trueup.render.kustomize.reading import read_objects
from trueup.tree import OverlayTree, Tree, clean_path

_PLACEHOLDER: Final = "_placeholder"
"""Namespace of a generated file that lists nothing; kustomize refuses an empty one."""

_REMOTE: Final = (
    "git::",
    "gh:",
    "ssh://",
    "https://",
    "http://",
    "git@",
    "github.com:",
    "github.com/",
)
_URL: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20\x7f]+")


@dataclass
class SpecPatch:
    """An entry of ``spec.patches``."""

    patch: str = ""
    target: Selector | None = None


@dataclass
class JsonPatch:
    """An entry of ``spec.patchesJson6902``."""

    patch: list[dict[str, Any]] | None = None
    target: Selector = field(default_factory=Selector)


@dataclass
class SpecFields:
    """The fields of a Kustomization's ``spec`` that become part of the kustomization file."""

    target_namespace: str | None = None
    name_prefix: str | None = None
    name_suffix: str | None = None
    patches: list[SpecPatch] = field(default_factory=list)
    components: list[str] = field(default_factory=list)
    ignore_missing_components: bool = False
    images: list[Image] = field(default_factory=list)
    build_metadata: list[str] = field(default_factory=list)


@dataclass
class _AllFields(SpecFields):
    """With those that the API no longer has, and the generator still reads."""

    patches_strategic_merge: list[dict[str, Any]] = field(default_factory=list)
    patches_json6902: list[JsonPatch] = field(default_factory=list)


def generate(tree: Tree, path: str, spec: Mapping[str, Any], *, ignore: str | None = None) -> Tree:
    """``tree`` with the kustomization file for ``path`` in place, ready to be built there.

    ``spec`` is a Flux Kustomization's. With ``ignore``, the ``.sourceignore`` files below ``path``
    count, the patterns in that text after them; without, nothing is left out. Raises TreeError
    for a path that is no directory, YamlError and RenderError for what Flux would refuse.
    """
    folder = tree.resolve(path)
    if folder is None or not tree.is_dir(folder):
        raise TreeError("no such directory", subject=path, next_step="correct spec.path")
    return _Generator(tree, folder, ignore).complete(spec)


class _Generator:
    def __init__(self, tree: Tree, folder: str, ignore: str | None) -> None:
        self._tree = tree
        self._folder = folder
        self._rules: IgnoreRules | None = None
        self._skips_manifests = False
        if ignore is not None:
            domain = clean_path(folder)
            patterns = [*load(tree, folder, domain), *parse(ignore, domain)]
            self._rules = with_defaults(patterns, domain)
            # Flux's own patterns alone do not keep a manifest from being looked at.
            self._skips_manifests = bool(patterns)

    def complete(self, spec: Mapping[str, Any]) -> Tree:
        file, found = self._find_or_list()
        self._leave_out_ignored(found)
        fields = decode(_AllFields, dict(spec), "spec", strict=False)
        _overlay(found, fields)
        found.components += [c for c in fields.components if self._is_wanted(c, fields)]
        text = yaml.dump({"apiVersion": "kustomize.config.k8s.io/v1beta1", **typed.plain(found)})
        return OverlayTree(self._tree, {self._in_folder(file): text})

    def _find_or_list(self) -> tuple[str, Kustomization]:
        for name in FILE_NAMES:
            path = self._in_folder(name)
            if self._tree.is_file(path):
                found = _read(self._tree.read(path), path)
                if not found.resources:
                    # Flux sees to it in this way that the file is not empty for kustomize.
                    found.build_metadata = ["originAnnotations"]
                return self._own_name(name), found
        manifests = [f"./{path}" for path in self._manifests("")]
        namespace = "" if manifests else _PLACEHOLDER
        listed = Kustomization(kind=KUSTOMIZATION, resources=manifests, namespace=namespace)
        return FILE_NAMES[0], listed

    def _own_name(self, name: str) -> str:
        """``name``, or what it is a link to, if that lies in the same folder."""
        target = self._tree.resolve(self._in_folder(name)) or ""
        folder, _, own = target.rpartition("/")
        return own if folder == self._folder else name

    def _manifests(self, below: str) -> list[str]:
        """Every manifest below the folder; a folder with a kustomization file stands for itself."""
        found: list[str] = []
        for entry in self._tree.entries(self._in_folder(below)):
            path = f"{below}/{entry.name}" if below else entry.name
            if entry.kind != "dir":
                if entry.name.endswith((".yaml", ".yml")) and self._is_manifest(path):
                    found.append(path)
            elif any(self._tree.is_file(self._in_folder(f"{path}/{n}")) for n in FILE_NAMES):
                found.append(path)
            else:
                found += self._manifests(path)
        return found

    def _is_manifest(self, path: str) -> bool:
        if self._skips_manifests and self._ignores(path, is_dir=False):
            return False
        full = self._in_folder(path)
        read_objects(self._tree.read(full), full)
        return True

    def _leave_out_ignored(self, found: Kustomization) -> None:
        if self._rules is not None:
            found.resources = [p for p in found.resources if _is_url(p) or self._is_kept(p)]
            found.components = [p for p in found.components if _is_url(p) or self._is_kept(p)]
            found.crds = [p for p in found.crds if self._is_kept(p)]

    def _is_kept(self, path: str) -> bool:
        kind = self._tree.kind(self._in_folder(path))
        if kind is None:
            raise RenderError(
                "no such file or directory",
                subject=self._in_folder(path),
                next_step="correct the path, or add it",
            )
        return not self._ignores(path, is_dir=kind == "dir")

    def _ignores(self, path: str, *, is_dir: bool) -> bool:
        assert self._rules is not None
        return self._rules.ignores(clean_path(self._in_folder(path)), is_dir)

    def _is_wanted(self, component: str, fields: SpecFields) -> bool:
        if not _is_local(component):
            raise RenderError(
                f"component path '{component}' must be local and relative",
                subject="spec.components",
            )
        return not fields.ignore_missing_components or self._exists(component)

    def _exists(self, path: str) -> bool:
        try:
            return self._tree.kind(self._in_folder(path)) is not None
        except TreeError:
            return False

    def _in_folder(self, path: str) -> str:
        return "/".join(part for part in (self._folder, path.lstrip("/")) if part)


def _read(content: bytes, source: str) -> Kustomization:
    found = typed.read(Kustomization, read_config(content, source), source)
    found.kind = found.kind or KUSTOMIZATION
    return found


def _overlay(found: Kustomization, fields: _AllFields) -> None:
    if fields.target_namespace is not None:
        found.namespace = fields.target_namespace
    if fields.name_prefix is not None:
        found.name_prefix = fields.name_prefix
    if fields.name_suffix is not None:
        found.name_suffix = fields.name_suffix
    found.patches += [Patch(patch=p.patch, target=p.target) for p in fields.patches]
    found.patches_strategic_merge += [json.dumps(p) for p in fields.patches_strategic_merge]
    found.patches_json6902 += [
        Patch(patch=json.dumps(p.patch), target=p.target) for p in fields.patches_json6902
    ]
    for image in fields.images:
        _overlay_image(found.images, image)
    found.build_metadata = fields.build_metadata or found.build_metadata


def _overlay_image(images: list[Image], image: Image) -> None:
    """Tag and digest choose a version together, so setting one clears the other."""
    known = next((known for known in images if known.name == image.name), None)
    if known is None:
        images.append(image)
        return
    known.new_name = image.new_name or known.new_name
    if image.new_tag or image.digest:
        known.new_tag, known.digest = image.new_tag, image.digest


def _is_local(path: str) -> bool:
    lower = path.lower()
    if any(lower.startswith(prefix) and len(prefix) < len(path) for prefix in _REMOTE):
        return False
    return not lower.removeprefix("file://").startswith("/") and not path.startswith("/")


def _is_url(path: str) -> bool:
    return _URL.fullmatch(path) is not None
