"""``crds``: OpenAPI definitions that say which fields of custom resources hold names and labels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from trueup.errors import RenderError
from trueup.render.kustomize.configuration import Configuration
from trueup.render.kustomize.decoding import read_config
from trueup.render.kustomize.fieldspecs import FieldSpec
from trueup.render.kustomize.identity import Gvk
from trueup.render.kustomize.loader import Loader

_PREFIX = "x-kubernetes-"
_MAX_DEPTH = 50


def configuration_of_crds(loader: Loader, paths: list[str]) -> Configuration:
    """What the definitions in the files at ``paths`` add to the configuration."""
    found = Configuration()
    for path in paths:
        definitions = read_config(loader.read(path), loader.source(path))
        if not isinstance(definitions, dict):
            continue
        for name in definitions:
            if not isinstance(definitions[name], dict | None):
                raise RenderError(
                    f"{name} is no definition",
                    subject=loader.source(path),
                    next_step="list OpenAPI definitions under crds, and the CRDs under resources",
                )
            properties = _properties(definitions, name)
            if {"kind", "apiVersion", "metadata"} <= properties.keys():
                gvk = Gvk(kind=name.rpartition(".")[2])
                for path_, marks in _marked(definitions, name, ()):
                    found = found.merged(_configuration(gvk, path_, marks))
    return found


def _properties(definitions: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    definition = definitions.get(name)
    schema = (
        definition.get("Schema", definition.get("schema")) if isinstance(definition, dict) else None
    )
    properties = schema.get("properties") if isinstance(schema, dict) else None
    return properties if isinstance(properties, dict) else {}


def _marked(
    definitions: Mapping[str, Any], name: str, path: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], Mapping[str, Any]]]:
    """The properties below ``name``, with their paths."""
    if len(path) > _MAX_DEPTH:
        return
    for field, marks in _properties(definitions, name).items():
        if isinstance(marks, dict):
            yield (*path, field), marks
            if "$ref" in marks:
                yield from _marked(definitions, str(marks["$ref"]), (*path, field))


def _configuration(gvk: Gvk, path: tuple[str, ...], marks: Mapping[str, Any]) -> Configuration:
    spec = (FieldSpec(gvk, "/".join(path)),)
    found = Configuration(
        common_annotations=spec if _PREFIX + "annotation" in marks else (),
        common_labels=spec if _PREFIX + "label-selector" in marks else (),
        name_prefix=spec if _PREFIX + "identity" in marks else (),
    )
    version = marks.get(_PREFIX + "object-ref-api-version")
    kind = marks.get(_PREFIX + "object-ref-kind")
    if version is None or kind is None:
        return found
    name = str(marks.get(_PREFIX + "object-ref-name-key", "name"))
    referrer = FieldSpec(gvk, "/".join((*path, name)))
    return replace(found, name_reference={Gvk("", str(version), str(kind)): (referrer,)})
