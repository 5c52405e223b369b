"""Tokens to a tree, by the grammar of the CEL specification."""

from __future__ import annotations

from typing import Final

from trueup.cel import macros
from trueup.cel.ast import Call, ListOf, Literal, MapOf, Name, Node, Select
from trueup.cel.lexer import Token, syntax_error, tokens
from trueup.cel.values import INT64
from trueup.errors import ExpressionError

MAX_LENGTH: Final = 100_000
"""Code points; the limit of the reference implementation."""
MAX_DEPTH: Final = 100
"""How deep parentheses, lists, calls and conditionals may nest."""
_MAX_CHAIN: Final = 250
"""How many operators or selectors may follow each other on one level."""

_BINARY: Final = {
    **dict.fromkeys(("<", "<=", ">=", ">", "==", "!=", "in"), 1),
    **dict.fromkeys(("+", "-"), 2),
    **dict.fromkeys(("*", "/", "%"), 3),
}
RESERVED: Final = frozenset(
    [
        "as",
        "break",
        "const",
        "continue",
        "else",
        "for",
        "function",
        "if",
        "import",
        "let",
        "loop",
        "package",
        "namespace",
        "return",
        "var",
        "void",
        "while",
    ]
)
"""Words that CEL keeps for later: no identifier, though nothing uses them."""
KEYWORDS: Final = RESERVED | {"true", "false", "null", "in"}
"""All words that are no identifier."""


def parse(text: str, allowed: frozenset[str]) -> Node:
    """The tree of ``text`` with macros expanded; raises ExpressionError with the position.

    ``allowed`` are the macro libraries of the environment (see :mod:`trueup.cel.macros`).
    """
    if len(text) > MAX_LENGTH:
        cause = f"is {len(text)} characters long, more than {MAX_LENGTH}"
        raise ExpressionError(cause, subject=text[:60] + "…")
    return _Parser(text, allowed).whole()


