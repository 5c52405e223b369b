"""Whether a value can be read into a built-in type at all.

kube-apiserver answers 400 when it cannot, before anything else is looked at, and says where in
the words of Go's JSON decoder; so does this.
"""

from __future__ import annotations

import json
import re
from base64 import b64decode
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from trueup.errors import BadRequest, InputError
from trueup.objects import Manifest
from trueup.schema.quantity import parse
from trueup.schema.wire import METADATA, load

_QUANTITY = (
    "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
)
_SCHEMA = "apiextensions/v1.JSONSchemaProps"
_OR_ELSE = {"items", "additionalItems", "additionalProperties", "dependencies"}
_SUFFIX = "unable to parse quantity's suffix"


class _MismatchError(Exception):
    """The words of the decoder."""


def require_decodable(obj: Manifest, type_name: str, at: tuple[str, ...] = ()) -> None:
    """Raises BadRequest when a field of ``obj``, or of what lies ``at`` there, is not of its type."""
    part = obj
    for name in at:
        part = part[name]
    try:
        _struct(part, type_name, ())
    except _MismatchError as mismatch:
        raise _unhandled(obj, str(mismatch)) from None


def require_metadata(obj: Manifest, metadata: Any, place: str) -> None:
    """Raises BadRequest when ``metadata``, of an object within ``obj``, is not of its type."""
    try:
        _require(metadata, dict, METADATA, _Place(METADATA, ()))
        _struct(metadata, METADATA, ())
    except _MismatchError as mismatch:
        shown = json.dumps(metadata, separators=(",", ":"), sort_keys=True, ensure_ascii=False)
        raise _unhandled(obj, f"{place}: Invalid value: {shown}: {mismatch}") from None


def _unhandled(obj: Manifest, cause: str) -> BadRequest:
    kind, version = obj.get("kind"), str(obj.get("apiVersion")).rpartition("/")[2]
    return BadRequest(f'{kind} in version "{version}" cannot be handled as a {kind}: {cause}')


def _struct(obj: Manifest, type_name: str, path: tuple[str, ...]) -> None:
    wire = load()
    fields, embedded = wire.types[type_name], wire.embedded.get(type_name, {})
    named = wire.named.get(type_name, {})
    for name, value in obj.items():
        field = fields.get(name)
        if field is not None and value is not None:
            within = (embedded[name],) if name in embedded else ()
            place = _Place(type_name, (*path, *within, name), named.get(name, ""))
            _value(value, field.holds, place)


class _Place(NamedTuple):
    """A field of the type ``owner``; ``name`` is Go's for what it holds, if that has one."""

    owner: str
    path: tuple[str, ...]
    name: str = ""

    @property
    def below(self) -> _Place:
        """Of the items of a list or map."""
        return self._replace(name=self.name.partition("]")[2])


def _value(value: Any, holds: str, place: _Place) -> None:
    check = _LEAVES.get(holds)
    if holds == "bytes" and isinstance(value, list):
        holds = "[]uint8"
    elif check is not None:
        if not check(value):
            raise _mismatch(value, holds, place)
        return
    if holds.startswith("[]"):
        _require(value, list, holds, place)
        for item in value:
            if item is not None:
                _value(item, holds[2:], place.below)
    elif holds.startswith("{}"):
        _require(value, dict, holds, place)
        for item in value.values():
            if item is not None:
                _value(item, holds[2:], place.below)
    elif holds == _SCHEMA and not isinstance(value, dict) and place.path[-1] in _OR_ELSE:
        _schema_or_else(value, place.path[-1])
    else:
        _require(value, dict, holds, place)
        _struct(value, holds, place.path)


def _schema_or_else(value: Any, name: str) -> None:
    """A field of a schema that may hold something else besides: what else there is, Go skips."""
    if name.startswith("additional") and not isinstance(value, bool):
        raise _MismatchError("boolean or JSON schema expected")
    if name == "items" and isinstance(value, list):
        for item in value:
            _value(item, _SCHEMA, _Place("", ()))


def _require(value: Any, wanted: type, holds: str, place: _Place) -> None:
    if not isinstance(value, wanted):
        raise _mismatch(value, holds, place)


def _mismatch(value: Any, holds: str, place: _Place) -> _MismatchError:
    if not place.path:
        return _MismatchError(
            f"json: cannot unmarshal {json_type(value)} into Go value of type {_go_type(holds)}"
        )
    struct = place.owner.rpartition(".")[2]
    return _MismatchError(
        f"json: cannot unmarshal {json_type(value, holds)} into Go struct field "
        f"{struct}.{'.'.join(place.path)} of type {place.name or _go_type(holds)}"
    )


