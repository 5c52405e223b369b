"""The API's refusals, in the words of Kubernetes, because clients and people match on them.

Reasons, codes and details are those of the ``Status`` type of meta/v1.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from trueup.controlplane.resources import Resource
from trueup.errors import (
    AlreadyExists,
    ApiError,
    BadRequest,
    Conflict,
    Forbidden,
    Gone,
    Invalid,
    MethodNotAllowed,
    NotFound,
)
from trueup.objects import names
from trueup.objects.gotext import quoted

Cause = dict[str, Any]


def _details(group: str, kind: str, name: str = "") -> dict[str, Any]:
    details = {"name": name, "group": group, "kind": kind}
    return {key: value for key, value in details.items() if value}


def not_found(resource: Resource, name: str) -> NotFound:
    details = _details(resource.group, resource.plural, name)
    return NotFound(f'{resource.group_resource} "{name}" not found', details=details)


def not_found_role(plural: str, name: str) -> NotFound:
    group = "rbac.authorization.k8s.io"
    return NotFound(f'{plural}.{group} "{name}" not found', details=_details(group, plural, name))


def no_such_resource() -> NotFound:
    return NotFound("the server could not find the requested resource", details={})


def already_exists(resource: Resource, name: str, *, ending: bool = False) -> AlreadyExists:
    """``ending``: what is there is being deleted, so that it is worth to try again."""
    details = _details(resource.group, resource.plural, name)
    text = f'{resource.group_resource} "{name}" already exists'
    return AlreadyExists(f"object is being deleted: {text}" if ending else text, details=details)


def conflict(resource: Resource, name: str, cause: str) -> Conflict:
    text = f'Operation cannot be fulfilled on {resource.group_resource} "{name}": {cause}'
    return Conflict(text, details=_details(resource.group, resource.plural, name))


def precondition_failed(resource: Resource, name: str, cause: str) -> Conflict:
    """Of a delete; the apiserver names the kind here, not the resource."""
    group, kind = resource.group, resource.kind
    what = f"{kind}.{group}" if group else kind
    text = f'Operation cannot be fulfilled on {what} "{name}": {cause}'
    return Conflict(text, details=_details(group, kind, name))


_STORED_AS = {
    "/endpoints": "services/endpoints",
    "/nodes": "minions",
    "/replicationcontrollers": "controllers",
    "/services": "services/specs",
    "networking.k8s.io/ingresses": "ingress",
}
"""By bucket: where etcd has kinds whose names have changed since."""

_STORED_BY_GROUP = ("apiextensions.k8s.io", "apiregistration.k8s.io")


def other_uid(
    resource: Resource, name: str, uid: str, *, found: str, namespace: str = ""
) -> Conflict:
    """The apiserver says this as its storage does, which names a place in etcd."""
    cause = (
        f"StorageError: invalid object, Code: 4, Key: {_stored_at(resource, namespace, name)},"
        " ResourceVersion: 0, AdditionalErrorMsg:"
        f" Precondition failed: UID in precondition: {uid}, UID in object meta: {found}"
    )
    return conflict(resource, name, cause)


def _stored_at(resource: Resource, namespace: str, name: str) -> str:
    by_group = resource.custom is not None or resource.group in _STORED_BY_GROUP
    usual = f"{resource.group}/{resource.plural}" if by_group else resource.plural
    place = _STORED_AS.get(resource.bucket, usual)
    return f"/registry/{place}/{resource.key(namespace, name)}"


def modified(resource: Resource, name: str) -> Conflict:
    cause = "the object has been modified; please apply your changes to the latest version and try again"
    return conflict(resource, name, cause)


def version_needed(resource: Resource, name: str) -> Invalid:
    text = "Invalid value: 0: must be specified for an update"
    cause = {"reason": "FieldValueInvalid", "message": text, "field": "metadata.resourceVersion"}
    return invalid(resource.group, resource.plural, name, [cause])


def forbidden(resource: Resource, name: str, cause: str) -> Forbidden:
    what = f'{resource.group_resource} "{name}"' if name else resource.group_resource
    details = _details(resource.group, resource.plural, name)
    return Forbidden(f"{what} is forbidden: {cause}", details=details)


def invalid(group: str, kind: str, name: str, causes: Sequence[Cause]) -> Invalid:
    """``causes`` are ``{"reason", "message", "field"}``, as validation finds them."""
    what = f"{kind}.{group}" if group else kind
    texts = list(dict.fromkeys(f"{cause['field']}: {cause['message']}" for cause in causes))
    listed = texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]"
    text = f'{what} "{name}" is invalid: {listed}'
    details = _details(group, kind, name) | {"causes": list(causes)}
    return Invalid(text, details=details)


def require_path_name(name: str) -> None:
    """BadRequest for a name under which nothing can be kept."""
    if problems := names.path_segment(name):
        raise BadRequest(f"Name parameter invalid: {quoted(name)}: {';'.join(problems)}")


def bad_request(message: str) -> BadRequest:
    return BadRequest(message)


def method_not_allowed(message: str = "") -> MethodNotAllowed:
    text = "the server does not allow this method on the requested resource"
    return MethodNotAllowed(message or text, details={})


def unsupported_verb(resource: Resource, verb: str) -> MethodNotAllowed:
    """Of a custom resource the apiserver says which verb it lacks."""
    if resource.custom is None:
        return method_not_allowed()
    text = f'{verb} is not supported on resources of kind "{resource.group_resource}"'
    return MethodNotAllowed(text, details=_details(resource.group, resource.plural))


def too_large(message: str) -> ApiError:
    return ApiError(message, code=413, reason="RequestEntityTooLarge")


def expired(message: str) -> Gone:
    return Gone(message)


def future_revision(asked: int, current: int) -> ApiError:
    """What a list answers to a resourceVersion that does not exist yet."""
    causes = [{"reason": "ResourceVersionTooLarge", "message": "Too large resource version"}]
    return ApiError(
        f"Timeout: Too large resource version: {asked}, current: {current}",
        code=504,
        reason="Timeout",
        details={"causes": causes, "retryAfterSeconds": 1},
    )


def internal(message: str) -> ApiError:
    details = {"causes": [{"message": message}]}
    return ApiError(f"Internal error occurred: {message}", details=details)
