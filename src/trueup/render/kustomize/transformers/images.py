"""The ``images`` field: other names, tags and digests for container images."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from trueup.errors import RenderError
from trueup.objects.regex import Regex
from trueup.render.kustomize.fieldspecs import FieldSpec, Setter, set_fields
from trueup.render.kustomize.kustomization import Image
from trueup.render.kustomize.nodes import Node, is_null, is_scalar, retyped, text_of
from trueup.render.kustomize.regex import compile_regex
from trueup.render.kustomize.resmap import ResMap

_TAG = r"(:[a-zA-Z0-9_.{}-]*)?(@sha256:[a-zA-Z0-9_.{}-]*)?$"


def set_image(resources: ResMap, image: Image, specs: Iterable[FieldSpec]) -> None:
    """Applies ``image`` where ``specs`` lead, and to all lists of containers at any depth."""
    specs = tuple(specs)
    pattern = _pattern(image.name)

    def setter(node: Node) -> Node:
        if is_null(node):
            return node
        if not is_scalar(node):
            raise RenderError("an image is a string")
        text = text_of(node)
        return retyped(node, replaced(text, image)) if pattern.found_in(text) else node

    for resource in resources:
        if resource.kind != "CustomResourceDefinition":
            _visit_containers(resource.body, setter)
            set_fields(resource, specs, setter)


def _visit_containers(node: Node, setter: Setter) -> None:
    if isinstance(node, list):
        for item in node:
            if isinstance(item, dict | list):
                _visit_containers(item, setter)
    elif isinstance(node, dict):
        for key, item in node.items():
            if not isinstance(item, dict | list):
                continue
            _visit_containers(item, setter)
            if key in ("containers", "initContainers") and isinstance(item, list):
                for container in item:
                    if isinstance(container, dict) and "image" in container:
                        container["image"] = setter(container["image"])


@lru_cache(maxsize=1024)
def _pattern(name: str) -> Regex:
    return compile_regex("^" + name + _TAG)


def replaced(text: str, image: Image) -> str:
    """The image reference ``text`` with the name, tag and digest that ``image`` asks for."""
    name, tag, digest = split_image(text)
    name = image.new_name or name
    if image.new_tag or image.digest:
        tag, digest = image.new_tag, image.digest
    elif image.tag_suffix:
        tag, digest = tag + image.tag_suffix, ""
    return name + (f":{tag}" if tag else "") + (f"@{digest}" if digest else "")


def split_image(text: str) -> tuple[str, str, str]:
    """Name, tag and digest; a colon before the first slash belongs to the name."""
    slash = max(text.find("/"), 0)
    at, colon = text.find("@", slash), text.find(":", slash)
    if at >= 0 and (colon < 0 or at < colon):
        return text[:at], "", text[at + 1 :]
    if at >= 0:
        return text[:colon], text[colon + 1 : at], text[at + 1 :]
    if colon >= 0:
        return text[:colon], text[colon + 1 :], ""
    return text, "", ""
