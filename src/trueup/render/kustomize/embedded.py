"""YAML text within an object, written anew with its comments and quotes, as kustomize does it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from trueup.objects.goyaml import nodes as texts
from trueup.objects.goyaml.emitter import Emitter, Out, is_simple
from trueup.objects.goyaml.styles import double_quoted, fits_block, fits_plain, fits_single_quotes
from trueup.render.kustomize.folding import written_lines
from trueup.render.kustomize.nodes import Node, Plain, Quoted, plain, text_of

MAX_TEXT = 32 * 1024
"""Characters: reading comments takes its time, up to a second for these."""

_STR = "!!str"
_NOT_PLAIN_IN_FLOW = re.compile(r"[,?\[\]{}:]")


@dataclass(eq=False, slots=True)
class Styled(Out):
    """A node to print. ``tag`` is the type that it has, which is printed where its text has another,
    or where it ``is_tagged``."""

    style: str = ""
    is_tagged: bool = False


def rewritten(text: str, changed: Node) -> str | None:
    """``text``, one YAML document, as what it has become: ``changed``.

    None where it has anchors, or comments between brackets, or is longer than ``MAX_TEXT``.
    """
    if len(text) > MAX_TEXT:
        return None
    document = next(texts.read_nodes(text), None)
    if document is None or not all(map(_is_supported, _all(document))):
        return None
    emitter = _Emitter(2, compact=True)
    emitter.whole(document.head, _styled(changed, document.items[0]), document.foot)
    return emitter.text().strip()


def _all(node: texts.Node, *, in_flow: bool = False) -> Iterator[tuple[texts.Node, bool]]:
    yield node, in_flow
    for item in node.items:
        yield from _all(item, in_flow=in_flow or node.style == "flow")


def _is_supported(found: tuple[texts.Node, bool]) -> bool:
    node, in_flow = found
    has_comment = bool(node.head or node.line or node.foot)
    return not (node.kind == "alias" or node.has_anchor or (in_flow and has_comment))


def _styled(new: Node, old: texts.Node | None) -> Styled:
    """``new`` in the place of ``old``, whose comments and quotes it keeps."""
    if isinstance(new, dict):
        found = _mapping(new, old if old is not None and old.kind == "mapping" else None)
    elif isinstance(new, list):
        same = old.items if old is not None and old.kind == "sequence" else []
        items = [_styled(item, same[at] if at < len(same) else None) for at, item in enumerate(new)]
        found = Styled("sequence", items=list(items))
    else:
        found = _scalar(new, old if old is not None and old.kind == "scalar" else None)
    if old is not None:
        found.head, found.line, found.foot = old.head, old.line, old.foot
        if found.kind == old.kind:
            found.style = old.style
    return found


def _mapping(new: dict[str, Node], old: texts.Node | None) -> Styled:
    items = old.items if old is not None else []
    known = {key.text: (key, value) for key, value in zip(items[::2], items[1::2], strict=True)}
    found = Styled("mapping")
    for key, value in new.items():
        old_key, old_value = known.get(key, (None, None))
        found.items += [_styled(key, old_key), _styled(value, old_value)]
    return found


def _scalar(new: Node, old: texts.Node | None) -> Styled:
    text = text_of(new)
    if old is None:
        tag = new.tag if type(new) is Plain else _STR
        style = '"' if isinstance(new, Quoted) and "\n" not in text else ""
        return Styled("text", text, style=style, tag=tag)
    tag = old.tag or (_tag_of(old.text) if old.is_plain else _STR)
    return Styled("text", text, style=old.style, tag=tag, is_tagged=bool(old.tag))


def _tag_of(text: str) -> str:
    found = plain(text)
    return found.tag if type(found) is Plain else _STR


def _shown(node: Styled) -> tuple[str, str]:
    """The tag that is printed, and the style that is asked for."""
    tag, style = node.tag if node.is_tagged else "", node.style
    is_forced = False
    may_differ = node.tag and not node.is_tagged and not (node.tag == _STR and style)
    if may_differ and _tag_of(node.value) != node.tag:
        is_forced = node.tag == _STR
        tag = "" if is_forced else node.tag
    if not style and "\n" in node.value:
        style = "|"
    return tag, style or ('"' if is_forced else "")


class _Emitter(Emitter):
    """Keeps styles; what stands between brackets comes on one line."""

    def whole(self, head: str, root: Out, foot: str) -> None:
        if head:
            self._head = head
            self._print_head()
            self._break()
        self._foot = ""
        self.document(root)
        if foot:
            self._foot, self._foot_indent = foot, 0
            self._print_foot()

    def _node(self, node: Out, *, in_sequence: bool = False, is_key: bool = False) -> None:
        if isinstance(node, Styled) and node.style == "flow" and node.items:
            self._print_behind(is_key)
            self._indicator(_in_flow(node), space=True)
            self._depart(node)
            self._print_line()
            self._print_foot()
            return
        Emitter._node(self, node, in_sequence=in_sequence, is_key=is_key)

    def _scalar(self, node: Out, in_sequence: bool, is_key: bool) -> None:
        assert isinstance(node, Styled)
        tag, style = _shown(node)
        if tag:
            self._indicator(tag, space=True)
        self._increase(in_sequence, flow=True)
        self._write(node.value, style, is_key and is_simple(node))
        self._indents.pop()

    def _write(self, value: str, style: str, simple: bool) -> None:
        if style in ("|", ">") and (simple or not value or not fits_block(value)):
            style = '"'
        if style == "|":
            self._literal(value)
        elif style == ">":
            self._folded(value)
        elif style == "'" and "\n" in value and not simple and fits_single_quotes(value):
            self._single_quoted(value)
        else:
            text = _on_one_line(value, style, is_plain=not simple)
            self._indicator(text, space=True) if text else self._write_plain("")

    def _folded(self, value: str) -> None:
        self._block_header(">", value)
        for at, line in enumerate(written_lines(value)):
            if at:
                self._break()
            if line:
                self._write_indent()
                self._put(line)
                self._indention = False


def _on_one_line(value: str, style: str, *, is_plain: bool) -> str:
    """``value`` plain, in single or in double quotes; ``is_plain`` says whether nothing may be."""
    if not style and value and fits_plain(value):
        return value
    if not style and not value and is_plain:
        return ""
    if style != '"' and "\n" not in value and fits_single_quotes(value):
        return "'" + value.replace("'", "''") + "'"
    return double_quoted(value)


def _in_flow(node: Out) -> str:
    assert isinstance(node, Styled)
    if node.kind == "sequence":
        return f"[{', '.join(map(_in_flow, node.items))}]"
    if node.kind == "mapping":
        pairs = zip(node.items[::2], node.items[1::2], strict=True)
        return "{" + ", ".join(f"{_in_flow(key)}: {_in_flow(value)}" for key, value in pairs) + "}"
    tag, style = _shown(node)
    if style in ("|", ">"):
        style = '"'
    if not style and _NOT_PLAIN_IN_FLOW.search(node.value):
        style = "'"
    text = _on_one_line(node.value, style, is_plain=False)
    return f"{tag} {text}" if tag else text
