"""Keys for SOPS on the command line: where ``sops`` itself looks, and what controllers share."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from trueup.errors import InputError
from trueup.objects import ObjectRef
from trueup.objects.names import dns_subdomain

if TYPE_CHECKING:
    from trueup.keys import KeyMaterial, KeyRing

_AGE_KEYS = Path("sops") / "age" / "keys.txt"


@dataclass(frozen=True, slots=True)
class CommonKeys:
    """``age_secret`` has age keys for all; ``vaults`` are those that accounts may log in to."""

    age_secret: ObjectRef | None
    vaults: ObjectRef | None

    def in_namespace(self, namespace: str) -> CommonKeys:
        """In ``namespace`` where none is named."""
        return CommonKeys(*(_within(ref, namespace) for ref in (self.age_secret, self.vaults)))


def key_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds them; the verb gets what they say as ``keys``."""

    @click.option(
        "--sops-age-secret",
        "age_secret",
        metavar="[NAMESPACE/]NAME",
        callback=partial(_named, "Secret"),
        help="Secret with age keys (NAME.agekey) for deliveries whose spec.decryption names none."
        " Default namespace: the one that Trueup runs in.",
    )
    @click.option(
        "--sops-vault-configmap",
        "vaults",
        metavar="[NAMESPACE/]NAME",
        callback=partial(_named, "ConfigMap"),
        help="ConfigMap with the Vaults that ServiceAccounts may log in to for keys, in config.yaml:"
        " instances, each with address and loginPath.",
    )
    @wraps(command)
    def with_keys(*, age_secret: ObjectRef | None, vaults: ObjectRef | None, **options: Any) -> Any:
        return command(keys=CommonKeys(age_secret, vaults), **options)

    return with_keys


def _within(ref: ObjectRef | None, namespace: str) -> ObjectRef | None:
    if ref is None or ref.namespace:
        return ref
    return ObjectRef("", ref.kind, namespace, ref.name, "v1")


def _named(
    kind: str, context: click.Context, option: click.Parameter, text: str | None
) -> ObjectRef | None:
    if not text:
        return None
    namespace, _, name = text.rpartition("/")
    for part in filter(None, (namespace, name)):
        if problems := dns_subdomain(part):
            raise click.BadParameter(problems[0])
    if not name:
        raise click.BadParameter(f"it names no {kind}")
    return ObjectRef("", kind, namespace, name, "v1")


def own_keys(key_file: Path | None, env: Mapping[str, str] = os.environ) -> KeyMaterial:
    """The keys of whoever runs this, from where ``sops`` takes them; no program is run for one.

    ``key_file`` counts before all that. InputError for a file that is named and cannot be read.
    """
    from trueup.keys import KeyMaterial

    age = [env["SOPS_AGE_KEY"].replace(" ", "\n")] if env.get("SOPS_AGE_KEY") else []
    named = key_file or (Path(env["SOPS_AGE_KEY_FILE"]) if env.get("SOPS_AGE_KEY_FILE") else None)
    if named is not None:
        age.insert(0, _read(named).decode("utf-8", "replace"))
    common = Path(env.get("XDG_CONFIG_HOME") or Path.home() / ".config") / _AGE_KEYS
    if common.is_file():
        age.append(_read(common).decode("utf-8", "replace"))
    ssh = env.get("SOPS_AGE_SSH_PRIVATE_KEY_FILE")
    return KeyMaterial(
        age=tuple(age),
        ssh=(_read(Path(ssh)),) if ssh else (),
        vault_token=env.get("VAULT_TOKEN") or _vault_token(),
        own_gpg_home=True,
        ambient=True,
    )


def ring_or_own(material: KeyMaterial) -> KeyRing:
    """A ring of ``material``; where a delivery names no Secret, of whoever runs this."""
    from trueup.keys import EMPTY, KeyRing

    if replace(material, account=None) != EMPTY:
        return KeyRing(material)
    return KeyRing(replace(own_keys(None), account=material.account))


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise InputError(error.strerror or str(error), subject=str(file)) from error


def _vault_token() -> str:
    """Where the ``vault`` command keeps it."""
    try:
        return (Path.home() / ".vault-token").read_text(encoding="utf-8").strip()
    except (OSError, RuntimeError):
        return ""
