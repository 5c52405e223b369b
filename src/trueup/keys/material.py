"""Keys and credentials as they were given, none of it looked into yet."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from trueup.keys.accounts import ActingAccount


@dataclass(frozen=True, slots=True)
class AwsKeys:
    """An access key of AWS."""

    access_key: str
    secret: str = field(repr=False)
    session_token: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class KeyMaterial:
    """``ambient``: whether this machine's own identity in a cloud counts where none was given;
    ``own_gpg_home``: whether the keys of whoever runs this do, where no PGP key was given.
    """

    age: tuple[str, ...] = field(default=(), repr=False)
    """Texts with one identity a line."""
    ssh: tuple[bytes, ...] = field(default=(), repr=False)
    """Private keys in PEM, without a passphrase."""
    pgp: tuple[bytes, ...] = field(default=(), repr=False)
    """Private keys, armored or not."""
    vault_token: str = field(default="", repr=False)
    aws: AwsKeys | None = None
    azure: Mapping[str, Any] | None = field(default=None, repr=False)
    """``tenantId``, ``clientId``, ``clientSecret`` or ``clientCertificate``, and the like."""
    gcp: Mapping[str, Any] | None = field(default=None, repr=False)
    """A credentials file of Google."""
    account: ActingAccount | None = None
    """Acts where there are no credentials for a service above."""
    own_account: Callable[[], ActingAccount] | None = None
    """That of Trueup itself, for Vault, where no other is named."""
    vault_logins: Mapping[str, str] = field(default_factory=dict)
    """Address of a Vault that accounts may log in to -> path to do so at."""
    ambient: bool = False
    own_gpg_home: bool = False


EMPTY: Final = KeyMaterial()
