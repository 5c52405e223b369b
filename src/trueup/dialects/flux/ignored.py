"""``spec.ignore``: fields whose live value is left alone, on the objects that a target selects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from trueup.errors import InputError
from trueup.flow import IgnoredFields
from trueup.objects import GroupVersionKind, manifest
from trueup.render.kustomize.decoding import decode
from trueup.render.kustomize.kustomization import Selector
from trueup.render.kustomize.selectors import matches, parse_selector


def ignored_fields(item: Mapping[str, Any]) -> IgnoredFields:
    """One entry of ``spec.ignore``; without a target it is about every object.

    Raises InputError where the target is none: every object would be in doubt.
    """
    target = decode(Selector, item.get("target"), "spec.ignore.target", strict=False)
    _check(target)
    return IgnoredFields(tuple(item.get("paths") or ()), lambda obj: _selects(target, obj))


def _check(target: Selector) -> None:
    try:
        for pattern in (target.group, target.version, target.kind, target.name, target.namespace):
            matches(pattern, "")
        for selector in filter(None, (target.label_selector, target.annotation_selector)):
            parse_selector(selector)
    except InputError as error:
        error.subject = f"spec.ignore.target: {error.subject}".removesuffix(": ")
        raise


def _selects(target: Selector, obj: Mapping[str, Any]) -> bool:
    gvk = GroupVersionKind.of(str(obj.get("apiVersion", "")), str(obj.get("kind", "")))
    meta = manifest.metadata(obj)
    pairs = (
        (target.group, gvk.group),
        (target.version, gvk.version),
        (target.kind, gvk.kind),
        (target.name, str(meta.get("name") or "")),
        (target.namespace, str(meta.get("namespace") or "")),
    )
    return (
        all(matches(pattern, text) for pattern, text in pairs)
        and (
            not target.label_selector or parse_selector(target.label_selector)(manifest.labels(obj))
        )
        and (
            not target.annotation_selector
            or parse_selector(target.annotation_selector)(manifest.annotations(obj))
        )
    )
