"""age: identities of X25519, post-quantum ones, and private keys of ssh."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

import pyrage

from trueup.errors import DecryptionError
from trueup.keys.age_hybrid import PREFIX, HybridIdentity
from trueup.keys.material import KeyMaterial
from trueup.keys.ring import Open
from trueup.render.sops import MasterKey

_Identity: TypeAlias = "pyrage.x25519.Identity | pyrage.ssh.Identity"


def opener(material: KeyMaterial) -> Open:
    """Raises DecryptionError for an identity that cannot be read; it does not say what it is."""
    lines = [line for text in material.age for line in _lines(text)]
    hybrids = [HybridIdentity(line) for line in lines if line.startswith(PREFIX)]
    identities: list[_Identity] = [
        *(_parsed(line) for line in lines if not line.startswith(PREFIX)),
        *map(_ssh, material.ssh),
    ]

    def open_with_age(key: MasterKey) -> bytes:
        if not identities and not hybrids:
            raise DecryptionError("there is no age identity here")
        for hybrid in hybrids:
            if (found := hybrid.open(key.enc)) is not None:
                return found
        try:
            return bytes(pyrage.decrypt(key.enc.encode(), identities))
        except pyrage.DecryptError as error:
            raise DecryptionError(_reason(str(error), len(identities) + len(hybrids))) from None

    return open_with_age


def _reason(said: str, count: int) -> str:
    if said == "No matching keys found":
        return "no identity here is its own" if count > 1 else "the identity here is another one"
    return "its entry is no age file, or was changed"


def _lines(text: str) -> Iterator[str]:
    return (line.strip() for line in text.splitlines() if line.strip() and line[0] != "#")


def _parsed(line: str) -> _Identity:
    if line.startswith("AGE-PLUGIN-"):
        raise DecryptionError(
            "an age identity is of a plugin, and no program is run for a key",
            next_step="use an identity that age-keygen makes",
        )
    try:
        return pyrage.x25519.Identity.from_str(line)
    except pyrage.IdentityError:
        raise DecryptionError(
            "an age identity is malformed", next_step="copy the whole line AGE-SECRET-KEY-1…"
        ) from None


def _ssh(content: bytes) -> _Identity:
    try:
        return pyrage.ssh.Identity.from_buffer(content)
    except pyrage.IdentityError:
        raise DecryptionError(
            "an ssh key is malformed, of another kind than ed25519 and rsa, or has a passphrase"
        ) from None
