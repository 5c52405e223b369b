"""Secrets that SOPS encrypted, shown without their ciphertext, as ``flux build`` shows them."""

from __future__ import annotations

import base64
import re
from typing import Any, Final

from trueup.errors import InputError
from trueup.objects import Manifest, yaml
from trueup.render.kustomize.nodes import UNTYPED, Plain, to_value

_MASK: Final = "**SOPS**"
_JSON_MASK: Final = f'{{"mask":"{_MASK}"}}'
_DOCKER_CONFIG: Final = "kubernetes.io/dockerconfigjson"
_BASE64: Final = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")


def mask_secret(secret: Manifest) -> Manifest:
    """``secret`` with a mask for what SOPS encrypted, as a whole or single values of it.

    As in Flux, all values become strings, and empty ``data`` is left out. Raises InputError for
    ``data`` that is not base64.
    """
    text = yaml.dump(secret, sort_keys=True)
    data, string_data = _strings(secret.get("data")), _strings(secret.get("stringData"))
    if "sops:" in text and "mac: ENC[" in text:
        mask = _JSON_MASK if secret.get("type") == _DOCKER_CONFIG else _MASK
        data = dict.fromkeys(data, _encoded(mask))
        string_data = dict.fromkeys(string_data, mask)
        masked = {key: value for key, value in secret.items() if key != "sops"}
    else:
        subject = f"Secret/{secret['metadata'].get('name')}"
        data = {key: _masked(value, _decoded(value, subject)) for key, value in data.items()}
        string_data = {key: _masked(value, value) for key, value in string_data.items()}
        masked = dict(secret)
    masked.pop("data", None)
    if data:
        masked["data"] = data
    if string_data:
        masked["stringData"] = {key: _retyped(value) for key, value in string_data.items()}
    return masked


def _masked(value: str, content: str) -> str:
    return _encoded(_MASK) if "sops" in content and "ENC[" in content else value


def _retyped(text: str) -> Any:
    """``text`` as Flux prints it: without quotes, so that its form decides what it is."""
    return to_value(Plain(text, UNTYPED))


def _strings(values: Any) -> dict[str, str]:
    if not isinstance(values, dict):
        return {}
    return {key: _text(value) for key, value in values.items()}


def _text(value: Any) -> str:
    if value is None or isinstance(value, dict | list):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _decoded(value: str, subject: str) -> str:
    compact = value.replace("\n", "").replace("\r", "")
    if not _BASE64.fullmatch(compact):
        raise InputError(
            "data holds a value that is not base64",
            subject=subject,
            next_step="encode it, or move it to stringData",
        )
    return base64.b64decode(compact).decode("utf-8", "replace")
