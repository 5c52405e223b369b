"""What a Jsonnet file evaluates to, as objects."""

from __future__ import annotations

from typing import Any, Protocol

from trueup.errors import RenderError, YamlError
from trueup.objects.yaml.documents import read_documents
from trueup.render.directory.reading import Located, located
from trueup.render.jsonnet.bundle import Bundle, Request, gather
from trueup.render.origin import Origin
from trueup.tree import Tree


class Evaluator(Protocol):
    """Something that evaluates Jsonnet: the JSON text of what ``bundle.main`` is.

    Raises RenderError for what Jsonnet refuses, SandboxError for what takes too much.
    """

    def __call__(self, bundle: Bundle) -> str: ...


def evaluate(tree: Tree, file: str, request: Request, evaluator: Evaluator) -> list[Located]:
    """The objects that ``file`` evaluates to: one, or those of an array; lists are unwrapped.

    Raises RenderError for anything else, and what gathering and evaluating raise.
    """
    bundle = gather(tree, file, request)
    value = _read(evaluator(bundle), bundle.main)
    values = value if isinstance(value, list) else [value]
    found: list[Located] = []
    for number, each in enumerate(values):
        if each is None and isinstance(value, list):
            continue
        within = (number,) if isinstance(value, list) else ()
        found += _located(each, Origin(file, 1, within), bundle.main)
    return found


def _read(text: str, name: str) -> Any:
    try:
        return next(read_documents(text, name))
    except YamlError as error:
        raise RenderError(f"evaluates to what is no JSON: {error.cause}", subject=name) from error


def _located(value: Any, origin: Origin, name: str) -> list[Located]:
    try:
        return list(located(value, origin))
    except RenderError as error:
        place = f"element {origin.within[0]} of the array " if origin.within else "the value "
        cause = error.cause.removeprefix("document 1 ")
        raise RenderError(f"{place}{cause}", subject=name, next_step=error.next_step) from error
