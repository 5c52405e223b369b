"""``spec.postBuild`` of a Flux Kustomization: variables in rendered objects.

By the rules of fluxcd/pkg/kustomize: each object is filled as YAML text and read again, so a value
can become a number, a boolean or a whole mapping, and floats lose what a float cannot hold.
"""

from __future__ import annotations

import base64
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final, TypeAlias

from trueup.dialects.flux.names import DISABLED, SUBSTITUTE
from trueup.errors import InputError, SubstitutionError, TrueupError
from trueup.objects import Manifest, manifest, yaml
from trueup.objects.yaml.documents import read_documents
from trueup.objects.yaml.scalars import as_floats
from trueup.render.kustomize.decoding import decode
from trueup.render.substitute import expand

Lookup: TypeAlias = Callable[[str, str, str], Mapping[str, Any] | None]
"""(kind, namespace, name) -> the ConfigMap or Secret, or None if there is none."""

_NAME: Final = re.compile(r"[_a-zA-Z][_a-zA-Z0-9]*")


@dataclass
class SubstituteReference:
    """An entry of ``spec.postBuild.substituteFrom``."""

    kind: str = ""
    name: str = ""
    optional: bool = False


@dataclass
class PostBuild:
    """``spec.postBuild``: where variables come from, and when objects are filled."""

    substitute: dict[str, str] = field(default_factory=dict)
    substitute_from: list[SubstituteReference] = field(default_factory=list)
    substitute_strategy: str = ""

    @property
    def always(self) -> bool:
        """Whether objects are filled though there is no variable."""
        return self.substitute_strategy == "Always"


def post_build(kustomization: Mapping[str, Any]) -> PostBuild | None:
    """``spec.postBuild``, or None if there is none; RenderError for a field of another type."""
    found = (kustomization.get("spec") or {}).get("postBuild")
    return None if found is None else decode(PostBuild, found, "spec.postBuild", strict=False)


def load_variables(post: PostBuild, namespace: str, lookup: Lookup | None) -> dict[str, str]:
    """The variables, later ones over earlier ones and those of ``substitute`` over all.

    Without ``lookup`` there is no cluster, and ``substituteFrom`` counts for nothing. Raises
    SubstitutionError for a ConfigMap or Secret that is missing and not optional.
    """
    found: dict[str, str] = {}
    for reference in post.substitute_from if lookup else ():
        assert lookup is not None
        found |= _referenced(reference, namespace, lookup)
    return found | {name: _one_line(value) for name, value in post.substitute.items()}


def _referenced(reference: SubstituteReference, namespace: str, lookup: Lookup) -> dict[str, str]:
    if reference.kind not in ("ConfigMap", "Secret"):
        return {}
    obj = lookup(reference.kind, namespace, reference.name)
    if obj is None:
        if reference.optional:
            return {}
        raise SubstitutionError(
            "not found",
            subject=f"substitute from {reference.kind}/{reference.name}",
            next_step=f"create it in namespace {namespace}, or mark it optional",
        )
    data: Mapping[str, str] = obj.get("data") or {}
    if reference.kind == "ConfigMap":
        return {name: _one_line(value) for name, value in data.items()}
    return {name: _one_line(_decoded(value, reference)) for name, value in data.items()}


def _decoded(value: str, reference: SubstituteReference) -> str:
    try:
        return base64.b64decode(value, validate=True).decode("utf-8", "replace")
    except ValueError as error:
        raise SubstitutionError("data is not base64", subject=f"Secret/{reference.name}") from error


def _one_line(value: str) -> str:
    return value.replace("\n", "")


def is_substituted(obj: Mapping[str, Any]) -> bool:
    """Whether variables in ``obj`` are filled; a label or an annotation can say no."""
    return DISABLED not in (
        manifest.labels(obj).get(SUBSTITUTE),
        manifest.annotations(obj).get(SUBSTITUTE),
    )


def substitute(
    objects: Sequence[Manifest],
    variables: Mapping[str, str],
    *,
    strict: bool,
    always: bool = False,
) -> list[Manifest]:
    """``objects`` with ``variables`` filled in; without any variable only if ``always``.

    ``strict`` refuses a variable that is not set and has no default. Raises SubstitutionError,
    or YamlError where the filled text is not YAML, with the object as subject.
    """
    if not variables and not always:
        return list(objects)
    bad = next((name for name in variables if not _NAME.fullmatch(name)), None)
    result = list(objects)
    identities = Counter(map(_identity, objects))
    for index, obj in enumerate(objects):
        if not is_substituted(obj):
            continue
        if bad is not None:
            raise SubstitutionError(
                f"'{bad}' var name is invalid, must match '^{_NAME.pattern}$'",
                next_step="rename the variable",
            )
        filled = result[index] = _filled(obj, variables, strict)
        identities[_identity(obj)] -= 1
        identities[_identity(filled)] += 1
        if identities[_identity(filled)] > 1:
            raise SubstitutionError(
                "another object has the same identity once filled",
                subject=_name(filled),
                next_step="give the objects different names",
            )
    return result


def _filled(obj: Manifest, variables: Mapping[str, str], strict: bool) -> Manifest:
    try:
        text = expand(yaml.dump(obj, sort_keys=True), variables, strict=strict)
        found = next(islice(read_documents(text, duplicates="last"), 1), None)
    except TrueupError as error:
        error.subject = ": ".join(part for part in (_name(obj), error.subject) if part)
        raise
    if not isinstance(found, dict):
        raise SubstitutionError("is no longer an object once filled", subject=_name(obj))
    filled: Manifest = as_floats(found)
    return filled


def _identity(obj: Mapping[str, Any]) -> tuple[Any, ...]:
    meta = obj.get("metadata") or {}
    namespace = meta.get("namespace") or "default"
    return obj.get("apiVersion"), obj.get("kind"), namespace, meta.get("name")


def _name(obj: Mapping[str, Any]) -> str:
    meta = obj.get("metadata") or {}
    return f"{obj.get('kind')}/{meta.get('name')}"


def cluster_lookup(objects: Sequence[Mapping[str, Any]]) -> Lookup:
    """A lookup in ``objects``, taken for the whole cluster."""
    index: dict[tuple[str, str, str], Mapping[str, Any]] = {}
    for obj in objects:
        meta = obj.get("metadata")
        if not isinstance(meta, Mapping):
            raise InputError("object has no metadata", subject=str(obj.get("kind")))
        key = (str(obj.get("kind")), str(meta.get("namespace") or ""), str(meta.get("name")))
        index[key] = obj
    return lambda kind, namespace, name: index.get((kind, namespace, name))
