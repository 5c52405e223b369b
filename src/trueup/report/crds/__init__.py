"""The definitions of Trueup's own kinds, as files that an API server takes."""

from __future__ import annotations

from importlib import resources

from trueup.objects import Manifest, yaml


def crds() -> list[Manifest]:
    """The CustomResourceDefinitions of group trueup.dev."""
    return definitions_in(__name__)


def definitions_in(package: str) -> list[Manifest]:
    """The manifests in the YAML files of a Python package, by file name."""
    files = sorted(resources.files(package).iterdir(), key=lambda file: file.name)
    return [yaml.load(f.read_bytes(), f.name) for f in files if f.name.endswith(".yaml")]
