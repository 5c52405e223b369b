"""What templates rendered to, taken apart and put in order as Helm does it.

A file is split into documents; each is a hook or not by its annotations; both are ordered by kind,
so that what others need comes first. Files go in the order of their paths before that.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from trueup.errors import RenderError, YamlError
from trueup.render.helm.gotext import as_text, json_type_name, parse_int
from trueup.render.helm.order import rank
from trueup.render.helm.reading import first_document
from trueup.render.helm.request import TEST_EVENT, ChartRendering, Hook, Piece
from trueup.render.helm.splitting import split_documents

HOOK = "helm.sh/hook"
HOOK_WEIGHT = "helm.sh/hook-weight"
HOOK_DELETE_POLICY = "helm.sh/hook-delete-policy"
HOOK_OUTPUT_LOG_POLICY = "helm.sh/hook-output-log-policy"

_ACTIONS = ("install", "delete", "upgrade", "rollback")
_EVENTS = {
    **{f"{when}-{action}": f"{when}-{action}" for when in ("pre", "post") for action in _ACTIONS},
    TEST_EVENT: TEST_EVENT,
    "test-success": TEST_EVENT,
}

_NOTES = "NOTES.txt"
_SCALAR = (str, int, float)  # and bool, which is an int


def arrange(
    files: Mapping[str, str], chart_name: str, crds: Iterable[tuple[str, str]] = ()
) -> ChartRendering:
    """``files`` maps the path of each template to what it rendered to, ``crds`` are path and text.

    Raises RenderError, in Helm's words, for a document that does not parse.
    """
    pieces = [
        piece_of(path, text)
        for path in sorted(files)
        if not path.endswith(_NOTES) and not path.rpartition("/")[2].startswith("_")
        for text in split_documents(files[path])
    ]
    return ChartRendering(
        manifests=tuple(sorted((it for it in pieces if not is_hook(it)), key=_rank_of)),
        hooks=tuple(_hooks(sorted(filter(is_hook, pieces), key=_rank_of))),
        crds=tuple(Piece(path, text, None) for path, text in crds),
        notes=files.get(f"{chart_name}/templates/{_NOTES}", ""),
    )


def is_hook(piece: Piece) -> bool:
    return HOOK in _annotations(piece)


def hook_of(piece: Piece) -> Hook | None:
    """None where it is for an event that Helm does not know: such a piece is dropped."""
    annotations = _annotations(piece)
    events = [_EVENTS.get(name) for name in _listed(annotations[HOOK])]
    known = [event for event in events if event is not None]
    if len(known) < len(events):
        return None
    metadata = (piece.object or {}).get("metadata") or {}
    return Hook(
        piece,
        name=as_text(metadata.get("name")),
        events=tuple(known),
        weight=_weight(annotations.get(HOOK_WEIGHT, "")),
        delete_policies=_policies(annotations, HOOK_DELETE_POLICY),
        output_log_policies=_policies(annotations, HOOK_OUTPUT_LOG_POLICY),
    )


def piece_of(source: str, text: str) -> Piece:
    """A document with its head checked; RenderError in Helm's words if that cannot be read."""
    try:
        document = first_document(text)
    except YamlError as error:
        raise RenderError(f"YAML parse error on {source}: {error.cause}") from error
    if document is not None:
        _check_head(source, document)
    return Piece(source, text, document)


def _check_head(source: str, document: Any) -> None:
    """What is no map where one has to be. Numbers and booleans may stand where text is due."""
    _expect(source, document, dict, "value of type util.SimpleHead")
    for key in ("apiVersion", "kind"):
        _expect(source, document.get(key), _SCALAR, f"struct field SimpleHead.{key} of type string")
    metadata = document.get("metadata")
    _expect(source, metadata, dict, "struct field SimpleHead.metadata of type struct")
    name, annotations = ((metadata or {}).get(key) for key in ("name", "annotations"))
    _expect(source, name, _SCALAR, "struct field .metadata.name of type string")
    where = "struct field .metadata.annotations of type"
    _expect(source, annotations, dict, f"{where} map[string]string")
    for value in (annotations or {}).values():
        _expect(source, value, _SCALAR, f"{where} string")


def _expect(source: str, value: Any, wanted: Any, where: str) -> None:
    if value is not None and not isinstance(value, wanted):
        raise RenderError(
            f"YAML parse error on {source}: error unmarshaling JSON: while decoding JSON: json: "
            f"cannot unmarshal {json_type_name(value)} into Go {where}"
        )


def _annotations(piece: Piece) -> Mapping[str, str]:
    metadata = (piece.object or {}).get("metadata") or {}
    return {key: as_text(value) for key, value in (metadata.get("annotations") or {}).items()}


def _hooks(pieces: Iterable[Piece]) -> Iterator[Hook]:
    for piece in pieces:
        hook = hook_of(piece)
        if hook is not None:
            yield hook


def _policies(annotations: Mapping[str, str], key: str) -> tuple[str, ...]:
    return tuple(_listed(annotations[key])) if key in annotations else ()


def _listed(text: str) -> list[str]:
    return [part.strip().lower() for part in text.split(",")]


def _weight(text: str) -> int:
    try:
        return parse_int(text)
    except ValueError:
        return 0


def _rank_of(piece: Piece) -> tuple[int, str]:
    return rank(piece.kind)