class _Parser:
    def __init__(self, text: str, allowed: frozenset[str]) -> None:
        self._text = text
        self._allowed = allowed
        self._tokens = tokens(text)
        self._at = 0
        self._depth = 0

    def whole(self) -> Node:
        node = self._expression()
        if self._peek().kind != "end":
            raise self._unexpected()
        return node

    def _expression(self) -> Node:
        """A conditional, or what ranks above it."""
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise syntax_error(self._text, self._peek().position, "nested too deeply")
        node = self._logical("||", "&&")
        position = self._peek().position
        if self._take("?"):
            yes = self._logical("||", "&&")
            self._expect(":")
            node = Call("?:", None, (node, yes, self._expression()), position)
        self._depth -= 1
        return node

    def _logical(self, operator: str, inner: str) -> Node:
        """Chains of ``||`` or ``&&`` become one call with all operands."""
        position = self._peek().position
        operands = [self._logical(inner, "") if inner else self._binary(1)]
        while self._take(operator):
            operands.append(self._logical(inner, "") if inner else self._binary(1))
        if len(operands) == 1:
            return operands[0]
        return Call(operator, None, tuple(operands), position)

    def _binary(self, rank: int) -> Node:
        node = self._unary()
        links = 0
        while _BINARY.get(self._operator(), 0) >= rank:
            operator = self._next()
            links = self._link(links)
            right = self._binary(_BINARY[operator.value] + 1)
            node = Call(operator.value, None, (node, right), operator.position)
        return node

    def _operator(self) -> str:
        token = self._peek()
        return str(token.value) if token.kind in {"symbol", "in"} else ""

    def _unary(self) -> Node:
        token = self._peek()
        if token.kind != "symbol" or token.value not in ("!", "-"):
            return self._member()
        count = 0
        while self._take(token.value):
            count += 1
        if token.value == "-" and count == 1 and _is_number(self._peek()):
            return self._member(negative=True)
        node = self._member(negative=self._signed_number() and self._take("-"))
        if count % 2:
            return Call("!_" if token.value == "!" else "-_", None, (node,), token.position)
        return node

    def _signed_number(self) -> bool:
        return self._operator() == "-" and _is_number(self._tokens[self._at + 1])

    def _member(self, *, negative: bool = False) -> Node:
        node = self._number(negative) if _is_number(self._peek()) else self._primary()
        links = 0
        while True:
            token = self._peek()
            if self._take("."):
                node = self._selector(node, token)
            elif self._take("["):
                optional = self._take("?")
                node = Call(
                    "[?]" if optional else "[]", None, (node, self._expression()), token.position
                )
                self._expect("]")
            else:
                return node
            links = self._link(links)

    def _selector(self, node: Node, dot: Token) -> Node:
        optional = self._take("?")
        field = self._next()
        if field.kind != "name":
            raise self._unexpected(field)
        if optional or not self._take("("):
            return Select(node, field.value, dot.position, optional)
        return self._call(field.value, node, field.position)

    def _primary(self) -> Node:
        token = self._next()
        if token.kind == "literal":
            return Literal(token.value, token.position)
        if token.kind == "name":
            return self._named(token, "")
        match token.value if token.kind == "symbol" else "":
            case ".":
                name = self._next()
                if name.kind != "name":
                    raise self._unexpected(name)
                return self._named(name, ".")
            case "(":
                node = self._expression()
                self._expect(")")
                return node
            case "[":
                return self._list(token.position)
            case "{":
                return self._map(token.position)
        raise self._unexpected(token)

    def _named(self, token: Token, dot: str) -> Node:
        if self._take("("):
            return self._call(token.value, None, token.position)
        if token.value in RESERVED:
            raise syntax_error(self._text, token.position, f"reserved identifier: {token.value}")
        if self._is_message():
            raise syntax_error(self._text, token.position, "messages are not supported")
        return Name(dot + token.value, token.position)

    def _is_message(self) -> bool:
        """``Name{…}`` or ``a.Name{…}`` follows."""
        at = self._at
        while self._tokens[at].value == "." and self._tokens[at + 1].kind == "name":
            at += 2
        token = self._tokens[at]
        return token.kind == "symbol" and token.value == "{"

    def _call(self, function: str, target: Node | None, position: int) -> Node:
        if target is None and function in RESERVED:
            raise syntax_error(self._text, position, f"reserved identifier: {function}")
        args: list[Node] = []
        if not self._take(")"):
            args.append(self._expression())
            while self._take(","):
                args.append(self._expression())
            self._expect(")")
        call = Call(function, target, tuple(args), position)
        try:
            return macros.expand(call, self._allowed)
        except ValueError as error:
            raise syntax_error(self._text, position, str(error)) from error

    def _list(self, position: int) -> Node:
        items: list[Node] = []
        optional: set[int] = set()
        while not self._take("]"):
            if self._take("?"):
                optional.add(len(items))
            elif not items and self._take(","):
                self._expect("]")
                break
            items.append(self._expression())
            if not self._take(","):
                self._expect("]")
                break
        return ListOf(tuple(items), frozenset(optional), position)

    def _map(self, position: int) -> Node:
        entries: list[tuple[Node, Node]] = []
        optional: set[int] = set()
        while not self._take("}"):
            if self._take("?"):
                optional.add(len(entries))
            elif not entries and self._take(","):
                self._expect("}")
                break
            key = self._expression()
            self._expect(":")
            entries.append((key, self._expression()))
            if not self._take(","):
                self._expect("}")
                break
        return MapOf(tuple(entries), frozenset(optional), position)

    def _number(self, negative: bool) -> Node:
        token = self._next()
        value = -token.value if negative else token.value
        if type(value) is int and value not in INT64:
            raise syntax_error(self._text, token.position, "integer out of range")
        return Literal(value, token.position)

    def _link(self, links: int) -> int:
        if links >= _MAX_CHAIN:
            raise syntax_error(self._text, self._peek().position, "chain too long")
        return links + 1

    def _peek(self) -> Token:
        return self._tokens[self._at]

    def _next(self) -> Token:
        token = self._tokens[self._at]
        self._at = min(self._at + 1, len(self._tokens) - 1)
        return token

    def _take(self, symbol: str) -> bool:
        token = self._tokens[self._at]
        if token.kind == "symbol" and token.value == symbol:
            self._at += 1
            return True
        return False

    def _expect(self, symbol: str) -> None:
        if not self._take(symbol):
            raise self._unexpected(wanted=symbol)

    def _unexpected(self, token: Token | None = None, wanted: str = "") -> ExpressionError:
        token = token or self._peek()
        what = "end of expression" if token.kind == "end" else repr(token.value)
        cause = f"unexpected {what}" + (f", expected {wanted!r}" if wanted else "")
        return syntax_error(self._text, token.position, cause)


def _is_number(token: Token) -> bool:
    """A signed number: the sign belongs to the literal. Unsigned ones take no sign."""
    return token.kind == "literal" and type(token.value) in (int, float)
