"""``patches``, ``patchesStrategicMerge`` and ``patchesJson6902``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from trueup.errors import InputError, RenderError
from trueup.merge.jsonpatch import Operation
from trueup.objects.yaml.scalars import as_floats
from trueup.render.kustomize.identity import Gvk
from trueup.render.kustomize.kustomization import Patch, PatchArgs
from trueup.render.kustomize.loader import Loader
from trueup.render.kustomize.nodes import clone, from_value, go_float, to_value
from trueup.render.kustomize.patch import json6902, strategic
from trueup.render.kustomize.patch.merge_keys import MergeType
from trueup.render.kustomize.reading import read_objects
from trueup.render.kustomize.resmap import ResMap, merge_metadata
from trueup.render.kustomize.resource import (
    ALLOW_KIND_CHANGE,
    ALLOW_NAME_CHANGE,
    ENABLED,
    Resource,
)
from trueup.render.kustomize.selectors import select

Kinds = Mapping[Gvk, MergeType]


@dataclass(frozen=True)
class PatchText:
    """One patch: its text, and how errors name it."""

    text: str
    source: str


def apply_patch(resources: ResMap, patch: Patch, loader: Loader, kinds: Kinds) -> None:
    """An entry of ``patches``: a strategic merge or a JSON patch, to a target or by name."""
    found = _patch_text(patch, loader)
    merges, operations = _read_either(found)
    if merges:
        _allow_changes(merges, patch.options)
        if patch.target is None:
            for merge in merges:
                _merge_into(resources.the_one_called(merge.original_id), merge, kinds)
            return
        if len(merges) > 1:
            raise RenderError(
                "several strategic merge patches in one entry cannot have a target",
                subject=found.source,
                next_step="make an entry of each, or leave out the target",
            )
        selected = select(resources, patch.target)
        _merge_copies(resources, selected, merges[0], kinds)
    elif operations:
        if patch.target is None:
            raise RenderError(
                "a JSON patch needs a target", subject=found.source, next_step="add target"
            )
        for resource in select(resources, patch.target):
            resource.remember_id()
            _apply_operations(resource, operations)


def apply_merges(resources: ResMap, entries: list[str], loader: Loader, kinds: Kinds) -> None:
    """``patchesStrategicMerge``: each entry is a patch, or the path of a file of patches."""
    merges: list[Resource] = []
    for entry in entries:
        try:
            found = read_objects(entry, "patchesStrategicMerge", duplicates="first")
        except InputError:
            found = read_objects(loader.read(entry), loader.source(entry), duplicates="first")
        merges.extend(map(Resource, found))
    if entries and not merges:
        raise RenderError("patchesStrategicMerge holds no patch", subject=loader.root)
    for merge in merges:
        _merge_copies(resources, [resources.the_one_called(merge.original_id)], merge, kinds)


def apply_json6902(resources: ResMap, patch: Patch, loader: Loader) -> None:
    """An entry of ``patchesJson6902``."""
    if patch.target is None or not patch.target.name:
        raise RenderError(
            "an entry of patchesJson6902 has no target with a name",
            subject=loader.root,
            next_step="add target.name",
        )
    found = _patch_text(patch, loader)
    operations = json6902.read_operations(found.text, found.source)
    if not operations:
        raise RenderError("the patch is empty", subject=found.source, next_step="add operations")
    for resource in select(resources, patch.target):
        _apply_operations(resource, operations)


def _patch_text(patch: Patch, loader: Loader) -> PatchText:
    inline = patch.patch.strip()
    if bool(inline) == bool(patch.path):
        raise RenderError("a patch needs one of patch and path", next_step="give exactly one")
    if inline:
        return PatchText(inline, loader.source("inline patch"))
    text = loader.read(patch.path).decode("utf-8", "replace")
    return PatchText(text, loader.source(patch.path))


def _read_either(found: PatchText) -> tuple[list[Resource], list[Operation]]:
    """The patch as the one kind that it is; RenderError if it is neither."""
    try:
        if _is_list(found.text):
            return [], json6902.read_operations(found.text, found.source)
        bodies = read_objects(found.text, found.source, duplicates="first")
        return [Resource(body) for body in bodies], []
    except InputError as error:
        if not _is_list(found.text) and (operations := _operations(found)) is not None:
            return [], operations
        raise RenderError(
            f"is neither a strategic merge patch nor a JSON patch: {error.cause}",
            subject=found.source,
            next_step="give it apiVersion, kind and metadata.name, or a list of operations",
        ) from error


def _is_list(text: str) -> bool:
    """Whether ``text`` begins as a list: then it cannot be a merge."""
    return text.lstrip().startswith(("[", "- "))


def _operations(found: PatchText) -> list[Operation] | None:
    try:
        return json6902.read_operations(found.text, found.source)
    except InputError:
        return None


def _allow_changes(merges: list[Resource], options: PatchArgs | None) -> None:
    for merge in merges:
        if options and options.allow_name_change:
            merge.annotate(ALLOW_NAME_CHANGE, ENABLED)
        if options and options.allow_kind_change:
            merge.annotate(ALLOW_KIND_CHANGE, ENABLED)


def _merge_copies(
    resources: ResMap, selected: list[Resource], merge: Resource, kinds: Kinds
) -> None:
    """Merges a copy of ``merge``, made to look like each target, into each of ``selected``."""
    for resource in selected:
        copy = Resource(clone(merge.body))
        merge_metadata(copy, merge)
        copy.body["apiVersion"] = resource.gvk.api_version
        _merge_into(resource, copy, kinds)
    kept = [resource for resource in resources if resource.body]
    resources.resources = []
    resources.append_all(kept)


def _merge_into(resource: Resource, merge: Resource, kinds: Kinds) -> None:
    name, namespace, kind = resource.name, resource.namespace, resource.kind
    new_name = merge.is_enabled(ALLOW_NAME_CHANGE)
    new_kind = merge.is_enabled(ALLOW_KIND_CHANGE)
    if new_name or new_kind:
        resource.remember_id()
    subject = str(resource.id)
    try:
        merged = strategic.merge(resource.body, merge.body, kinds)
    except RenderError as error:
        raise RenderError(error.cause, subject=subject, next_step=error.next_step) from error
    resource.body = merged or {}
    if not resource.body:
        return
    if not new_kind:
        resource.body["kind"] = kind
    if not new_name:
        resource.set_name(name)
    resource.set_namespace(namespace)


def _apply_operations(resource: Resource, operations: list[Operation]) -> None:
    notes = resource.internal_annotations()
    try:
        changed = json6902.apply(to_value(resource.body), operations)
    except RenderError as error:
        raise RenderError(
            error.cause, subject=str(resource.id), next_step=error.next_step
        ) from error
    subject = str(resource.id)
    if not isinstance(changed, dict):
        raise RenderError("a JSON patch made a list of the object", subject=subject)
    resource.body = from_value(as_floats(changed), integers=go_float)
    for field, value in (("kind", resource.kind), ("metadata.name", resource.name)):
        if not value:
            raise RenderError(f"a JSON patch took {field} away", subject=subject)
    resource.set_annotations({**resource.annotations, **notes})
