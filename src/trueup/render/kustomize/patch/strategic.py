"""Strategic merge as kustomize does it (kyaml's merge2), which is not quite kubectl's.

Lists with merge keys merge by element, with the patch's elements first; other lists are replaced.
A null in the patch removes the field. An empty value (``field:``) in the object itself is removed
wherever the merge passes, an explicit ``null`` stays. A patch of another type than the value that
it meets (a string over a mapping) is an error.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

from trueup.errors import RenderError
from trueup.render.kustomize.identity import Gvk
from trueup.render.kustomize.nodes import (
    UNTYPED,
    Node,
    Plain,
    is_null,
    is_scalar,
    kind_of,
    restyled,
    text_of,
)
from trueup.render.kustomize.patch.elements import (
    delete_element,
    find_element,
    prepend,
    put_element,
    relevant_keys,
    values_of,
)
from trueup.render.kustomize.patch.merge_keys import BUILT_IN, MergeField, MergeType

Directive = Literal["merge", "replace", "delete"]


def merge(
    dest: dict[str, Node], patch: dict[str, Node], kinds: Mapping[Gvk, MergeType] = BUILT_IN
) -> dict[str, Node] | None:
    """``dest`` changed by ``patch``; None if the patch deletes it.

    ``dest`` is changed in place and ``patch`` is used up: parts of it become parts of the result.
    RenderError where the patch does not fit. ``$patch: replace`` at the top does nothing, which is
    what kustomize does with it.
    """
    merged = _Merge(kinds).walk(dest, patch, None, ())
    return None if merged is None else dest


class _Merge:
    def __init__(self, kinds: Mapping[Gvk, MergeType]) -> None:
        self._kinds = kinds

    def walk(
        self, dest: Node, patch: Node, schema: MergeField | None, path: tuple[str, ...]
    ) -> Node:
        """What ``dest`` becomes; None if it is removed."""
        first = patch if is_null(dest) else dest
        if is_null(first):
            return self._map(dest, patch, schema, path)
        kind = kind_of(first)
        if not is_null(patch) and kind_of(patch) != kind:
            raise RenderError(
                f"the patch has a {kind_of(patch)} at {'.'.join(path) or 'the top'} "
                f"where the object has a {kind}",
                next_step="give the patch the type that the object has",
            )
        if kind == "mapping":
            schema = schema or self._type_by_kind(dest) or self._type_by_kind(patch)
            return self._map(dest, patch, schema, path)
        if kind == "list" and schema is not None and schema.is_merged:
            return self._associative_list(dest, patch, schema, path)
        return dest if patch is None else patch

    def _type_by_kind(self, node: Node) -> MergeField | None:
        if not isinstance(node, dict):
            return None
        api_version, kind = text_of(node.get("apiVersion")), text_of(node.get("kind"))
        found = self._kinds.get(Gvk.of(api_version, kind)) if api_version and kind else None
        return MergeField(type=found) if found else None

    def _map(
        self, dest: Node, patch: Node, schema: MergeField | None, path: tuple[str, ...]
    ) -> Node:
        result = self._visit_map(dest, patch)
        if not isinstance(result, dict):
            return result
        patch_fields = patch if isinstance(patch, dict) else {}
        type_ = schema.type if schema else None
        for name in dict.fromkeys((*result, *patch_fields)):
            merged = self.walk(
                result.get(name),
                patch_fields.get(name),
                type_(name) if type_ else None,
                (*path, name),
            )
            keeps_null = name in result and name not in patch_fields and text_of(result[name]) != ""
            if merged is None or (is_null(merged) and not keeps_null):
                result.pop(name, None)
            elif name in result and is_scalar(merged):
                result[name] = restyled(result[name], merged)
            else:
                result[name] = merged
        return result

    def _visit_map(self, dest: Node, patch: Node) -> Node:
        if is_null(dest):
            if isinstance(patch, dict | list) and take_directive(patch) == "delete":
                return None
            if patch is None and dest is not None and text_of(dest):
                return dest
            return patch
        if patch is not None and is_null(patch):
            return None
        match "merge" if patch is None else take_directive(patch):
            case "delete":
                return None
            case "replace":
                return patch
            case _:
                return dest

    def _associative_list(
        self, dest: Node, patch: Node, schema: MergeField, path: tuple[str, ...]
    ) -> Node:
        if is_null(dest):
            result = patch
        elif patch is not None and is_null(patch):
            return None
        else:
            directive = "merge" if patch is None else take_directive(patch)
            if directive == "delete":
                return None
            result = patch if directive == "replace" else dest
        sources = [result, patch]
        keys = schema.keys or ("",)
        wanted = values_of([patch, result], schema.keys)
        if not wanted:
            return result
        return self._merge_elements(sources, wanted, keys, MergeField(type=schema.type), path)

    def _merge_elements(
        self,
        sources: list[Node],
        wanted: list[tuple[str, ...]],
        keys: tuple[str, ...],
        schema: MergeField,
        path: tuple[str, ...],
    ) -> Node:
        dest: list[Node] = sources[0]
        merged: list[Node] = []
        used_keys = keys
        for values in wanted:
            used_keys, used_values = relevant_keys(wanted, values, keys)
            pair = [find_element(source, used_keys, used_values) for source in sources]
            item = self.walk(pair[0], pair[1], schema, path)
            if is_null(item) or item == {}:
                delete_element(dest, used_keys, used_values)
                continue
            if isinstance(item, dict):
                for key, value in zip(used_keys, used_values, strict=False):
                    if value and key not in item:
                        item[key] = Plain(value, UNTYPED)
            put_element(merged, item, used_keys, used_values)
        return prepend(merged, dest, used_keys)


def take_directive(patch: Node) -> Directive:
    """What ``$patch`` in ``patch`` asks for; the directive itself is removed from it."""
    if isinstance(patch, list):
        return _list_directive(patch)
    if not isinstance(patch, dict) or is_null(patch.get("$patch")):
        return "merge"
    directive = _directive(text_of(patch["$patch"]))
    del patch["$patch"]
    return directive


def _list_directive(patch: list[Node]) -> Directive:
    holder = next((item for item in patch if isinstance(item, dict) and "$patch" in item), None)
    if holder is None or len(holder) > 1:
        return "merge"
    text = text_of(holder["$patch"])
    directive = _directive(text)
    delete_element(patch, ("$patch",), (text,))
    return directive


def _directive(text: str) -> Directive:
    found = next((known for known in get_args(Directive) if known == text), None)
    if found is None:
        raise RenderError(
            f"unknown $patch directive {text!r}", next_step="use delete, replace or merge"
        )
    directive: Directive = found
    return directive
