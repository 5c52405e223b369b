"""Reading a template: plain text and references, with the arguments of their operators.

::

    ${name}                             the value
    ${#name}                            its length
    ${name^} ${name^^} ${name,} ${name,,}
    ${name:offset} ${name:offset:length}
    ${name#glob} ${name##glob} ${name%glob} ${name%%glob}
    ${name/old/new} ${name//old/new} ${name/#old/new} ${name/%old/new}
    ${name=default} ${name:=default} ${name:-default} ${name:?default} ${name:+default}

Arguments are text or one reference; a default is any number of both.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TypeAlias

from trueup.errors import SubstitutionError

MAX_DEPTH = 100
"""References nested in the defaults of others; deeper is an attack, not a template."""


@dataclass(frozen=True, slots=True)
class Text:
    """Text that stays as it is."""

    value: str


@dataclass(frozen=True, slots=True)
class Reference:
    """A variable, with an operator and its arguments where there are any."""

    name: str
    operator: str = ""
    arguments: tuple[Node, ...] = ()


Node: TypeAlias = Text | Reference

_BAD = "bad substitution"
_BAD_ARGUMENT = "unable to parse substitution within function"

# A NUL ends the template, as it does for envsubst.
_PLAIN = re.compile(r"(?:[^$\0]|\$\$|\$(?![{$]))+")
_ESCAPES = re.compile(r"\$(\$)|\\([/\\])")

_TO_BRACE = re.compile(r"(?:[^}$\0]|\$(?!\{))+")
_TO_COLON_OR_BRACE = re.compile(r"(?:[^:}$\0]|\$(?!\{))+")
_OLD = re.compile(r"(?:\$\$|\\[/\\]|[^/$\0]|\$(?!\{))+")
_NEW = re.compile(r"(?:\$\$|\\[/\\]|[^}$\0]|\$(?!\{))+")

_CASE = re.compile(r"[,^]{1,2}")
_DEFAULT = re.compile(r"=|:[-=?+]")
_HASHES = re.compile(r"##?")
_PERCENTS = re.compile(r"%%?")
_REPLACE = re.compile(r"/[/#%]?")


def parse(template: str) -> list[Node]:
    """The text and references of ``template``; SubstitutionError if a reference is malformed."""
    return _Parser(template).template()


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def template(self) -> list[Node]:
        nodes: list[Node] = []
        while True:
            if plain := self._take(_PLAIN):
                nodes.append(Text(plain.replace("$$", "$")))
            elif self._skip("${"):
                nodes.append(self._reference(1))
            else:
                return nodes

    def _reference(self, depth: int) -> Reference:
        """What follows ``${``, up to and with its ``}``."""
        if depth > MAX_DEPTH:
            raise self._error(f"references nested more than {MAX_DEPTH} deep")
        if self._skip("#"):
            return self._closed(Reference(self._name(_BAD), "#"))
        name = self._name("unable to parse variable name")
        match self._peek():
            case "}":
                return self._closed(Reference(name))
            case ":" | "=":
                if operator := self._take(_DEFAULT):
                    return self._default(name, operator, depth)
                return self._substring(name, depth)
            case "," | "^":
                return self._closed(Reference(name, self._take(_CASE)))
            case "/":
                return self._replacement(name, depth)
            case "#":
                return self._removal(name, self._take(_HASHES), depth)
            case "%":
                return self._removal(name, self._take(_PERCENTS), depth)
        raise self._error("missing closing brace")

    def _name(self, error: str) -> str:
        start = self._at
        while self._at < len(self._text) and _is_name_character(self._text[self._at]):
            self._at += 1
        if start == self._at:
            raise self._error(error)
        return self._text[start : self._at]

    def _default(self, name: str, operator: str, depth: int) -> Reference:
        arguments: list[Node] = []
        while self._peek() != "}":
            arguments.append(self._argument(_TO_BRACE, depth))
        return self._closed(Reference(name, operator, tuple(arguments)))

    def _substring(self, name: str, depth: int) -> Reference:
        self._skip(":")
        if not self._peek().isascii() or not self._peek():
            raise self._error(_BAD)
        offset = self._argument(_TO_COLON_OR_BRACE, depth)
        if self._peek() == "}":
            return self._closed(Reference(name, ":", (offset,)))
        self._skip_run(":")
        length = self._argument(_TO_BRACE, depth)
        return self._closed(Reference(name, ":", (offset, length)))

    def _removal(self, name: str, operator: str, depth: int) -> Reference:
        return self._closed(Reference(name, operator, (self._argument(_TO_BRACE, depth),)))

    def _replacement(self, name: str, depth: int) -> Reference:
        operator = self._take(_REPLACE)
        old = self._unescaped(self._argument(_OLD, depth))
        self._skip_run("/")
        if self._peek() == "}":
            return self._closed(Reference(name, operator, (old,)))
        new = self._unescaped(self._argument(_NEW, depth))
        return self._closed(Reference(name, operator, (old, new)))

    def _argument(self, text: re.Pattern[str], depth: int) -> Node:
        if self._skip("${"):
            return self._reference(depth + 1)
        if found := self._take(text):
            return Text(found)
        raise self._error(_BAD_ARGUMENT)

    @staticmethod
    def _unescaped(node: Node) -> Node:
        if isinstance(node, Reference):
            return node
        return Text(_ESCAPES.sub(lambda found: found[1] or found[2], node.value))

    def _closed(self, reference: Reference) -> Reference:
        if not self._skip("}"):
            raise self._error(_BAD)
        return reference

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _take(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self._text, self._at)
        if found is None:
            return ""
        self._at = found.end()
        return found[0]

    def _skip(self, text: str) -> bool:
        if not self._text.startswith(text, self._at):
            return False
        self._at += len(text)
        return True

    def _skip_run(self, char: str) -> None:
        if not self._skip(char):
            raise self._error(_BAD)
        while self._skip(char):
            pass

    def _error(self, cause: str) -> SubstitutionError:
        line = self._text.count("\n", 0, self._at) + 1
        start = self._text.rfind("${", 0, self._at)
        near = self._text[start : self._at + 1].partition("\n")[0]
        return SubstitutionError(
            f"{cause} at {near!r}",
            subject=f"line {line}",
            next_step="write $${ for a ${ that is not a variable of yours",
        )


def _is_name_character(char: str) -> bool:
    if char.isascii():
        return char.isalnum() or char == "_"
    category = unicodedata.category(char)
    return category[0] == "L" or category == "Nd"
