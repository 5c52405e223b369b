"""A rendering as ``helm template`` prints it, and as objects."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from trueup.errors import RenderError
from trueup.objects import Manifest
from trueup.render.helm.reading import documents
from trueup.render.helm.request import ChartRendering, Piece
from trueup.render.helm.splitting import SPACE, split_documents
from trueup.tree.glob import matches

_SOURCE = re.compile(r"# Source: [^/]+/(.+)")


@dataclass(frozen=True, slots=True)
class Selection:
    """Which parts of a rendering are wanted, by the flags of ``helm template``.

    ``show_only`` are patterns of templates, as paths within the chart; empty for all.
    """

    include_crds: bool = False
    hooks: bool = True
    tests: bool = True
    show_only: tuple[str, ...] = ()


def to_text(rendering: ChartRendering, selection: Selection) -> str:
    """The text that Helm prints; RenderError for a pattern of ``show_only`` that matches nothing."""
    crds = rendering.crds if selection.include_crds else ()
    text = "".join(map(_printed, (*crds, *rendering.manifests))).strip(SPACE) + "\n"
    text += "".join(map(_printed, _hook_pieces(rendering, selection)))
    return _shown(text, selection.show_only) if selection.show_only else text


def to_objects(rendering: ChartRendering, selection: Selection) -> list[Manifest]:
    """The objects of ``to_text``, in its order."""
    if selection.show_only:
        return list(documents(to_text(rendering, selection)))
    return [found for _, found in with_sources(rendering, selection)]


def with_sources(rendering: ChartRendering, selection: Selection) -> Iterator[tuple[str, Manifest]]:
    """The objects of ``to_text`` without ``show_only``, each with what Helm calls its template."""
    for crd in rendering.crds if selection.include_crds else ():
        yield from ((crd.source, each) for each in documents(crd.text, crd.source))
    for piece in (*rendering.manifests, *_hook_pieces(rendering, selection)):
        if piece.object is not None:
            yield piece.source, piece.object


def _hook_pieces(rendering: ChartRendering, selection: Selection) -> Iterator[Piece]:
    for hook in rendering.hooks if selection.hooks else ():
        if selection.tests or not hook.is_test:
            yield hook.piece


def _printed(piece: Piece) -> str:
    return f"---\n# Source: {piece.source}\n{piece.text}\n"


def _shown(text: str, patterns: tuple[str, ...]) -> str:
    documents = [
        (found[1], each) for each in split_documents(text) if (found := _SOURCE.search(each))
    ]
    shown = []
    for pattern in patterns:
        those = [each for path, each in documents if _matches(pattern, path)]
        if not those:
            raise RenderError(
                f"could not find template {pattern} in chart",
                next_step="name a path as it stands behind '# Source:', without the chart's name",
            )
        shown += those
    return "".join(f"---\n{each}\n" for each in shown)


def _matches(pattern: str, path: str) -> bool:
    wanted, there = pattern.encode().split(b"/"), path.encode().split(b"/")
    return len(wanted) == len(there) and all(map(matches, wanted, there))
