"""Who owns which field: managedFields, kept by ``trueup.merge.serverside``."""

from __future__ import annotations

from trueup.controlplane.registry.call import Call
from trueup.controlplane.registry.metadata import now_text
from trueup.merge import serverside
from trueup.merge.fieldset import FieldSet
from trueup.objects import Manifest
from trueup.schema import Schema


def record_update(
    schema: Schema | None, old: Manifest | None, new: Manifest, call: Call
) -> Manifest:
    """``new`` with a note that the call's manager changed what differs from ``old``."""
    return serverside.update(
        old,
        new,
        manager=call.manager,
        schema=schema,
        now=now_text(),
        subresource=call.subresource,
        ignored=_reset_fields(call),
    )


def merge_applied(
    schema: Schema | None, live: Manifest | None, applied: Manifest, call: Call
) -> Manifest:
    """What server-side apply makes of ``live``; Conflict names the managers in the way."""
    return serverside.apply(
        live,
        applied,
        manager=call.manager,
        schema=schema,
        now=now_text(),
        force=call.force,
        subresource=call.subresource,
        ignored=_reset_fields(call),
    )


def _reset_fields(call: Call) -> FieldSet:
    resource = call.resource
    return serverside.reset_fields(
        resource.gvk.group_kind,
        call.subresource,
        has_status="status" in resource.subresources,
        custom=resource.custom is not None,
    )
