"""What a renderer gives back to the command line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from trueup.cli.rendering.place import Place
from trueup.objects import Manifest
from trueup.render.origin import Origin

Flags = Mapping[str, Any]
"""The parameters of the command by name, as click gives them; each renderer reads its own."""

ORIGINS = "with_origins"
"""A parameter by which a command asks for ``origins``."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """The objects, and the text that the renderer's own tool prints of them.

    ``origins`` are where the objects are written, where that was asked for and the renderer knows
    it. Files are paths in the tree.
    """

    objects: list[Manifest]
    text: str
    origins: Sequence[Origin] = ()


class Render(Protocol):
    """How a renderer's module is called; it raises TrueupError."""

    def __call__(self, place: Place, flags: Flags) -> Rendered: ...
