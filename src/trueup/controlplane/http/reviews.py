"""Questions that are asked by creating an object, which is answered and never stored.

https://kubernetes.io/docs/reference/access-authn-authz/authorization/#checking-api-access
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import orjson

from trueup.controlplane.auth.attributes import Attributes
from trueup.controlplane.auth.authentication import Authenticator
from trueup.controlplane.auth.rbac import Authorizer
from trueup.controlplane.auth.tokens import ISSUER, InvalidToken
from trueup.controlplane.auth.user import User
from trueup.controlplane.http import bodies
from trueup.controlplane.http.message import Response
from trueup.controlplane.http.objects import Exchange, Handler
from trueup.controlplane.http.status import json_response
from trueup.controlplane.registry import refusals
from trueup.controlplane.registry.bodies import object_of
from trueup.controlplane.validation import causes
from trueup.objects import Manifest

Review = Callable[[Exchange, Manifest], Manifest]
"""From the exchange and the body to the status that answers it."""


def _reviewing(review: Review) -> Handler:
    async def answer(exchange: Exchange) -> Response:
        call = exchange.call("CreateOptions")
        gvk = exchange.resource.gvk
        obj = object_of(bodies.body_object(exchange.request, gvk.kind), call, gvk)
        exchange.registry.rules.complete(call, obj)
        obj["metadata"].setdefault("creationTimestamp", None)
        reviewed = {**obj, "status": review(exchange, obj)}
        return json_response(orjson.dumps(reviewed), 201)

    return answer


def _own_access(exchange: Exchange, obj: Manifest) -> Manifest:
    return _decided(exchange, exchange.user, obj)


def _access(exchange: Exchange, obj: Manifest) -> Manifest:
    spec = obj.get("spec") or {}
    groups = tuple(spec.get("groups") or ())
    if not spec.get("user") and not groups:
        raise _invalid(obj, "spec.user", '""', "at least one of user or group must be specified")
    user = User(spec.get("user") or "", spec.get("uid") or "", groups, _extra(spec))
    return _decided(exchange, user, obj)


def _local_access(exchange: Exchange, obj: Manifest) -> Manifest:
    asked = (obj.get("spec") or {}).get("resourceAttributes")
    on_path = (obj.get("spec") or {}).get("nonResourceAttributes")
    if on_path is not None:
        text = "disallowed on this kind of request"
        raise _invalid(obj, "spec.nonResourceAttributes", _shown_path(on_path), text)
    if asked is None:
        text = "must be specified"
        raise _invalid(obj, "spec.resourceAttributes", "null", text)
    namespace = exchange.route.namespace
    if (asked.get("namespace") or "") != namespace:
        found = causes.shown(asked.get("namespace") or "")
        text = "must match metadata.namespace"
        raise _invalid(obj, "spec.resourceAttributes.namespace", found, text)
    return _access(exchange, obj)


def _decided(exchange: Exchange, user: User, obj: Manifest) -> Manifest:
    decision = _authorizer(exchange).decide(user, _attributes(obj))
    status: Manifest = {"allowed": decision.allowed}
    return {**status, "reason": decision.reason} if decision.reason else status


def _attributes(obj: Manifest) -> Attributes:
    spec = obj.get("spec") or {}
    on_path, on_resource = spec.get("nonResourceAttributes"), spec.get("resourceAttributes")
    if on_path is not None and on_resource is not None:
        text = "exactly one of nonResourceAttributes or resourceAttributes must be specified"
        raise _invalid(obj, "spec", _shown_path(on_path), text)
    if on_path is not None:
        return Attributes(str(on_path.get("verb") or ""), path=str(on_path.get("path") or ""))
    if on_resource is None:
        text = "exactly one of nonResourceAttributes or resourceAttributes must be specified"
        raise _invalid(obj, "spec.resourceAttributes", "null", text)
    names = ("verb", "group", "resource", "subresource", "namespace", "name")
    return Attributes(**{name: str(on_resource.get(name) or "") for name in names})


def _own_rules(exchange: Exchange, obj: Manifest) -> Manifest:
    namespace = str((obj.get("spec") or {}).get("namespace") or "")
    if not namespace:
        raise refusals.bad_request("no namespace on request")
    rules = _authorizer(exchange).rules_in(exchange.user, namespace)
    on_paths = [rule for rule in rules if rule.get("nonResourceURLs")]
    return {
        "resourceRules": [
            _named(rule, "verbs", "apiGroups", "resources", "resourceNames")
            for rule in rules
            if not rule.get("nonResourceURLs")
        ],
        "nonResourceRules": [_named(rule, "verbs", "nonResourceURLs") for rule in on_paths],
        "incomplete": False,
    }


def _named(rule: Mapping[str, Any], *names: str) -> Manifest:
    return {name: list(rule[name]) for name in names if rule.get(name)}


def _self(exchange: Exchange, obj: Manifest) -> Manifest:
    return {"userInfo": user_info(exchange.user)}


def _token(exchange: Exchange, obj: Manifest) -> Manifest:
    spec = obj.get("spec") or {}
    if not spec.get("token"):
        raise refusals.bad_request("token is required for TokenReview in authentication")
    audiences = spec.get("audiences") or [ISSUER]
    try:
        user = _authenticator(exchange).token_user(spec["token"], audiences)
        shared = _authenticator(exchange).shared_audiences(spec["token"], audiences)
    except InvalidToken:
        return {"user": {}, "error": "invalid bearer token"}
    return {"authenticated": True, "user": user_info(user), "audiences": shared}


def user_info(user: User) -> Manifest:
    """The UserInfo of authentication.k8s.io/v1."""
    info: Manifest = {"username": user.name}
    if user.uid:
        info["uid"] = user.uid
    if user.groups:
        info["groups"] = list(user.groups)
    if user.extra:
        info["extra"] = {key: list(values) for key, values in user.extra}
    return info


def _extra(spec: Mapping[str, Any]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple((key, tuple(values or ())) for key, values in (spec.get("extra") or {}).items())


def _authorizer(exchange: Exchange) -> Authorizer:
    return exchange.access.authorizer


def _authenticator(exchange: Exchange) -> Authenticator:
    return exchange.access.authenticator


def _shown_path(asked: Mapping[str, Any]) -> str:
    return causes.shown({"Path": asked.get("path") or "", "Verb": asked.get("verb") or ""})


def _invalid(obj: Manifest, field: str, value: str, text: str) -> Exception:
    message = f"Invalid value: {value}: {text}"
    cause = {"reason": "FieldValueInvalid", "message": message, "field": field}
    group = str(obj["apiVersion"]).rpartition("/")[0]
    return refusals.invalid(group, "", "", [cause])  # the apiserver leaves the kind out


HANDLERS: dict[str, Handler] = {
    "authentication.k8s.io/selfsubjectreviews": _reviewing(_self),
    "authentication.k8s.io/tokenreviews": _reviewing(_token),
    "authorization.k8s.io/localsubjectaccessreviews": _reviewing(_local_access),
    "authorization.k8s.io/selfsubjectaccessreviews": _reviewing(_own_access),
    "authorization.k8s.io/selfsubjectrulesreviews": _reviewing(_own_rules),
    "authorization.k8s.io/subjectaccessreviews": _reviewing(_access),
}
"""By the bucket that their objects would be stored in."""
