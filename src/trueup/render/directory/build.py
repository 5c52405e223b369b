"""A directory to its objects."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from trueup.errors import RenderError
from trueup.render.bounds import check_object_count
from trueup.render.directory.reading import Located, read_file
from trueup.render.directory.selection import Selection, select
from trueup.tree import Tree

MAX_BYTES = 256 * 1024 * 1024

Evaluate = Callable[[str], list[Located]]
"""From the path of a Jsonnet file to the objects that it evaluates to."""


@dataclass(frozen=True)
class Options:
    """``skip_marker``: a file that has this text in it is left out."""

    selection: Selection = field(default_factory=Selection)
    skip_marker: str = ""


def build(
    tree: Tree, path: str, options: Options = Options(), *, evaluate: Evaluate | None = None
) -> list[Located]:
    """The objects in the files of the directory ``path``, file by file in the order of names.

    Without ``evaluate``, Jsonnet files are refused. Raises RenderError, YamlError and TreeError
    that name the file, the document and the line.
    """
    found: list[Located] = []
    total = 0
    marker = options.skip_marker.encode()
    for file in select(tree, path, options.selection):
        content = tree.read(file)
        total += len(content)
        if total > MAX_BYTES:
            raise RenderError(
                f"more than {MAX_BYTES} bytes of manifests",
                subject=path or ".",
                next_step="render the folders of it one by one",
            )
        if marker and marker in content:
            continue
        found += _objects(content, file, evaluate)
        check_object_count(len(found), path or ".")
    return found


def _objects(content: bytes, file: str, evaluate: Evaluate | None) -> list[Located]:
    if not file.endswith(".jsonnet"):
        return read_file(content, file)
    if evaluate is None:
        raise RenderError(
            "is Jsonnet, which is not evaluated here",
            subject=file,
            next_step="exclude it, or give a way to evaluate it",
        )
    return evaluate(file)
