"""The Secret with keys for decryption, by the names that Flux gives its entries."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any, Final

from trueup.errors import InputError
from trueup.keys import AwsKeys, KeyMaterial
from trueup.objects import Manifest, ObjectRef, yaml

_AGE: Final = ".agekey"
_PGP: Final = ".asc"
_VAULT: Final = "sops.vault-token"
_AWS: Final = "sops.aws-kms"
_AZURE: Final = "sops.azure-kv"
_GCP: Final = "sops.gcp-kms"
_VAULT_CONFIG: Final = "config.yaml"
_AWS_NAMES: Final = ("access_key_id", "secret_access_key", "session_token")


def key_material(secret: Manifest | None, *, only_age: bool, as_this_machine: bool) -> KeyMaterial:
    """What ``secret`` holds; of one that serves everybody ``only_age`` counts.

    Raises InputError with the entry that cannot be read, without its value.
    """
    if secret is None:
        return KeyMaterial(ambient=as_this_machine)
    data = _decoded(secret)
    age = tuple(_text(data, name, secret) for name in sorted(data) if name.endswith(_AGE))
    if only_age:
        return KeyMaterial(age=age, ambient=as_this_machine)
    return KeyMaterial(
        age=age,
        pgp=tuple(data[name] for name in sorted(data) if name.endswith(_PGP)),
        vault_token=_text(data, _VAULT, secret).strip() if _VAULT in data else "",
        aws=_aws(_mapping(data, _AWS, secret)),
        azure=_mapping(data, _AZURE, secret),
        gcp=_mapping(data, _GCP, secret),
        ambient=as_this_machine,
    )


def vault_logins(config_map: Manifest | None) -> Mapping[str, str]:
    """Address of a Vault -> path to log in at, as ``config_map`` says it, if it is there.

    ``{instances: [{address, loginPath}]}``, in its entry config.yaml. Raises InputError.
    """
    if config_map is None:
        return {}
    subject = f"{ObjectRef.of(config_map)}: {_VAULT_CONFIG}"
    config = yaml.load((config_map.get("data") or {}).get(_VAULT_CONFIG) or "", subject)
    instances = config.get("instances") or () if isinstance(config, dict) else None
    if not isinstance(instances, list | tuple) or not all(map(_is_instance, instances)):
        raise InputError(
            "is no list of instances", subject=subject, next_step="give each address and loginPath"
        )
    return {each["address"]: each["loginPath"] for each in instances}


def _is_instance(item: Any) -> bool:
    fields = ("address", "loginPath")
    return isinstance(item, dict) and all(isinstance(item.get(name), str) for name in fields)


def _aws(found: Mapping[str, Any] | None) -> AwsKeys | None:
    if found is None:
        return None
    texts = (str(found.get(f"aws_{name}") or "") for name in _AWS_NAMES)
    return AwsKeys(*texts)


def _mapping(data: Mapping[str, bytes], name: str, secret: Manifest) -> Mapping[str, Any] | None:
    """YAML, of which JSON is a part; a byte order mark may say that it is UTF-16."""
    if name not in data:
        return None
    content = data[name]
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        found = yaml.load(content.decode(encoding))
    except (InputError, UnicodeDecodeError):
        found = None
    if not isinstance(found, dict):
        raise InputError("is no YAML mapping", subject=_entry(secret, name))
    return found


def _text(data: Mapping[str, bytes], name: str, secret: Manifest) -> str:
    try:
        return data[name].decode()
    except UnicodeDecodeError:
        raise InputError("is no text", subject=_entry(secret, name)) from None


def _decoded(secret: Manifest) -> dict[str, bytes]:
    found = {}
    for name, value in (secret.get("data") or {}).items():
        try:
            found[name] = base64.b64decode(value, validate=True)
        except (binascii.Error, TypeError, ValueError):
            raise InputError("is not base64", subject=_entry(secret, name)) from None
    return found


def _entry(secret: Manifest, name: str) -> str:
    return f"{ObjectRef.of(secret)}: {name}"
