"""Requests of certificates."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator

from trueup.controlplane.validation.causes import (
    Cause,
    below,
    duplicate,
    immutable,
    invalid,
    required,
    unsupported,
)
from trueup.objects import Manifest

_USAGES = (
    "any",
    "cert sign",
    "client auth",
    "code signing",
    "content commitment",
    "crl sign",
    "data encipherment",
    "decipher only",
    "digital signature",
    "email protection",
    "encipher only",
    "ipsec end system",
    "ipsec tunnel",
    "ipsec user",
    "key agreement",
    "key encipherment",
    "microsoft sgc",
    "netscape sgc",
    "ocsp signing",
    "s/mime",
    "server auth",
    "signing",
    "timestamping",
)
_SHORTEST = 600
_BLOCK = b"-----BEGIN CERTIFICATE REQUEST-----"


def signing_request(obj: Manifest) -> Iterator[Cause]:
    spec = obj["spec"]
    request, usages = str(spec.get("request") or ""), spec.get("usages") or []
    if not b64decode(request).lstrip().startswith(_BLOCK):
        yield invalid("spec.request", request, "PEM block type must be CERTIFICATE REQUEST")
    if not usages:
        yield required("spec.usages")
    for at, usage in enumerate(usages):
        place = below("spec.usages", at)
        if usage not in _USAGES:
            yield unsupported(place, usage, _USAGES)
        if usage in usages[:at]:
            yield duplicate(place, usage)
    if not spec.get("signerName"):
        yield required("spec.signerName")
    seconds = spec.get("expirationSeconds")
    if seconds is not None and seconds < _SHORTEST:
        detail = f"may not specify a duration less than {_SHORTEST} seconds (10 minutes)"
        yield invalid("spec.expirationSeconds", seconds, detail)


def signing_request_changes(new: Manifest, old: Manifest) -> Iterator[Cause]:
    yield from immutable("spec", new["spec"], old["spec"])
