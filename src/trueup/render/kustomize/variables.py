"""``vars``, the legacy substitution: ``$(NAME)`` in known fields becomes a value of an object."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import partial

from trueup.errors import RenderError
from trueup.render.kustomize.fieldpaths import lookup, split_field_path
from trueup.render.kustomize.fieldspecs import FieldSpec, set_fields
from trueup.render.kustomize.identity import Gvk, ResId
from trueup.render.kustomize.kustomization import FieldReference, Variable
from trueup.render.kustomize.nodes import (
    BOOL,
    FLOAT,
    INT,
    UNTYPED,
    Node,
    Plain,
    is_null,
    is_scalar,
    plain,
    text_of,
)
from trueup.render.kustomize.resmap import ResMap
from trueup.render.kustomize.ties import follow_all

_REFERENCE = re.compile(r"\$(\$|\(([^)]*)\))", re.DOTALL)
Variables = dict[str, Variable]


def merge_variables(known: Variables, more: Iterable[Variable]) -> Variables:
    """Both together; RenderError for a name that both define."""
    merged = dict(known)
    for variable in more:
        if variable.name in merged:
            raise RenderError(
                f"var {variable.name} is defined twice", next_step="rename one of them"
            )
        merged[variable.name] = variable
    return merged


def claim_variables(resources: ResMap, variables: Iterable[Variable]) -> None:
    """Notes on each resource which variables take their value from it."""
    for variable in variables:
        wanted = _id_of(variable)
        found = resources.with_any_id(partial(_is_meant, wanted=wanted))
        if len(found) > 1:
            raise RenderError(
                f"{len(found)} resources match var {variable.name}",
                next_step="give its objref a namespace",
            )
        for resource in found:
            resource.variables.append(variable.name)


def _id_of(variable: Variable) -> ResId:
    objref = variable.objref
    gvk = Gvk(objref.group, objref.version, objref.kind)
    if objref.api_version:
        of = Gvk.of(objref.api_version, objref.kind)
        gvk = replace_group(gvk, of) if "/" not in objref.api_version else of
    return ResId(gvk, objref.name, objref.namespace)


def replace_group(gvk: Gvk, of: Gvk) -> Gvk:
    return gvk._replace(version=of.version)


def _is_meant(known: ResId, wanted: ResId) -> bool:
    if wanted.namespace:
        return known.key == wanted.key
    return (known.gvk, known.name) == (wanted.gvk, wanted.name)


def resolve_variables(resources: ResMap, variables: Variables, specs: Iterable[FieldSpec]) -> None:
    """Puts the values of ``variables`` in the fields that ``specs`` lead to."""
    if not variables:
        return
    specs = tuple(specs)
    values = {name: _value(resources, variables[name]) for name in sorted(variables)}
    for resource in resources:
        set_fields(resource, specs, lambda node: _expanded(node, values))
        follow_all(resource.ties)


def _value(resources: ResMap, variable: Variable) -> Node:
    path = (variable.fieldref or FieldReference()).fieldpath or "metadata.name"
    for resource in resources:
        if variable.name in resource.variables:
            parts = tuple(
                index.group(1) if (index := re.fullmatch(r"\[(\d+)\]", part)) else part
                for part in _with_indexes(path)
            )
            found = lookup(resource.body, parts)
            if found is None:
                raise RenderError(
                    f"field {path} of var {variable.name} is missing", subject=str(resource.id)
                )
            if not is_scalar(found):
                raise RenderError(f"var {variable.name} is not a string, number or boolean")
            return found
    raise RenderError(
        f"var {variable.name} names no resource of the build", next_step="correct its objref"
    )


def _with_indexes(path: str) -> Iterable[str]:
    """``a.b[0]`` as ``a``, ``b``, ``[0]``."""
    for part in split_field_path(path):
        if "=" in part:
            yield part
        else:
            yield from filter(None, re.split(r"(\[\d+\])", part))


def _expanded(node: Node, values: Mapping[str, Node]) -> Node:
    if is_null(node):
        return node
    if isinstance(node, dict):
        for key, item in node.items():
            if is_scalar(item):
                node[key] = _expand_text(item, values)
        return node
    if isinstance(node, list):
        return [_expand_text(item, values) if is_scalar(item) else item for item in node]
    return _expand_text(node, values)


def _expand_text(node: Node, values: Mapping[str, Node]) -> Node:
    if not isinstance(node, str):
        return node
    text = text_of(node)
    if "$(" not in text:
        return text
    whole = re.fullmatch(r"\$\(([^)]*)\)", text, re.DOTALL)
    if whole and whole[1] in values:
        return _typed(values[whole[1]])

    def expand(found: re.Match[str]) -> str:
        if found[1] == "$":
            return "$"
        name = found[2]
        return text_of(values[name]) if name in values else found[0]

    return _REFERENCE.sub(expand, text)


def _typed(value: Node) -> Node:
    if type(value) is Plain and value.tag in (INT, FLOAT, BOOL):
        return value
    if type(value) is Plain and value.tag == UNTYPED:
        return plain(value.text)
    return text_of(value)
