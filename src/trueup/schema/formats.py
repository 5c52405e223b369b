"""The string formats that a schema may demand (``format: ipv4``), as Kubernetes checks them.

Names are compared without dashes: ``date-time`` is ``datetime``. A format that is not in `FORMATS`
demands nothing.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from email.utils import parseaddr
from typing import Final
from urllib.parse import urlsplit

from trueup.objects import names

Check = Callable[[str], bool]


def normalized(name: str) -> str:
    """The key of ``FORMATS`` that ``name`` means."""
    return name.replace("-", "")


def _like(pattern: str, flags: re.RegexFlag = re.ASCII) -> Check:
    compiled = re.compile(pattern, flags)
    return lambda text: compiled.fullmatch(text) is not None


def _uuid(version: str, variant: str) -> Check:
    return _like(
        f"[0-9a-f]{{8}}-?[0-9a-f]{{4}}-?{version}-?{variant}-?[0-9a-f]{{12}}",
        re.ASCII | re.IGNORECASE,
    )


def is_uri(text: str) -> bool:
    """An absolute URL, or an absolute path: what can follow ``GET``."""
    if not text or re.search(r"[\x00-\x20\x7f]|%(?![0-9A-Fa-f]{2})", text):
        return False
    if text.startswith("/") or text == "*":
        return True
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        return False
    return re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", text) is not None


def is_base64(text: str) -> bool:
    return _BASE64(text)


def is_date(text: str) -> bool:
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
        return False
    return _parses(date.fromisoformat, text)


def is_datetime(text: str) -> bool:
    """RFC 3339; also with a ``T`` or ``Z`` in lower case."""
    upper = text.upper()
    match = _DATETIME.fullmatch(upper)
    return match is not None and _parses(datetime.fromisoformat, f"{match[1]}{match[2]}+00:00")


def is_duration(text: str) -> bool:
    """Go's notation, or a number with a unit anywhere: ``22 ns``, ``3 days``."""
    if _GO_DURATION.fullmatch(text):
        return True
    return any(
        unit.lower() in _SHORT_UNITS or unit.lower().startswith(_LONG_UNITS)
        for unit in _LOOSE_DURATION.findall(text)
    )


def _parses(parse: Callable[[str], object], text: str) -> bool:
    try:
        parse(text)
    except ValueError:
        return False
    return True


def _is_ipv4(text: str) -> bool:
    """Leading zeros in a part are let pass, as in all of Kubernetes' older fields."""
    parts = text.split(".")
    return len(parts) == 4 and all(re.fullmatch(r"\d+", p) and int(p) < 256 for p in parts)


def _is_ipv6(text: str) -> bool:
    return ":" in text and "%" not in text and _parses(ipaddress.IPv6Address, text)


def _is_cidr(text: str) -> bool:
    address, slash, length = text.partition("/")
    if not slash or not re.fullmatch(r"\d{1,3}", length, re.ASCII):
        return False
    if _is_ipv4(address):
        return int(length) <= 32
    return _is_ipv6(address) and int(length) <= 128


def _is_hostname(text: str) -> bool:
    short = len(text.encode()) <= 255 and all(len(p.encode()) <= 63 for p in text.split("."))
    return short and _HOSTNAME(text)


def _is_email(text: str) -> bool:
    name, address = parseaddr(text)
    local, at, domain = address.rpartition("@")
    plain = text.strip() == address or bool(name)
    return bool(local and at and domain and plain) and not re.search(r"[\s,]", address)


def _digits(text: str) -> str:
    return re.sub(r"[\s-]", "", text)


def _is_isbn10(text: str) -> bool:
    digits = _digits(text)
    if not re.fullmatch(r"\d{9}[\dX]", digits, re.ASCII):
        return False
    values = [10 if char == "X" else int(char) for char in digits]
    return sum(weight * value for weight, value in enumerate(values, 1)) % 11 == 0


def _is_isbn13(text: str) -> bool:
    digits = _digits(text)
    if not re.fullmatch(r"\d{13}", digits, re.ASCII):
        return False
    return sum(int(char) * (3 if at % 2 else 1) for at, char in enumerate(digits)) % 10 == 0


def _is_isbn(text: str) -> bool:
    return _is_isbn10(text) or _is_isbn13(text)


def _is_credit_card(text: str) -> bool:
    digits = re.sub(r"[^0-9]", "", text)
    if not _CREDIT_CARD(digits):
        return False
    doubled = [int(char) * (1 + at % 2) for at, char in enumerate(reversed(digits))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


_BASE64: Final = _like(
    "(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})"
)
_HOSTNAME: Final = _like(
    r"[^\W_](?:-?[^\W_]{0,62})?"
    r"|(?:[^\W_](?:(?:[^\W_]|-){0,61}[^\W_])?\.)+[^\W\d_]{2,63}",
    re.UNICODE,
)
_CREDIT_CARD: Final = _like(
    r"4[0-9]{12}(?:[0-9]{3})?|5[1-5][0-9]{14}|6(?:011|5[0-9][0-9])[0-9]{12}"
    r"|3[47][0-9]{13}|3(?:0[0-5]|[68][0-9])[0-9]{11}|(?:2131|1800|35\d{3})\d{11}"
)
_DATETIME: Final = re.compile(
    r"(\d{4}-\d\d-\d\dT)(\d\d:\d\d:\d\d)(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)", re.ASCII
)
_GO_DURATION: Final = re.compile(r"[-+]?(?:0|(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)")
_LOOSE_DURATION: Final = re.compile(r"\d+\s*([A-Za-zµ]+)", re.ASCII)
_SHORT_UNITS: Final = frozenset(["ns", "us", "µs", "ms", "s", "m", "h", "hr", "d", "w", "wk"])
_LONG_UNITS: Final = ("nano", "micro", "milli", "sec", "min", "hour", "day", "week")

FORMATS: Final[Mapping[str, Check]] = {
    "bsonobjectid": _like("[0-9a-fA-F]{24}"),
    "uri": is_uri,
    "email": _is_email,
    "hostname": _is_hostname,
    "ipv4": _is_ipv4,
    "ipv6": _is_ipv6,
    "cidr": _is_cidr,
    "mac": _like(r"[0-9a-fA-F]{2}([:-])(?:[0-9a-fA-F]{2}\1){4,6}[0-9a-fA-F]{2}"),
    "uuid": _uuid("[0-9a-f]{4}", "[0-9a-f]{4}"),
    "uuid3": _uuid("3[0-9a-f]{3}", "[0-9a-f]{4}"),
    "uuid4": _uuid("4[0-9a-f]{3}", "[89ab][0-9a-f]{3}"),
    "uuid5": _uuid("5[0-9a-f]{3}", "[89ab][0-9a-f]{3}"),
    "isbn": _is_isbn,
    "isbn10": _is_isbn10,
    "isbn13": _is_isbn13,
    "creditcard": _is_credit_card,
    "ssn": _like(r"\d{3}[- ]?\d{2}[- ]?\d{4}"),
    "hexcolor": _like("#?(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})"),
    "rgbcolor": _like(
        r"rgb\(\s*(?:(?:\d{1,2}|1\d\d|2[0-4]\d|25[0-5])\s*,\s*){2}"
        r"(?:\d{1,2}|1\d\d|2[0-4]\d|25[0-5])\s*\)"
    ),
    "byte": is_base64,
    "password": lambda text: True,
    "date": is_date,
    "duration": is_duration,
    "datetime": is_datetime,
    "k8sshortname": lambda text: not names.dns_label(text),
    "k8slongname": lambda text: not names.dns_subdomain(text),
}
"""The check of each format by its normalized name."""
