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
        return YAML if self.yaml else JSON


_SHAPES = {
    "Table": Shape.TABLE,
    "PartialObjectMetadata": Shape.METADATA,
    "PartialObjectMetadataList": Shape.METADATA,
}
JSON, YAML, ANY = "application/json", "application/yaml", "*/*"
STREAM = f"{JSON};stream=watch"


@lru_cache(maxsize=256)
def representation(accept: str, *, of_stream: bool = False) -> Representation:
    """The best alternative in ``accept`` that can be served; NotAcceptable if there is none."""
    if not accept.strip():
        return Representation()
    for media_type, parameters in alternatives(accept):
        found = _servable(media_type, parameters)
        if found is not None and not (found.yaml and of_stream):
            return found
    supported = STREAM if of_stream else f"{JSON}, {YAML}"
    raise not_acceptable(f"only the following media types are accepted: {supported}")


@lru_cache(maxsize=256)
def require_type(accept: str, offered: tuple[str, ...]) -> None:
    """NotAcceptable where ``accept`` has no media type of those that a path offers at all."""
    types = {each.partition(";")[0] for each in offered} | {ANY}
    wanted = [media_type for media_type, _ in alternatives(accept)]
    if accept.strip() and ANY not in offered and not types.intersection(wanted):
        listed = ", ".join(offered)
        raise not_acceptable(f"406: Not Acceptable\n\nAvailable representations: {listed}")


def prefers_yaml(accept: str) -> bool:
    """Whether YAML is wanted rather than anything else that can be served."""
    known = [media_type for media_type, _ in alternatives(accept) if media_type in _TYPES]
    return known[:1] == [YAML]


def not_acceptable(message: str) -> ApiError:
    return ApiError(message, code=406, reason="NotAcceptable")


_TYPES = (JSON, YAML, ANY)


def alternatives(accept: str) -> list[tuple[str, dict[str, str]]]:
    """Media types with their parameters, the most wanted first."""
    found = []
    for alternative in accept.split(","):
        media_type, *rest = (part.strip() for part in alternative.split(";"))
        found.append((media_type, dict(part.partition("=")[::2] for part in rest)))
    return sorted(found, key=lambda each: -_weight(each[1].get("q", "")))


def _weight(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 1.0


def _servable(media_type: str, parameters: dict[str, str]) -> Representation | None:
    if media_type not in _TYPES:
        return None
    is_yaml, wanted = media_type == YAML, parameters.get("as", "")
    if not wanted:
        return Representation(yaml=is_yaml)
    version = parameters.get("v", "")
    if wanted not in _SHAPES or parameters.get("g") != _META or version not in {"v1", "v1beta1"}:
        return None
    shape = _SHAPES[wanted]
    of_list = wanted.endswith("List") if shape is Shape.METADATA else None
    return Representation(shape, version, is_yaml, of_list=of_list)
