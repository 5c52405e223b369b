"""Objects of built-in kinds as a Go client holds them: filled into its types, and written out again.

A server is then told the same fields, whoever of two such clients applies an object: also those
that a type always writes, like the ``strategy`` of a Deployment, and not those that are empty.
"""

from __future__ import annotations

from trueup.errors import BadRequest
from trueup.objects import Manifest
from trueup.schema.decoding import require_decodable
from trueup.schema.wire import load, normalize

_OTHER_CLIENTS = ("apiextensions.k8s.io/", "apiregistration.k8s.io/")
"""Groups that the client's own types do not cover."""


def is_typed(obj: Manifest) -> bool:
    """Whether the client has a type for it, and ``obj`` fits into that."""
    key = (str(obj.get("apiVersion")), str(obj.get("kind")))
    type_name = load().kinds.get(key)
    if type_name is None or key[0].startswith(_OTHER_CLIENTS):
        return False
    try:
        require_decodable(obj, type_name)
    except BadRequest:
        return False
    return True


def as_typed(obj: Manifest) -> None:
    """Bring ``obj``, which ``is_typed``, into the form of its type, in place."""
    type_name = load().kinds[obj["apiVersion"], obj["kind"]]
    normalize(obj, type_name, _leave)


def _leave(type_name: str, value: Manifest) -> None:
    """A client fills in no defaults."""
