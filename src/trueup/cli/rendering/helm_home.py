"""What the person has told Helm and Docker already: repositories, and who asks registries."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trueup.cli.rendering.published import text_of
from trueup.errors import InputError
from trueup.fetch.charts import Access
from trueup.fetch.http import Tls
from trueup.fetch.oci import Keyring
from trueup.objects import yaml


@dataclass(frozen=True, slots=True)
class HelmHome:
    """``access`` is by URL, ``aliases`` are the URLs of repositories by their names."""

    access: Mapping[str, Access]
    aliases: Mapping[str, str]
    keyring: Keyring

    @classmethod
    def read(cls) -> HelmHome:
        """From where Helm and Docker keep it; InputError for a file that is none of theirs."""
        listed = _repositories(_place("HELM_REPOSITORY_CONFIG", "repositories.yaml"))
        docker = Path(os.environ.get("DOCKER_CONFIG") or Path.home() / ".docker") / "config.json"
        keyring = _keyring(docker)
        own = _keyring(_place("HELM_REGISTRY_CONFIG", "registry/config.json"))
        return cls(
            {str(each["url"]).rstrip("/"): _access(each) for each in listed},
            {str(each["name"]): str(each["url"]) for each in listed},
            own.before(keyring),
        )


def _place(variable: str, file: str) -> Path:
    config = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    home = Path(os.environ.get("HELM_CONFIG_HOME") or Path(config) / "helm")
    return Path(os.environ.get(variable) or home / file)


def _repositories(file: Path) -> list[Mapping[str, Any]]:
    if not file.is_file():
        return []
    document = yaml.load(text_of(file), str(file))
    listed = document.get("repositories") if isinstance(document, dict) else None
    if not isinstance(listed, list):
        raise InputError("is no list of Helm's repositories", subject=str(file))
    return [each for each in listed if isinstance(each, dict) and each.get("url")]


def _access(entry: Mapping[str, Any]) -> Access:
    return Access(
        str(entry.get("username") or ""),
        str(entry.get("password") or ""),
        pass_credentials=entry.get("pass_credentials_all") is True,
        tls=Tls(
            _pem(entry, "caFile"),
            _pem(entry, "certFile"),
            _pem(entry, "keyFile"),
            entry.get("insecure_skip_tls_verify") is not True,
        ),
    )


def _pem(entry: Mapping[str, Any], key: str) -> str:
    return text_of(Path(str(entry[key]))) if entry.get(key) else ""


def _keyring(file: Path) -> Keyring:
    return Keyring.from_docker_config(text_of(file), str(file)) if file.is_file() else Keyring()
