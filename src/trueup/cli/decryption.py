"""Keys for SOPS on the command line: where ``sops`` itself looks, and the controllers' common Secret."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from trueup.errors import InputError
from trueup.objects import ObjectRef
from trueup.objects.names import dns_subdomain

if TYPE_CHECKING:
    from trueup.keys import KeyMaterial, KeyRing

_AGE_KEYS = Path("sops") / "age" / "keys.txt"


def age_secret_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """``--sops-age-secret``; the verb gets what it says as ``age_secret``."""
    return click.option(
        "--sops-age-secret",
        "age_secret",
        metavar="[NAMESPACE/]NAME",
        callback=_secret,
        help="Secret with age keys (NAME.agekey) for deliveries whose spec.decryption names none."
        " Default namespace: the one that Trueup runs in.",
    )(command)


def in_namespace(age_secret: ObjectRef | None, namespace: str) -> ObjectRef | None:
    """``age_secret``, in ``namespace`` if it names none."""
    if age_secret is None or age_secret.namespace:
        return age_secret
    return ObjectRef("", "Secret", namespace, age_secret.name, "v1")


def _secret(context: click.Context, option: click.Parameter, text: str | None) -> ObjectRef | None:
    if not text:
        return None
    namespace, _, name = text.rpartition("/")
    for part in filter(None, (namespace, name)):
        if problems := dns_subdomain(part):
            raise click.BadParameter(problems[0])
    if not name:
        raise click.BadParameter("it names no Secret")
    return ObjectRef("", "Secret", namespace, name, "v1")


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
    """A ring of ``material``; where a delivery names no keys, of whoever runs this."""
    from trueup.keys import EMPTY, KeyRing

    return KeyRing(own_keys(None) if material == EMPTY else material)


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
