"""One encrypted leaf: ``ENC[AES256_GCM,data:…,iv:…,tag:…,type:…]``."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from trueup.errors import DecryptionError
from trueup.objects.gonumbers import parse_bool, parse_float, parse_int, parse_time
from trueup.render.sops.tree import Comment, Time, to_bytes, to_text

_ENCRYPTED = re.compile(r"ENC\[AES256_GCM,data:([^,\n]+),iv:([^,\n]+),tag:([^,\n]+),type:(.+)\]")
_KEY_SIZES = (16, 24, 32)
_IV_SIZES = range(8, 129)


class Cipher:
    """``key``: the data key. DecryptionError if it cannot be one."""

    def __init__(self, key: bytes) -> None:
        if len(key) not in _KEY_SIZES:
            raise DecryptionError(f"the data key has {len(key)} bytes, and no AES key has")
        self._aes = AESGCM(key)

    def decrypt(self, text: str, bound_to: str) -> Any:
        """The value in ``text``, which counts only where it was encrypted: at ``bound_to``.

        An empty text is not encrypted. Raises DecryptionError, which shows nothing of the value.
        """
        if not text:
            return ""
        found = _ENCRYPTED.match(text)
        if found is None:
            raise DecryptionError("should be encrypted, and is not in the form of SOPS")
        data, iv, tag = (_decoded(part) for part in found.groups()[:3])
        if len(iv) not in _IV_SIZES:
            raise DecryptionError(f"has an initialisation vector of {len(iv)} bytes")
        try:
            content = self._aes.decrypt(iv, data + tag, to_bytes(bound_to))
        except (InvalidTag, ValueError) as error:
            raise DecryptionError(
                "does not decrypt: it was changed, or moved from another field"
            ) from error
        return _typed(to_text(content), found[4])


def _decoded(part: str) -> bytes:
    try:
        return base64.b64decode(part, validate=True)
    except (binascii.Error, ValueError) as error:
        raise DecryptionError("is not in base64 throughout") from error


def _typed(text: str, kind: str) -> Any:
    try:
        match kind:
            case "str":
                return text
            case "int":
                return parse_int(text)
            case "float":
                return parse_float(text)
            case "bool":
                return parse_bool(text)
            case "time":
                return Time(parse_time(text))
            case "comment":
                return Comment(text)
    except ValueError as error:
        raise DecryptionError(f"holds what is no {kind}: it {error}") from None
    raise DecryptionError("has a type that SOPS does not read")
