"""The way from client-side to server-side apply, by ``kubectl apply --server-side``.

Client-side apply left its configuration in an annotation. The manager ``kubectl`` may take over
fields that still have the values written there, and keeps the annotation up to date.
https://kubernetes.io/docs/reference/using-api/server-side-apply/#upgrading-from-client-side-apply-to-server-side-apply
"""

from __future__ import annotations

import json

from trueup.merge.fieldset import FieldSet
from trueup.merge.serverside.compare import compare
from trueup.merge.serverside.shape import Shape
from trueup.merge.serverside.typed import TypedError, check, fields_of
from trueup.objects import Manifest, manifest
from trueup.objects.gotext import html_escaped

KUBECTL = "kubectl"
ANNOTATION = "kubectl.kubernetes.io/last-applied-configuration"
_MOST_ANNOTATION_BYTES = 256 * 1024


def unchanged_fields(shape: Shape, live: Manifest) -> FieldSet:
    """The fields of the annotated configuration whose live values are still the applied ones."""
    try:
        last = json.loads(manifest.annotations(live).get(ANNOTATION) or "null")
        if not isinstance(last, dict) or last.get("apiVersion") != live["apiVersion"]:
            return FieldSet()
        check(shape, last)
    except (ValueError, TypedError):
        return FieldSet()
    comparison = compare(shape, last, live)
    fields = fields_of(shape, last)
    return fields - comparison.modified - comparison.added - comparison.removed


def refresh(result: Manifest, applied: Manifest) -> None:
    """Write ``applied`` into the annotation of ``result``, if it has one."""
    held = manifest.annotations(result)
    if not held.get(ANNOTATION):
        return
    kept = dict(held)
    kept[ANNOTATION] = _as_annotation(applied)
    size = sum(len(key.encode()) + len(value.encode()) for key, value in kept.items())
    if size > _MOST_ANNOTATION_BYTES:
        del kept[ANNOTATION]
    result["metadata"]["annotations"] = kept


def _as_annotation(applied: Manifest) -> str:
    config = manifest.copy(applied)
    config.get("metadata", {}).get("annotations", {}).pop(ANNOTATION, None)
    text = json.dumps(config, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return html_escaped(text) + "\n"
