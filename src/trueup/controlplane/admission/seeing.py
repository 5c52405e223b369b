"""What the expressions of webhooks and policies see of a write."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from trueup.cel.kubernetes.authorization import Asked, Authorizer
from trueup.cel.values import from_plain
from trueup.controlplane.admission.attributes import Attributes
from trueup.controlplane.admission.expressions import Activation
from trueup.controlplane.admission.matching import Match
from trueup.controlplane.admission.review import request_of
from trueup.controlplane.auth.user import User
from trueup.objects import Manifest

Authorize: TypeAlias = Callable[[User, Asked], tuple[bool, str]]
"""Whether a user may do something, and why."""

_UNITS = 100_000
"""Of work, for all expressions of one webhook, or of one policy with one set of parameters.

Nobody else is answered meanwhile, so this has to be over within a second or two.
"""

_NAMESPACE_METADATA = (
    "name",
    "generateName",
    "uid",
    "resourceVersion",
    "generation",
    "creationTimestamp",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
    "labels",
    "annotations",
    "finalizers",
)


def activation_of(
    attributes: Attributes,
    match: Match,
    authorize: Authorize,
    *,
    namespace: Manifest | None = None,
    params: Any = None,
) -> Activation:
    """``attributes`` have their objects in the version that ``match`` says."""
    values = {
        "object": from_plain(attributes.obj),
        "oldObject": from_plain(attributes.old),
        "request": from_plain(request_of(attributes, match)),
        "namespaceObject": from_plain(namespace and _namespace(namespace)),
        "params": from_plain(params),
        "authorizer": _authorizer(attributes, authorize),
    }
    return Activation(values, _UNITS)


def _authorizer(attributes: Attributes, authorize: Authorize) -> Authorizer:
    resource = attributes.resource
    asked = Asked(
        "",
        group=resource.group,
        resource=resource.plural,
        subresource=attributes.call.subresource,
        namespace=attributes.namespace,
        name=attributes.name,
    )
    return Authorizer(lambda question: authorize(attributes.user, question), asked)


def _namespace(namespace: Manifest) -> Manifest:
    """The fields that expressions are shown."""
    metadata = namespace["metadata"]
    shown = {name: metadata[name] for name in _NAMESPACE_METADATA if name in metadata}
    return {"metadata": shown, "spec": namespace.get("spec"), "status": namespace.get("status")}