def json_type(value: Any, holds: str = "") -> str:
    """What Go's decoder calls ``value``, which is to become what ``holds`` names."""
    if isinstance(value, bool):
        return "bool"
    if holds in _SIZED and isinstance(value, int | float) and (_is_int(value) or value % 1):
        return f"number {value}"
    names: dict[type, str] = {
        str: "string",
        int: "number",
        float: "number",
        list: "array",
        dict: "object",
    }
    return names.get(type(value), "null")


def _go_type(holds: str) -> str:
    if holds.startswith("[]"):
        return f"[]{_go_type(holds[2:])}"
    if holds.startswith("{}"):
        return f"map[string]{_go_type(holds[2:])}"
    if "/" in holds:
        package, _, name = holds.partition(".")
        return f"{package.rpartition('/')[2]}.{name}"
    return _GO_TYPES.get(holds, holds)


_GO_TYPES = {"intorstring": "int32", "bytes": "[]uint8", "time": "string"}


def _is_int(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_int_of(bits: int) -> Callable[[Any], bool]:
    return lambda value: _is_int(value) and -(1 << bits - 1) <= value < 1 << bits - 1


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_quantity(value: Any) -> bool:
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        raise _MismatchError(_QUANTITY)
    text = str(value)
    try:
        parse(text)
    except InputError:
        numeric = text.lstrip("+-")[:1].isdigit()
        raise _MismatchError(_SUFFIX if numeric else _QUANTITY) from None
    return True


def _is_time(value: Any) -> bool:
    return isinstance(value, str) and _fits_layout(value, "", r"(?:[.,]\d+)?")


def _is_micro_time(value: Any) -> bool:
    return isinstance(value, str) and _fits_layout(value, ".000000", r"\.\d{6}")


def _fits_layout(text: str, fraction: str, pattern: str) -> bool:
    """``fraction`` is Go's word for that of a second, ``pattern`` what fits it."""
    form = f"2006-01-02T15:04:05{fraction}Z07:00"
    rest = text
    for element, wanted in (*_TIME_ELEMENTS, (fraction, pattern), ("Z07:00", _ZONE)):
        found = re.match(wanted, rest)
        if found is None:
            cause = f'cannot parse "{rest}" as "{element}"'
            raise _MismatchError(f'parsing time "{text}" as "{form}": {cause}')
        rest = rest[found.end() :]
    if rest:
        raise _MismatchError(f'parsing time "{text}": extra text: "{rest}"')
    try:
        datetime.fromisoformat(text)
    except ValueError as error:
        element = str(error).split()[0].replace("offset", "time zone offset hour")
        raise _MismatchError(f'parsing time "{text}": {element} out of range') from None
    return True


_ZONE = r"Z|[+-]\d\d:\d\d"
_TIME_ELEMENTS = (
    ("2006", r"\d{4}"),
    ("-", "-"),
    ("01", r"\d\d"),
    ("-", "-"),
    ("02", r"\d\d"),
    ("T", "T"),
    ("15", r"\d\d"),
    (":", ":"),
    ("04", r"\d\d"),
    (":", ":"),
    ("05", r"\d\d"),
)
"""Of a time, in the words of Go's layouts."""


def _is_base64(value: Any) -> bool:
    if not isinstance(value, str):
        return False
    text = value.replace("\n", "").replace("\r", "")
    try:
        b64decode(text, validate=True)
    except ValueError:
        alien = re.search(r"[^A-Za-z0-9+/]", text.rstrip("="))
        at = alien.start() if alien else len(text.rstrip("=")) // 4 * 4
        raise _MismatchError(f"illegal base64 data at input byte {at}") from None
    return True


_SIZED = frozenset({"uint8", "int32", "int64", "intorstring"})
_LEAVES: Mapping[str, Callable[[Any], bool]] = {
    "string": lambda value: isinstance(value, str),
    "bool": lambda value: isinstance(value, bool),
    "uint8": lambda value: _is_int(value) and 0 <= value < 256,
    "int32": _is_int_of(32),
    "int64": _is_int_of(64),
    "intorstring": lambda value: isinstance(value, str) or _is_int_of(32)(value),
    "float64": _is_number,
    "any": lambda value: True,
    "quantity": _is_quantity,
    "time": _is_time,
    "microtime": _is_micro_time,
    "bytes": _is_base64,
}
