"""``spec.decryption`` of a Flux Kustomization: where keys come from, and what they are used on.

As kustomize-controller does it: before the build the files that Secrets and patches are made of,
after it the objects that SOPS encrypted, and values of Secrets that are encrypted files.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, replace
from typing import Any, Final

import orjson

from trueup.dialects.flux import names
from trueup.dialects.flux.key_secret import key_material, vault_logins
from trueup.dialects.flux.referenced import format_of, referenced
from trueup.errors import InputError, TreeError
from trueup.keys import Accounts, KeyMaterial, KeyRing
from trueup.objects import Manifest, ObjectRef, manifest
from trueup.objects.names import dns_subdomain
from trueup.render.sops import (
    DataKeys,
    Format,
    decrypt,
    format_by_mark,
    has_mark,
)
from trueup.tree import OverlayTree, Tree

_SOPS: Final = "sops"


@dataclass(frozen=True, slots=True)
class Decryption:
    """How encrypted deliveries are opened here.

    ``age_secret`` has age keys for deliveries that name no Secret. ``as_this_machine``: whether
    Trueup's own identity, in the clouds and for Vault, counts for them. ``accounts`` act before
    those for deliveries that name one; ``default_account`` does where none is named. ``vaults`` is
    the ConfigMap with the Vaults that they may log in to.
    """

    open_keys: Callable[[KeyMaterial], AbstractContextManager[DataKeys]] = KeyRing
    age_secret: ObjectRef | None = None
    as_this_machine: bool = False
    accounts: Accounts | None = None
    default_account: str = ""
    vaults: ObjectRef | None = None


BY_SECRETS: Final = Decryption()
"""With the keys that each delivery names, and nothing else."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a Kustomization says: ``secret`` has its keys, ``account`` acts; None: it names none."""

    decryption: Decryption
    secret: ObjectRef | None
    is_common: bool = False
    """Whether the Secret is that for all, of which only age keys count."""
    account: ObjectRef | None = None

    @property
    def inputs(self) -> list[tuple[ObjectRef, bool]]:
        """What is read for it, and whether that may be absent."""
        named = [(ref, False) for ref in (self.secret, self.account) if ref is not None]
        vaults = self.decryption.vaults
        return [*named, (vaults, True)] if vaults is not None else named

    def open_keys(self, inputs: Sequence[Manifest]) -> AbstractContextManager[DataKeys]:
        """Those that come of what is among ``inputs``."""
        found = {ObjectRef.of(obj): obj for obj in inputs}
        given = self.decryption
        secret = found.get(self.secret) if self.secret else None
        material = key_material(
            secret, only_age=self.is_common, as_this_machine=given.as_this_machine
        )
        if given.accounts is not None:
            material = self._with_accounts(material, given.accounts, found)
        return given.open_keys(material)

    def _with_accounts(
        self, material: KeyMaterial, accounts: Accounts, found: Mapping[ObjectRef, Manifest]
    ) -> KeyMaterial:
        account, vaults = self.account, self.decryption.vaults
        return replace(
            material,
            account=accounts.named(found[account]) if account is not None else None,
            own_account=accounts.own if material.ambient else None,
            vault_logins=vault_logins(found.get(vaults)) if vaults is not None else {},
        )


def wanted(spec: Mapping[str, Any], ref: ObjectRef, decryption: Decryption) -> Wanted | None:
    """None if nothing is to be decrypted. Raises InputError."""
    found = spec.get("decryption")
    if not found:
        return None
    if found.get("provider") != _SOPS:
        raise InputError(
            f"spec.decryption.provider {found.get('provider')!r} is none",
            subject=str(ref),
            next_step=f"use {_SOPS}",
        )
    name = found.get("serviceAccountName") or decryption.default_account
    account = _beside(ref, "ServiceAccount", name, "serviceAccountName")
    secret = _beside(ref, "Secret", (found.get("secretRef") or {}).get("name"), "secretRef.name")
    if secret is None:
        return Wanted(decryption, decryption.age_secret, is_common=True, account=account)
    return Wanted(decryption, secret, account=account)


