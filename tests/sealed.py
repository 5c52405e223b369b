"""Documents encrypted as SOPS does, for tests that need a fresh key or a value of their own."""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pyrage
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_MOMENT = "2026-11-24T22:15:00Z"


def identity() -> tuple[str, str]:
    """A new identity of age, and its recipient."""
    made = pyrage.x25519.Identity.generate()
    return str(made), str(made.to_public())


def sealed(
    plain: Mapping[str, Any],
    *recipients: str,
    only: Sequence[str] = (),
    data_key: bytes | None = None,
) -> dict[str, Any]:
    """``plain``, whose leaves are strings, encrypted for ``recipients``.

    ``only``: the keys below which leaves are encrypted; none: all leaves are.
    """
    key = data_key or os.urandom(32)
    mac = hashlib.sha512()
    body = _walk(plain, (), lambda text, path: _leaf(text, path, key, mac, only))
    noted = _encrypted(mac.hexdigest().upper(), _MOMENT, key)
    rule = {"encrypted_regex": f"^({'|'.join(only)})$"} if only else {}
    entries = [{"recipient": each, "enc": _for_recipient(key, each)} for each in recipients]
    sops = {"age": entries, "lastmodified": _MOMENT, "mac": noted, "version": "3.13.3", **rule}
    return {**body, "sops": sops}


def _walk(value: Any, path: tuple[str, ...], leaf: Callable[[str, tuple[str, ...]], str]) -> Any:
    if isinstance(value, Mapping):
        return {key: _walk(item, (*path, key), leaf) for key, item in value.items()}
    if isinstance(value, list):
        return [_walk(item, path, leaf) for item in value]
    return leaf(value, path)


def _leaf(text: str, path: tuple[str, ...], key: bytes, mac: Any, only: Sequence[str]) -> str:
    mac.update(text.encode())
    if not text or (only and not set(path) & set(only)):
        return text
    return _encrypted(text, ":".join(path) + ":", key)


def _encrypted(text: str, bound_to: str, key: bytes) -> str:
    iv = os.urandom(32)
    made = AESGCM(key).encrypt(iv, text.encode(), bound_to.encode())
    data, tag = made[:-16], made[-16:]
    parts = (base64.b64encode(part).decode() for part in (data, iv, tag))
    return "ENC[AES256_GCM,data:{},iv:{},tag:{},type:str]".format(*parts)


def _for_recipient(key: bytes, recipient: str) -> str:
    return pyrage.encrypt(key, [pyrage.x25519.Recipient.from_str(recipient)], armored=True).decode()
