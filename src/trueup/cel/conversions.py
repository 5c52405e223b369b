"""Conversions between types, and ``size``."""

from __future__ import annotations

import math
import re
from typing import Any, Final

from trueup.cel import times
from trueup.cel.numbers import general
from trueup.cel.operators import int64, timestamp, uint64
from trueup.cel.registry import function
from trueup.cel.values import Duration, EvaluationError, Timestamp, TypeName, UInt, type_name

_DIGITS: Final = r"\d(?:_?\d)*"
_DECIMAL: Final = re.compile(
    rf"[+-]?({_DIGITS}\.?(?:{_DIGITS})?|\.{_DIGITS})([eE][+-]?{_DIGITS})?", re.ASCII
)
_HEXADECIMAL: Final = re.compile(
    r"[+-]?0[xX]([0-9a-fA-F]+\.?[0-9a-fA-F]*|\.[0-9a-fA-F]+)[pP][+-]?\d+", re.ASCII
)
_BOOLS: Final = {
    **dict.fromkeys(("1", "t", "T", "TRUE", "true", "True"), True),
    **dict.fromkeys(("0", "f", "F", "FALSE", "false", "False"), False),
}


@function("standard", "type", "(A) -> type<A>")
def type_of(value: Any) -> TypeName:
    return TypeName(type_name(value))


@function("standard", "dyn", "(A) -> dyn")
@function("standard", "bool", "(bool) -> bool")
@function("standard", "bytes", "(bytes) -> bytes")
@function("standard", "double", "(double) -> double")
@function("standard", "duration", "(duration) -> duration")
@function("standard", "int", "(int) -> int")
@function("standard", "string", "(string) -> string")
@function("standard", "timestamp", "(timestamp) -> timestamp")
@function("standard", "uint", "(uint) -> uint")
def same(value: Any) -> Any:
    return value


@function("standard", "bool", "(string) -> bool")
def bool_of_text(text: str) -> bool:
    if text not in _BOOLS:
        raise EvaluationError(f"type conversion error from {text!r} to bool")
    return _BOOLS[text]


@function("standard", "bytes", "(string) -> bytes")
def bytes_of_text(text: str) -> bytes:
    return text.encode(errors="surrogatepass")


@function("standard", "double", "(int) -> double", "(uint) -> double")
def double_of_number(value: int) -> float:
    return float(value)


@function("standard", "double", "(string) -> double")
def double_of_text(text: str) -> float:
    if _HEXADECIMAL.fullmatch(text):
        return float.fromhex(text)
    bare = text.lower().lstrip("+-")
    named = bare in {"inf", "infinity", "nan"} and len(text) - len(bare) <= 1
    if not named and not _DECIMAL.fullmatch(text):
        raise EvaluationError(f"type conversion error from {text!r} to double")
    value = float(text)
    if math.isinf(value) and not named:
        raise EvaluationError(f"{text!r} is out of range")
    return value


@function("standard", "duration", "(string) -> duration")
def duration_of_text(text: str) -> Duration:
    return times.parse_duration(text)


@function("standard", "timestamp", "(string) -> timestamp")
def timestamp_of_text(text: str) -> Timestamp:
    return times.parse_timestamp(text)


@function("standard", "timestamp", "(int) -> timestamp")
def timestamp_of_int(seconds: int) -> Timestamp:
    return timestamp(seconds * 10**9)


@function("standard", "int", "(uint) -> int")
def int_of_uint(value: UInt) -> int:
    return int64(int(value))


@function("standard", "int", "(double) -> int")
def int_of_double(value: float) -> int:
    if not -(2.0**63) < value < 2.0**63:
        raise EvaluationError("integer overflow")
    return int(value)


@function("standard", "int", "(string) -> int")
def int_of_text(text: str) -> int:
    if not re.fullmatch(r"[+-]?[0-9]+", text):
        raise EvaluationError(f"type conversion error from {text!r} to int")
    return int64(int(text) if len(text) < 100 else 2**64)


@function("standard", "int", "(timestamp) -> int")
def int_of_timestamp(value: Timestamp) -> int:
    return value.nanoseconds // 10**9


@function("standard", "int", "(duration) -> int")
def int_of_duration(value: Duration) -> int:
    return value.nanoseconds


@function("standard", "uint", "(int) -> uint")
def uint_of_int(value: int) -> UInt:
    return uint64(value)


@function("standard", "uint", "(double) -> uint")
def uint_of_double(value: float) -> UInt:
    if not 0 <= value < 2.0**64:
        raise EvaluationError("unsigned integer overflow")
    return UInt(value)


@function("standard", "uint", "(string) -> uint")
def uint_of_text(text: str) -> UInt:
    if not re.fullmatch(r"[0-9]+", text):
        raise EvaluationError(f"type conversion error from {text!r} to uint")
    return uint64(int(text) if len(text) < 100 else 2**64)


@function("standard", "string", "(bool) -> string")
def text_of_bool(value: bool) -> str:
    return "true" if value else "false"


@function("standard", "string", "(int) -> string", "(uint) -> string")
def text_of_int(value: int) -> str:
    return str(int(value))


@function("standard", "string", "(double) -> string")
def text_of_double(value: float) -> str:
    return general(value)


@function("standard", "string", "(bytes) -> string")
def text_of_bytes(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        raise EvaluationError("invalid UTF-8 in bytes, cannot convert to string") from None


@function("standard", "string", "(timestamp) -> string")
def text_of_timestamp(value: Timestamp) -> str:
    return times.format_timestamp(value)


@function("standard", "string", "(duration) -> string")
def text_of_duration(value: Duration) -> str:
    return times.format_duration(value)


@function(
    "standard", "size", "(string) -> int", "string.() -> int", "(bytes) -> int", "bytes.() -> int"
)
@function("standard", "size", "(list<A>) -> int", "list<A>.() -> int")
@function("standard", "size", "(map<A, B>) -> int", "map<A, B>.() -> int")
def size(value: Any) -> int:
    return len(value)
