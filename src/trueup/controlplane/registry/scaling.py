"""Writes of a scale, with note of who made them; Scale itself is in ``scale``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeAlias

from trueup.controlplane import defaults
from trueup.controlplane.registry.bodies import (
    require_applied_type,
    require_name,
    require_namespace,
    typed,
)
from trueup.controlplane.registry.call import Call
from trueup.controlplane.registry.ownership import merge_applied, record_update
from trueup.controlplane.registry.recognition import SCHEME
from trueup.controlplane.registry.refusals import bad_request
from trueup.controlplane.registry.strictness import decoding, report_unknown
from trueup.errors import BadRequest
from trueup.objects import GroupVersionKind, Manifest
from trueup.objects.manifest import copy
from trueup.schema import builtin

ScaleChange: TypeAlias = Callable[[Manifest], Manifest]
"""From the live Scale to the wanted one, each with its owners."""

SCALE: Final = GroupVersionKind("autoscaling", "v1", "Scale")
SCALE_SCHEMA: Final = builtin(SCALE)


def replacing_scale(call: Call, body: Any) -> ScaleChange:
    """An update to ``body``, which is refused, if it is wrong, before anything is looked for."""
    wanted = _decoded(call, body)
    _require_same(call, wanted)
    return lambda live: record_update(SCALE_SCHEMA, live, copy(wanted), call)


def patching_scale(call: Call, patch: Callable[[Manifest], Manifest]) -> ScaleChange:
    """What ``patch`` makes of the scale, as changed by the call's manager."""

    def patched(live: Manifest) -> Manifest:
        with decoding(call):
            wanted = _decoded(call, patch(copy(live)))
        _require_same(call, wanted)
        return record_update(SCALE_SCHEMA, live, wanted, call)

    return patched


def applying_scale(call: Call, body: Any) -> ScaleChange:
    """Server-side apply of ``body``; Conflict where another owns the replicas."""

    def applied(live: Manifest) -> Manifest:
        require_applied_type(body, SCALE)
        merged: Manifest = copy(merge_applied(SCALE_SCHEMA, live, body, call))
        _require_same(call, merged)
        return merged

    return applied


def _decoded(call: Call, body: Any) -> Manifest:
    """``body`` as a Scale; BadRequest if it is none, or if it is as the call would not have it."""
    try:
        wanted = typed(body, call, SCALE)
        unknown = defaults.unknown_fields(wanted)
        defaults.apply_defaults(wanted)
        report_unknown(call, unknown, SCALE)
    except BadRequest as error:
        if call.resource.custom is None or call.is_patch:
            raise
        # The server of custom resources knows scales, but not where they are from.
        text = f'no kind is registered for the type v1.Scale in scheme "{SCHEME}"'
        raise bad_request(text) from error
    return wanted


def _require_same(call: Call, wanted: Manifest) -> None:
    require_namespace(wanted, call)
    wanted["metadata"].setdefault("name", call.name)
    require_name(wanted["metadata"], call.name)