def _beside(ref: ObjectRef, kind: str, name: str | None, field: str) -> ObjectRef | None:
    """The object of that name in the namespace of ``ref``; None if there is no name."""
    if not name:
        return None
    if problems := dns_subdomain(name):
        raise InputError(f"spec.decryption.{field} {name!r} is none: {problems[0]}")
    return ObjectRef("", kind, ref.namespace, name, "v1")


class Decryptor:
    """Decrypts what one rendering reads and makes; ``secrets`` are the texts that came of it."""

    def __init__(self, keys: DataKeys) -> None:
        self._keys = keys
        self.secrets: list[str] = []
        self.decrypted: set[tuple[Any, ...]] = set()
        """``identity`` of each object that was encrypted as a whole."""

    # Before the build

    def sources(self, tree: Tree, path: str) -> Tree:
        """``tree`` with the files that Secrets and patches are made of decrypted in their place."""
        files: dict[str, bytes | str] = {}
        for file, form in referenced(tree, path):
            with suppress(TreeError):  # the build will complain
                found = tree.resolve(file)
                if found is not None and found not in files and tree.is_file(found):
                    content = tree.read(found)
                    if has_mark(content, form):
                        files[found] = self._decrypt(content, form, form, found)
        return OverlayTree(tree, files) if files else tree

    # After the build

    def objects(self, built: Sequence[Manifest]) -> list[Manifest]:
        return [self._object(obj) for obj in built]

    def _object(self, obj: Manifest) -> Manifest:
        if is_opted_out(obj):
            return obj
        if _is_encrypted(obj):
            return self._whole(obj)
        return self._values(obj) if obj.get("kind") == "Secret" else obj

    def _whole(self, obj: Manifest) -> Manifest:
        """Kustomize may have changed it since it was encrypted, so its MAC says nothing."""
        text = orjson.dumps(obj)
        plain = self._decrypt(text, Format.JSON, Format.JSON, identity_text(obj), check_mac=False)
        found: Manifest = orjson.loads(plain)
        self.decrypted.add(identity(found))
        return found

    def _values(self, secret: Manifest) -> Manifest:
        """As in Flux, ``data`` without an entry is gone afterwards."""
        data = secret.get("data")
        if not isinstance(data, dict):
            return secret
        found = {key: self._value(secret, key, value) for key, value in data.items()}
        rest = {field: value for field, value in secret.items() if field != "data"}
        return {**rest, "data": found} if found else rest

    def _value(self, secret: Manifest, key: str, value: Any) -> Any:
        content = _from_base64(value)
        form = format_by_mark(content)
        if form is None:
            return value
        where = f"{identity_text(secret)}: data.{key}"
        plain = self._decrypt(content, form, format_of(key), where)
        return base64.b64encode(plain).decode()

    def _decrypt(
        self, content: bytes, form: Format, output: Format, where: str, *, check_mac: bool = True
    ) -> bytes:
        plain = decrypt(content, form, self._keys, output=output, source=where, check_mac=check_mac)
        self.secrets += plain.secrets
        return plain.content


def is_opted_out(obj: Manifest) -> bool:
    """Whether an annotation says to leave the object encrypted."""
    said = manifest.annotations(obj).get(names.DECRYPT)
    return str(said).lower() == names.DISABLED


def identity(obj: Manifest) -> tuple[Any, ...]:
    meta = obj.get("metadata") or {}
    return obj.get("apiVersion"), obj.get("kind"), meta.get("namespace"), meta.get("name")


def identity_text(obj: Manifest) -> str:
    _, kind, namespace, name = identity(obj)
    return "/".join(str(part) for part in (kind, namespace, name) if part)


def _is_encrypted(obj: Manifest) -> bool:
    found = obj.get(_SOPS)
    return isinstance(found, dict) and bool(found.get("mac"))


def _from_base64(value: Any) -> bytes:
    """Kustomize writes it in lines. Empty for what is none: the server will complain."""
    try:
        return base64.b64decode(str(value).replace("\n", "").replace("\r", ""), validate=True)
    except (binascii.Error, ValueError):
        return b""
