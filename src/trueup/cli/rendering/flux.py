"""Folders as a Flux Kustomization without further fields renders them."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from trueup.cli.rendering.kustomize import origins
from trueup.cli.rendering.place import Place
from trueup.cli.rendering.rendered import ORIGINS, Flags, Rendered
from trueup.dialects.flux.generate import generate
from trueup.dialects.flux.manifests import BUILD_OPTIONS, flattened
from trueup.objects import Manifest
from trueup.plan.mask import decrypted_texts, holds, is_secret
from trueup.render.kustomize import Options, build, to_yaml

_MASK: Final = "**SOPS**"


def render(place: Place, flags: Flags) -> Rendered:
    """The kustomization of the folder, or one that lists every manifest below it."""
    options = replace(BUILD_OPTIONS, keep_origins=ORIGINS in flags)
    if flags["decrypt"]:
        objects = _decrypted(place, flags, options)
    else:
        objects = flattened(build(generate(place.tree, place.path, {}), place.path, options))
    found = origins(objects, place.path) if ORIGINS in flags else ()
    return Rendered(objects, to_yaml(objects), found)


def _decrypted(place: Place, flags: Flags, options: Options) -> list[Manifest]:
    from trueup.cli.decryption import own_keys
    from trueup.dialects.flux.decryption import Decryptor
    from trueup.keys import KeyRing

    with KeyRing(own_keys(flags["sops_age_key_file"])) as keys:
        decryptor = Decryptor(keys)
        tree = decryptor.sources(generate(place.tree, place.path, {}), place.path)
        objects = flattened(decryptor.objects(build(tree, place.path, options)))
    if flags["show_secrets"]:
        return objects
    return _masked(objects, decrypted_texts(decryptor.secrets))


def _masked(objects: Sequence[Manifest], texts: Sequence[str]) -> list[Manifest]:
    """``objects`` with a mask for each value that holds one of ``texts``."""
    return [_mask(obj, texts, in_data=False) for obj in objects]


def _mask(value: Any, texts: Sequence[str], *, in_data: bool) -> Any:
    if isinstance(value, dict):
        secret = is_secret(value)
        return {
            key: _mask(item, texts, in_data=in_data or (secret and key == "data"))
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [_mask(item, texts, in_data=in_data) for item in value]
    if value is None or not holds(value, texts):
        return value
    return base64.b64encode(_MASK.encode()).decode() if in_data else _MASK
