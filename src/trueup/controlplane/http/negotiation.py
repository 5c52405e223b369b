"""Accept headers to representations: objects, tables, or metadata alone."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from trueup.errors import ApiError

_META = "meta.k8s.io"


class Shape(Enum):
    """In which form a client wants an object."""

    OBJECT = "object"
    TABLE = "Table"
    METADATA = "PartialObjectMetadata"


@dataclass(frozen=True, slots=True)
class Representation:
    """``version`` is that of the Table or PartialObjectMetadata.

    ``of_list`` says of metadata whether it is a list that is wanted, or one object.
    """

    shape: Shape = Shape.OBJECT
    version: str = ""
    yaml: bool = False
    pretty: bool = False
    of_list: bool | None = None

    @property
    def content_type(self) -> str:
        return "application/yaml" if self.yaml else "application/json"


_SHAPES = {
    "Table": Shape.TABLE,
    "PartialObjectMetadata": Shape.METADATA,
    "PartialObjectMetadataList": Shape.METADATA,
}
_YAML_TYPES = ("application/yaml", "application/x-yaml", "text/yaml")
_JSON_TYPES = ("application/json", "application/*", "*/*")


@lru_cache(maxsize=256)
def representation(accept: str) -> Representation:
    """The first alternative in ``accept`` that can be served; NotAcceptable if there is none."""
    if not accept.strip():
        return Representation()
    for alternative in accept.split(","):
        found = _servable(alternative)
        if found is not None:
            return found
    supported = "application/json, application/yaml"
    raise not_acceptable(f"only the following media types are accepted: {supported}")


def not_acceptable(message: str) -> ApiError:
    return ApiError(message, code=406, reason="NotAcceptable")


def _servable(alternative: str) -> Representation | None:
    media_type, *rest = (part.strip() for part in alternative.split(";"))
    is_yaml = media_type in _YAML_TYPES
    if not is_yaml and media_type not in _JSON_TYPES:
        return None
    parameters = dict(part.partition("=")[::2] for part in rest)
    wanted = parameters.get("as", "")
    if not wanted:
        return Representation(yaml=is_yaml)
    version = parameters.get("v", "")
    if wanted not in _SHAPES or parameters.get("g") != _META or version not in {"v1", "v1beta1"}:
        return None
    shape = _SHAPES[wanted]
    of_list = wanted.endswith("List") if shape is Shape.METADATA else None
    return Representation(shape, version, is_yaml, of_list=of_list)
