"""What a chart says of itself and of those it depends on: Chart.yaml, Chart.lock, and the older
requirements.yaml and requirements.lock."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from trueup.errors import InputError, YamlError
from trueup.objects import yaml
from trueup.tree import Tree

MAX_DEPENDENCIES = 500


@dataclass(frozen=True, slots=True)
class Dependency:
    """One entry of ``dependencies``; in a lock its version is exact."""

    name: str
    version: str = ""
    repository: str = ""
    condition: str = ""
    tags: tuple[str, ...] = ()
    enabled: bool = False
    import_values: tuple[Any, ...] = ()
    alias: str = ""

    def __str__(self) -> str:
        return f"dependency {self.name}"


@dataclass(frozen=True, slots=True)
class Lock:
    """The versions that dependencies were resolved to, and a digest of what was asked for."""

    digest: str
    dependencies: tuple[Dependency, ...] | None
    file: str
    """Its name."""


@dataclass(frozen=True, slots=True)
class ChartFile:
    """``dependencies`` is None where none are listed at all."""

    name: str
    version: str
    api_version: str
    dependencies: tuple[Dependency, ...] | None
    lock: Lock | None = None

    @property
    def is_old(self) -> bool:
        """Whether dependencies are listed in requirements.yaml."""
        return self.api_version == "v1"


def read_chart(tree: Tree, path: str) -> ChartFile:
    """The chart in the folder ``path``; InputError where there is none or its files are wrong."""
    about = _document(tree, path, "Chart.yaml")
    if about is None:
        raise InputError(
            "there is no Chart.yaml", subject=path or ".", next_step="name the folder of a chart"
        )
    name = _text(about, "name")
    if "/" in name or name in (".", ".."):
        raise InputError(f"chart.metadata.name {name!r} is invalid", subject=path or ".")
    listed = _document(tree, path, "requirements.yaml") or about
    return ChartFile(
        name,
        _text(about, "version"),
        _text(about, "apiVersion") or "v1",
        _dependencies(listed, path),
        _lock(tree, path),
    )


def _lock(tree: Tree, path: str) -> Lock | None:
    """Of two, Helm takes the one that it reads later."""
    for name in ("requirements.lock", "Chart.lock"):
        document = _document(tree, path, name)
        if document is not None:
            return Lock(_text(document, "digest"), _dependencies(document, path), name)
    return None


def _document(tree: Tree, path: str, name: str) -> Mapping[str, Any] | None:
    file = f"{path}/{name}".lstrip("/")
    if not tree.is_file(file):
        return None
    document = yaml.load(tree.read(file), file) or {}
    if not isinstance(document, dict):
        raise YamlError("is no map", subject=file)
    return document


def _dependencies(document: Mapping[str, Any], path: str) -> tuple[Dependency, ...] | None:
    listed = document.get("dependencies")
    if listed is None:
        return None
    if not isinstance(listed, list) or not all(isinstance(item, dict) for item in listed):
        raise InputError("dependencies is no list of maps", subject=path or ".")
    if len(listed) > MAX_DEPENDENCIES:
        raise InputError(f"more than {MAX_DEPENDENCIES} dependencies", subject=path or ".")
    return tuple(map(_dependency, listed))


def _dependency(given: Mapping[str, Any]) -> Dependency:
    """To Go the case of a field's name is all one."""
    item = {str(key).lower(): value for key, value in given.items()}
    return Dependency(
        name=_text(item, "name"),
        version=_text(item, "version"),
        repository=_text(item, "repository"),
        condition=_text(item, "condition"),
        tags=tuple(map(_scalar, _list(item, "tags"))),
        enabled=item.get("enabled") is True,
        import_values=_list(item, "import-values"),
        alias=str(item.get("alias") or ""),
    )


def _text(document: Mapping[str, Any], key: str) -> str:
    return _scalar(document.get(key))


def _list(document: Mapping[str, Any], key: str) -> tuple[Any, ...]:
    value = document.get(key)
    if value is not None and not isinstance(value, list):
        raise InputError(f"{key} is no list", subject=f"dependency {_text(document, 'name')}")
    return tuple(value or ())


def _scalar(value: Any) -> str:
    """Helm takes scalars of other types for text: ``version: 1.2``."""
    if value is None or isinstance(value, dict | list):
        return ""
    return _clean(str(value).lower() if isinstance(value, bool) else str(value))


def _clean(text: str) -> str:
    return "".join(_cleaned(text))


def _cleaned(text: str) -> Iterator[str]:
    """Space of any kind as a blank, and nothing that cannot be printed."""
    for character in text:
        if character.isspace():
            yield " "
        elif character.isprintable():
            yield character
