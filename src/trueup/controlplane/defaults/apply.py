"""Defaults and typed form for one object of a built-in kind."""

from __future__ import annotations

from trueup.controlplane.defaults import functions
from trueup.controlplane.defaults.values import VALUES
from trueup.objects import Manifest
from trueup.objects.manifest import copy
from trueup.schema.decoding import require_decodable
from trueup.schema.wire import METADATA, is_zero, load, normalize, zero


def apply_defaults(obj: Manifest) -> None:
    """Complete ``obj`` in place by the defaults of its apiVersion and kind.

    Afterwards the object has the exact form in which kube-apiserver gives it back: unknown fields,
    nulls and unset zero values are gone, quantities and times are in canonical spelling. Doing it
    again changes nothing. Objects of unknown kinds stay as they are. Raises BadRequest when a
    field holds what its type cannot.
    """
    type_name = load().kinds.get((str(obj.get("apiVersion")), str(obj.get("kind"))))
    if type_name is not None:
        require_decodable(obj, type_name)
        normalize(obj, type_name, _fill)


def normalize_metadata(obj: Manifest) -> None:
    """Bring the metadata of an object, whatever its kind, into its typed form.

    Raises BadRequest when a field of it holds what its type cannot.
    """
    require_decodable(obj, METADATA, ("metadata",))
    normalize(obj["metadata"], METADATA, _fill)


def restore_field(obj: Manifest, name: str) -> None:
    """Give field ``name``, where it is absent, what its type always writes."""
    type_name = load().kinds.get((str(obj.get("apiVersion")), str(obj.get("kind"))))
    field = load().types[type_name].get(name) if type_name is not None else None
    if field is not None and name not in obj and field.presence == "!":
        obj[name] = zero(field.holds, _fill)


def _fill(type_name: str, value: Manifest) -> None:
    for field, default in VALUES.get(type_name, {}).items():
        if is_zero(value.get(field)) and (value.get(field) is None or _unset(type_name, field)):
            value[field] = copy(default)
    complete = functions.BY_TYPE.get(type_name)
    if complete is not None:
        complete(value)


def _unset(type_name: str, field: str) -> bool:
    """Whether a zero in ``field`` means that it was not set, which a pointer can tell apart."""
    return load().types[type_name][field].presence not in "*="
