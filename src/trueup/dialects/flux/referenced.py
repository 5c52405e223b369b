"""Which files of a tree Flux decrypts before the build, and in which format each is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any, Final

from trueup.errors import InputError, TreeError
from trueup.objects import yaml
from trueup.render.kustomize.kustomization import FILE_NAMES
from trueup.render.sops import Format, format_of_path
from trueup.tree import Tree

_DOCKER_CONFIG: Final = ".dockerconfigjson"


def format_of(path: str) -> Format:
    return Format.JSON if path.endswith(_DOCKER_CONFIG) else format_of_path(path)


def referenced(tree: Tree, path: str) -> Iterator[tuple[str, Format]]:
    """Files of Secrets and patches, of the kustomization at ``path`` and of those it leads to."""
    visited: set[str] = set()
    todo = [path]
    while todo:
        folder = _folder(tree, todo.pop())
        if folder is None or folder in visited:
            continue
        visited.add(folder)
        found = _kustomization(tree, folder)
        for file, form in _files(found):
            yield _joined(folder, file), form
        below = [*_texts(found.get("resources")), *_texts(found.get("components"))]
        todo += [_joined(folder, each) for each in reversed(below) if not _is_remote(each)]


def _folder(tree: Tree, path: str) -> str | None:
    with suppress(TreeError):  # the build will complain
        found = tree.resolve(path)
        if found is not None and tree.is_dir(found):
            return found
    return None


def _kustomization(tree: Tree, folder: str) -> Mapping[str, Any]:
    """Empty where there is none, or none that can be read: the build will say so."""
    for name in FILE_NAMES:
        path = _joined(folder, name)
        if tree.is_file(path):
            with suppress(InputError):
                found = yaml.load(tree.read(path), path)
                return found if isinstance(found, dict) else {}
            return {}
    return {}


def _joined(folder: str, path: str) -> str:
    """The root is an empty name, and a path that begins with a slash would lead out of it."""
    return f"{folder}/{path}" if folder else path


def _files(found: Mapping[str, Any]) -> Iterator[tuple[str, Format]]:
    for generator in _mappings(found.get("secretGenerator")):
        for source in _texts(generator.get("files")):
            key, sign, path = source.partition("=")
            yield (path if sign else key), format_of(key)
        for path in _texts(generator.get("envs")):
            form = format_of(path)
            yield path, Format.DOTENV if form is Format.BINARY else form
    for patch in _mappings(found.get("patches")):
        file = patch.get("path")
        if isinstance(file, str) and file and not _is_remote(file):
            yield file, format_of(file)


def _mappings(value: Any) -> list[Mapping[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _texts(value: Any) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _is_remote(path: str) -> bool:
    return "://" in path or path.startswith("/")
