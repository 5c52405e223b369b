"""AdmissionReviews: the question that is sent to a webhook, and its answer.

https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/
"""

from __future__ import annotations

from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from trueup.controlplane.admission.attributes import Attributes
from trueup.controlplane.admission.matching import Match
from trueup.controlplane.auth.user import User
from trueup.objects import GroupVersionKind, Manifest

GROUP = "admission.k8s.io"
VERSIONS = ("v1", "v1beta1")
"""The versions of reviews that can be sent."""


class BadAnswer(Exception):
    """The webhook's answer cannot be used; the text says why, as Kubernetes words it."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """``patch``: operations of a JSON patch. ``status`` explains a denial."""

    allowed: bool
    status: Manifest | None
    patch: Sequence[Manifest]
    warnings: Sequence[str]


def request_of(attributes: Attributes, match: Match) -> Manifest:
    """What there is to know of the request but its objects, also for expressions."""
    subresource = attributes.call.subresource
    request: Manifest = {
        "kind": _kind(match.kind),
        "resource": _resource(match),
        "subResource": subresource,
        "requestKind": _kind(attributes.requested),
        "requestResource": _resource(Match(attributes.resource, attributes.requested)),
        "requestSubResource": subresource,
        "name": attributes.name,
        "namespace": attributes.namespace,
        "operation": attributes.operation,
        "userInfo": _user_info(attributes.user),
        "dryRun": attributes.call.dry_run,
        "options": attributes.options,
    }
    return {name: value for name, value in request.items() if value != ""}


def review_of(attributes: Attributes, match: Match, version: str, uid: str) -> bytes:
    """``attributes`` have their objects in the version that ``match`` says."""
    request = {
        "uid": uid,
        **request_of(attributes, match),
        "object": attributes.obj,
        "oldObject": attributes.old,
    }
    review = {"kind": "AdmissionReview", "apiVersion": f"{GROUP}/{version}", "request": request}
    return orjson.dumps(review)


def _kind(kind: GroupVersionKind) -> Manifest:
    return {"group": kind.group, "version": kind.version, "kind": kind.kind}


def _resource(match: Match) -> Manifest:
    found = match.resource
    return {"group": found.group, "version": found.version, "resource": found.plural}


def _user_info(user: User) -> Manifest:
    info: Manifest = {"username": user.name, "uid": user.uid, "groups": list(user.groups)}
    info["extra"] = {key: list(values) for key, values in user.extra}
    return {name: value for name, value in info.items() if value}


def verdict_of(body: bytes, version: str, uid: str, *, may_patch: bool) -> Verdict:
    """The verdict in a webhook's answer; BadAnswer."""
    response = _response(body, version, uid)
    patch = response.get("patch") or ""
    if version == "v1":
        _require_patch_type(bool(patch), response.get("patchType"), may_patch=may_patch)
    status = response.get("status")
    warnings = response.get("warnings") or ()
    return Verdict(
        allowed=response.get("allowed") is True,
        status=status if isinstance(status, dict) else None,
        patch=_operations(patch) if may_patch and patch else (),
        warnings=[text for text in warnings if isinstance(text, str)],
    )


def _response(body: bytes, version: str, uid: str) -> Manifest:
    try:
        review = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        cause = f"couldn't get version/kind; json parse error: {error}"
        raise BadAnswer(f"failed to call webhook: {cause}") from error
    if not isinstance(review, dict):
        raise BadAnswer("failed to call webhook: couldn't get version/kind; it is no object")
    _require_kind(review, version)
    response = review.get("response")
    if not isinstance(response, dict):
        raise BadAnswer(_invalid("webhook response was absent"))
    if version != "v1":  # of these, neither was looked at
        return response
    if response.get("uid") != uid:
        found = response.get("uid") or ""
        raise BadAnswer(_invalid(f'expected response.uid="{uid}", got "{found}"'))
    return response


def _require_kind(review: Manifest, version: str) -> None:
    api_version, kind = str(review.get("apiVersion") or ""), str(review.get("kind") or "")
    if (api_version, kind) == (f"{GROUP}/{version}", "AdmissionReview"):
        return
    group, _, found = api_version.rpartition("/")
    if group == GROUP and kind == "AdmissionReview" and found in VERSIONS:
        cause = (
            f"converting ({found}.AdmissionReview) to ({version}.AdmissionReview):"
            " unknown conversion"
        )
    elif not kind:
        cause = "Object 'Kind' is missing in the answer"
    else:
        cause = f'no kind "{kind}" is registered for version "{api_version}"'
    raise BadAnswer(f"failed to call webhook: {cause}")


def _invalid(cause: str) -> str:
    return f"received invalid webhook response: {cause}"


def _require_patch_type(has_patch: bool, patch_type: Any, *, may_patch: bool) -> None:
    if not may_patch:
        if has_patch:
            raise BadAnswer(_invalid("validating webhook may not return response.patch"))
        if patch_type is not None:
            raise BadAnswer(_invalid("validating webhook may not return response.patchType"))
        return
    if has_patch and patch_type is None:
        raise BadAnswer(_invalid("webhook returned response.patch but not response.patchType"))
    if not has_patch and patch_type is not None:
        raise BadAnswer(_invalid("webhook returned response.patchType but not response.patch"))
    if has_patch and patch_type == "":
        raise BadAnswer(_invalid('webhook returned invalid response.patchType of ""'))
    if has_patch and patch_type != "JSONPatch":
        raise BadAnswer(f'unsupported patch type "{patch_type}"')


def _operations(patch: str) -> list[Manifest]:
    try:
        found = orjson.loads(b64decode(patch, validate=True))
    except (Base64Error, ValueError, TypeError) as error:
        raise BadAnswer(f"received undecodable patch in webhook response: {error}") from error
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        raise BadAnswer(
            "received undecodable patch in webhook response: it is no list of operations"
        )
    return found
