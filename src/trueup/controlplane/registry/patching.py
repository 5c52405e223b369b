"""Patch: JSON patch, merge patch, strategic merge patch, and server-side apply."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeAlias

from trueup.controlplane.registry import refusals
from trueup.controlplane.registry.bodies import (
    require_applied_type,
    require_name,
    require_namespace,
)
from trueup.controlplane.registry.call import Call
from trueup.controlplane.registry.converting import converting
from trueup.controlplane.registry.kinds import Rules
from trueup.controlplane.registry.ownership import merge_applied, record_update
from trueup.controlplane.registry.recognition import json_error
from trueup.controlplane.registry.strictness import (
    decoding,
    patch_refusal,
    report_unknown,
)
from trueup.controlplane.registry.updating import may_create_by_update
from trueup.controlplane.registry.writing import Writer, Written, forget_version
from trueup.controlplane.store import Store
from trueup.errors import ApiError, InputError, Invalid
from trueup.merge import jsonmerge, jsonpatch, strategic
from trueup.objects import Manifest
from trueup.objects.manifest import copy, metadata
from trueup.schema import Schema
from trueup.schema.decoding import json_type

JSON_PATCH = "application/json-patch+json"
MERGE_PATCH = "application/merge-patch+json"
STRATEGIC_PATCH = "application/strategic-merge-patch+json"
APPLY_PATCH = "application/apply-patch+yaml"

_MOST_OPERATIONS = 10_000
"""As many as kube-apiserver takes."""

PatchFunction: TypeAlias = Callable[[Manifest], Manifest]


def patch_function(media_type: str, body: Any, schema: Schema | None) -> PatchFunction:
    """What the patch does to an object; used for objects and for their scale alike.

    The function raises BadRequest for a malformed patch, Invalid for one that does not fit.
    """

    def patch(live: Manifest) -> Manifest:
        try:
            return _apply(media_type, body, live, schema)
        except InputError as error:
            raise _unfit(media_type, error) from error

    return patch


def _apply(media_type: str, body: Any, live: Manifest, schema: Schema | None) -> Manifest:
    if media_type == JSON_PATCH:
        return _object(jsonpatch.apply(copy(live), _operations(body)))
    if not isinstance(body, dict):
        raise refusals.bad_request(_undecoded(body, "map[string]interface {}"))
    if media_type == STRATEGIC_PATCH:
        return strategic.apply(live, body, schema)
    return _object(jsonmerge.apply(live, body))


def _require_version(call: Call, patched: Manifest) -> None:
    """Of a built-in kind. Without one kube-apiserver reads an object as it has that in memory,
    where the fields have other names: none is known then, and none has the object's name.
    """
    kind = call.resource.kind
    if call.resource.custom or patched.get("apiVersion") or patched.get("kind", kind) != kind:
        return
    report_unknown(call, sorted(patched.keys() - {"apiVersion", "kind"}))
    require_name({}, call.name)


def _object(patched: Any) -> Manifest:
    if not isinstance(patched, dict):
        raise patch_refusal(json_error(patched))
    return patched


def _operations(body: Any) -> list[jsonpatch.Operation]:
    if not isinstance(body, list) or not all(isinstance(item, dict) for item in body):
        raise refusals.bad_request(_undecoded(body, "[]handlers.jsonPatchOp"))
    if len(body) > _MOST_OPERATIONS:
        raise refusals.too_large(
            f"The allowed maximum operations in a JSON patch is {_MOST_OPERATIONS}, got {len(body)}"
        )
    return body


def _undecoded(body: Any, wanted: str) -> str:
    found = json_type(body[0] if isinstance(body, list) and wanted.startswith("[]") else body)
    return f"error decoding patch: json: cannot unmarshal {found} into Go value of type {wanted}"


def _unfit(media_type: str, error: InputError) -> ApiError:
    if media_type == JSON_PATCH:
        text = "the server rejected our request due to an error in our request"
        return Invalid(text, details={})
    if isinstance(error, strategic.PatchFormatError):
        return refusals.bad_request(error.cause)
    return ApiError(error.cause, code=500, reason="")


class Patcher:
    """Changes objects by patches of all four types."""

    def __init__(self, store: Store, rules: Rules, writer: Writer) -> None:
        self._store = store
        self._rules = rules
        self._writer = writer

    async def patch(self, call: Call, media_type: str, body: Any) -> Written:
        """NotFound, Conflict, Invalid; server-side apply creates what does not exist."""
        if media_type == APPLY_PATCH:
            return await self._server_side_apply(call, body)
        schema = self._rules.schema(call.resource)

        def change(live: Manifest) -> Manifest:
            # What is patched shares parts of the patch, and is completed in place.
            patch, gvk = copy(body) if self._writer.may_repeat else body, call.resource.gvk
            patched = patch_function(media_type, patch, schema)(live)
            if media_type == STRATEGIC_PATCH:  # which cannot touch what an object is
                patched |= {"apiVersion": gvk.api_version, "kind": gvk.kind}
            _require_version(call, patched)
            with decoding(call):
                patched = self._rules.decode(call, patched)
            require_namespace(patched, call)
            return record_update(schema, live, patched, call)

        return Written(await self._writer.update(call, change, owned=True), created=False)

    async def _server_side_apply(self, call: Call, body: Any) -> Written:
        is_absent = self._store.latest(call.resource.bucket, call.key) is None
        if is_absent and call.subresource and not may_create_by_update(call.resource):
            raise refusals.not_found(call.resource, call.name)
        require_applied_type(body, call.resource.gvk)
        schema = self._rules.schema(call.resource)
        if is_absent:
            return await self._create(call, body, schema)

        def change(live: Manifest) -> Manifest:
            return self._converted(call, body, merge_applied(schema, live, body, call))

        entry = await self._writer.update(call, change, owned=True)
        return Written(entry, created=False)

    def _converted(self, call: Call, applied: Manifest, merged: Manifest) -> Manifest:
        """``merged``, in which ``applied`` is, complete; ApiError (500) if it cannot be read."""
        if call.resource.custom is not None:  # nobody looks at what the server writes anyway
            merged.setdefault("metadata", {}).pop("creationTimestamp", None)
        with converting(call.resource.gvk, applied):
            merged = self._rules.decode(replace(call, is_patch=False), merged, is_applied=True)
        require_namespace(merged, call)
        return merged

    async def _create(self, call: Call, applied: Manifest, schema: Schema | None) -> Written:
        created = self._converted(call, applied, merge_applied(schema, None, applied, call))
        if uid := metadata(created).get("uid"):
            cause = (
                f"uid mismatch: the provided object specified uid {uid},"
                " and no existing object was found"
            )
            raise refusals.conflict(call.resource, call.name, cause)
        require_name(created["metadata"], call.name)
        forget_version(call, created)
        return Written(await self._writer.create_applied(call, created), created=True)
