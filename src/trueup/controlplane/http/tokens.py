"""``serviceaccounts/NAME/token``: a token for a service account.

https://kubernetes.io/docs/reference/kubernetes-api/authentication-resources/token-request-v1/
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

import orjson

from trueup.controlplane.auth.tokens import ISSUER, BoundObject, TokenSubject
from trueup.controlplane.http import bodies
from trueup.controlplane.http.message import Response
from trueup.controlplane.http.objects import Exchange
from trueup.controlplane.http.status import json_response
from trueup.controlplane.registry import refusals
from trueup.controlplane.registry.bodies import object_of
from trueup.controlplane.registry.codec import decode
from trueup.objects import Manifest
from trueup.report.times import timestamp

_SHORTEST = 10 * 60
_LONGEST = 1 << 32
_BINDABLE = {"Pod": "pods", "Secret": "secrets"}


async def create_token(exchange: Exchange) -> Response:
    call = exchange.call("CreateOptions")
    gvk = exchange.resource.subresources["token"].gvk
    obj = object_of(bodies.body_object(exchange.request, gvk.kind), call, gvk)
    exchange.registry.rules.complete(call, obj)
    obj = await exchange.registry.admission.create_part(call, obj)
    account = exchange.registry.get(exchange.resource, call.namespace, call.name)
    owner = decode(account)["metadata"]
    spec = obj["spec"]
    seconds = _lifetime(spec)
    bound = _bound_object(exchange, spec.get("boundObjectRef"))
    spec["audiences"] = spec.get("audiences") or [ISSUER]
    now = int(time.time())
    subject = TokenSubject(owner["namespace"], owner["name"], owner["uid"], bound)
    token = exchange.access.signer.sign(subject, spec["audiences"], now, seconds)
    names = ("name", "namespace", "uid")
    metadata = {name: owner[name] for name in names} | {"creationTimestamp": _text(now)}
    status = {"token": token, "expirationTimestamp": _text(now + seconds)}
    answer = {**obj, "metadata": metadata, "status": status}
    return json_response(orjson.dumps(answer), 201)


def _lifetime(spec: Manifest) -> int:
    seconds = int(spec.get("expirationSeconds") or 3600)
    if not _SHORTEST <= seconds <= _LONGEST:
        text = "may not specify a duration less than 10 minutes"
        if seconds > _LONGEST:
            text = "may not specify a duration larger than 2^32 seconds"
        cause = {
            "reason": "FieldValueInvalid",
            "message": f"Invalid value: {seconds}: {text}",
            "field": "spec.expirationSeconds",
        }
        raise refusals.invalid("authentication.k8s.io", "TokenRequest", "", [cause])
    return seconds


def _bound_object(exchange: Exchange, ref: dict[str, Any] | None) -> BoundObject | None:
    """The object with which the token dies; NotFound, Conflict or BadRequest if it cannot."""
    if ref is None:
        return None
    plural = _BINDABLE.get(str(ref.get("kind")))
    if plural is None or ref.get("apiVersion") != "v1":
        version = str(ref.get("apiVersion") or "")
        kind = f"{version if '/' in version else f'/{version}'}, Kind={ref.get('kind')}"
        raise refusals.bad_request(f"cannot bind token to object of type {kind}")
    resource = exchange.registry.catalog.find("", "v1", plural)
    assert resource is not None
    found = exchange.registry.get(resource, exchange.route.namespace, str(ref.get("name")))
    uid = str(decode(found)["metadata"]["uid"])
    if ref.get("uid") and ref["uid"] != uid:
        cause = (
            f"the UID in the bound object reference ({ref['uid']}) does not match the UID in record"
            f" ({uid}). The object might have been deleted and then recreated"
        )
        raise refusals.conflict(resource, str(ref["name"]), cause)
    return BoundObject(plural, str(ref["name"]), uid)


def _text(moment: int) -> str:
    return timestamp(datetime.fromtimestamp(moment, UTC))
