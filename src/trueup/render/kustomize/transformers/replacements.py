"""``replacements``: values copied from one field to others."""

from __future__ import annotations

from dataclasses import replace

from trueup.errors import RenderError
from trueup.render.kustomize.decoding import decode, read_config
from trueup.render.kustomize.fieldpaths import Place, find, lookup, split_field_path
from trueup.render.kustomize.identity import Gvk, ResId
from trueup.render.kustomize.kustomization import (
    FieldOptions,
    Replacement,
    Selector,
    Source,
    Target,
)
from trueup.render.kustomize.loader import Loader
from trueup.render.kustomize.nodes import (
    UNTYPED,
    Node,
    Plain,
    clone,
    is_empty,
    is_scalar,
    text_of,
    weight,
    with_text,
)
from trueup.render.kustomize.resmap import ResMap
from trueup.render.kustomize.resource import Resource
from trueup.render.kustomize.selectors import matches_id, matches_metadata
from trueup.render.kustomize.structured_text import set_in_text

_DEFAULT_PATH = "metadata.name"
MAX_VALUE = 1_500_000
"""More than the API server takes in one object."""


def load_replacements(entries: list[Replacement], loader: Loader) -> list[Replacement]:
    """``entries`` with those that name a file replaced by what the file holds."""
    found: list[Replacement] = []
    for entry in entries:
        if not entry.path:
            found.append(entry)
            continue
        if entry.source is not None or entry.targets:
            raise RenderError(
                "a replacement has both a path and a source or targets",
                subject=loader.root,
                next_step="keep one of them",
            )
        source = loader.source(entry.path)
        content = read_config(loader.read(entry.path), source)
        if not isinstance(content, dict | list):
            raise RenderError("holds no replacements", subject=source)
        items = content if isinstance(content, list) else [content]
        found += [decode(Replacement, item, source, strict=False) for item in items]
    return found


def apply_replacement(resources: ResMap, replacement: Replacement) -> None:
    """Copies the value of the source to all targets; RenderError where one is not found."""
    source, targets = replacement.source, replacement.targets
    if targets is None or (source is None and replacement.source_value is None):
        raise RenderError(
            "a replacement needs a source and at least one target", next_step="add what is missing"
        )
    if source is not None and replacement.source_value is not None:
        raise RenderError("a replacement has both source and sourceValue")
    if source is None:
        value: Node = Plain(replacement.source_value or "", UNTYPED)
    else:
        value = _source_value(resources, source)
    if weight(value) > MAX_VALUE:
        raise RenderError(
            f"the value of a replacement is larger than {MAX_VALUE} bytes",
            next_step="replace a smaller part",
        )
    for target in targets:
        _apply_to_target(resources, value, target)


def _source_value(resources: ResMap, source: Source) -> Node:
    path = source.field_path or _DEFAULT_PATH
    resource = _source_resource(resources, source)
    found = lookup(resource.body, split_field_path(path))
    if is_empty(found):
        raise RenderError(
            f"field {path} of the replacement source is missing",
            subject=str(resource.id),
            next_step="correct fieldPath, or add the field",
        )
    options = source.options
    if options is None or not options.delimiter:
        return found
    if not is_scalar(found):
        raise RenderError("a delimiter needs a scalar", subject=f"{resource.id} {path}")
    parts = text_of(found).split(options.delimiter)
    if not 0 <= options.index < len(parts):
        raise RenderError(
            f"there is no part {options.index} in {text_of(found)}",
            subject=f"{resource.id} {path}",
            next_step="correct options.index",
        )
    return with_text(found, parts[options.index])


def _source_resource(resources: ResMap, source: Source) -> Resource:
    found = [
        resource
        for resource in resources
        if any(_is_source(known, source) for known in _ids(resource))
    ]
    if len(found) == 1:
        return found[0]
    wanted = ResId(Gvk(source.group, source.version, source.kind), source.name, source.namespace)
    cause = "several resources are" if found else "no resource is"
    raise RenderError(
        f"{cause} the replacement source {wanted}",
        next_step="correct the source, or make it more precise",
    )


def _ids(resource: Resource) -> tuple[ResId, ...]:
    """Present and former ids, none of which knows about cluster scope."""
    now = resource.id
    return (ResId(now.gvk, now.name, now.namespace), *resource.previous_ids)


def _is_source(known: ResId, source: Source) -> bool:
    return (
        source.name in ("", known.name)
        and (not source.namespace or source.namespace == (known.namespace or "default"))
        and known.gvk.is_selected_by(Gvk(source.group, source.version, source.kind))
    )


def _apply_to_target(resources: ResMap, value: Node, target: Target) -> None:
    if target.select is None:
        raise RenderError("a replacement target selects nothing", next_step="add select")
    for resource in resources:
        ids = _ids(resource)
        if not matches_metadata(target.select, resource) or _is_rejected(resource, ids, target):
            continue
        if any(matches_id(target.select, known) for known in ids):
            for path in target.field_paths or [_DEFAULT_PATH]:
                _set(resource, path, value, target.options)


def _is_rejected(resource: Resource, ids: tuple[ResId, ...], target: Target) -> bool:
    for reject in target.reject:
        if (reject.annotation_selector or reject.label_selector) and matches_metadata(
            reject, resource
        ):
            return True
        by_id = replace(reject, annotation_selector="", label_selector="")
        if by_id != Selector() and any(matches_id(reject, known) for known in ids):
            return True
    return False


def _set(resource: Resource, path: str, value: Node, options: FieldOptions | None) -> None:
    parts = split_field_path(path)
    create = value if options is not None and options.create else None
    if set_in_text(resource.body, parts, value, create):
        return
    cause = "it is not there"
    try:
        places = find(resource.body, parts, create)
    except RenderError as error:
        places, cause = [], error.cause
    if not places:
        raise RenderError(
            f"cannot find field {path} of the replacement target: {cause}",
            subject=str(resource.id),
            next_step="correct fieldPaths, or set options.create",
        )
    for place in places:
        _put(place, value, options, str(resource.id))


def _put(place: Place, value: Node, options: FieldOptions | None, subject: str) -> None:
    target = place.node
    text = text_of(value)
    if options is not None and options.delimiter:
        if not is_scalar(target):
            raise RenderError("a delimiter needs a scalar", subject=subject)
        parts = text_of(target).split(options.delimiter)
        if options.index < 0:
            parts.insert(0, text)
        elif options.index >= len(parts):
            parts.append(text)
        else:
            parts[options.index] = text
        text = options.delimiter.join(parts)
    if len(text) > MAX_VALUE:
        raise RenderError(f"would grow beyond {MAX_VALUE} bytes", subject=subject)
    if is_scalar(target):
        place.put(with_text(target, text))
    else:
        place.put(clone(value))
