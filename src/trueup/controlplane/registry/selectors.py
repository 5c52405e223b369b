"""Label and field selectors: text to a test of an entry.

Grammar: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/ and
.../field-selectors/.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from trueup.controlplane.registry.refusals import bad_request
from trueup.objects import names

_TOKEN = re.compile(r"\s*(==|!=|=|!|,|\(|\)|<|>|[^\s=!,()<>]+)")
_INTEGER = re.compile(r"[+-]?\d+")
_PUNCTUATION = frozenset(["==", "!=", "=", "!", ",", "(", ")", "<", ">"])
_VALUE = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?")

LabelTest: TypeAlias = Callable[[Mapping[str, str]], bool]


@dataclass(frozen=True, slots=True)
class Requirement:
    """``operator``: ``in notin exists absent gt lt``; for ``=`` and ``!=`` sets of one."""

    key: str
    operator: str
    values: frozenset[str] = frozenset()

    def matches(self, labels: Mapping[str, str]) -> bool:
        present = self.key in labels
        match self.operator:
            case "in":
                return present and labels[self.key] in self.values
            case "notin":
                return not present or labels[self.key] not in self.values
            case "exists":
                return present
            case "absent":
                return not present
        return present and self._compare(labels[self.key])

    def _compare(self, value: str) -> bool:
        (bound,) = self.values
        try:
            difference = int(value) - int(bound)
        except ValueError:
            return False
        return difference > 0 if self.operator == "gt" else difference < 0


def label_selector(text: str) -> LabelTest | None:
    """The test that ``text`` describes, None where it selects everything; BadRequest if wrong."""
    if not text.strip():
        return None
    requirements = _LabelParser(text).parse()

    def test(labels: Mapping[str, str]) -> bool:
        return all(requirement.matches(labels) for requirement in requirements)

    return test


def selector_of(selector: Mapping[str, Any] | None) -> LabelTest:
    """The test that a LabelSelector object describes; an absent one selects nothing."""
    if selector is None:
        return lambda labels: False
    named = (selector.get("matchLabels") or {}).items()
    requirements = [Requirement(key, "in", frozenset([value])) for key, value in named]
    for each in selector.get("matchExpressions") or ():
        operator = _OPERATORS.get(each.get("operator"), "in")
        requirements.append(Requirement(each["key"], operator, frozenset(each.get("values") or ())))
    return lambda labels: all(requirement.matches(labels) for requirement in requirements)


_OPERATORS = {"In": "in", "NotIn": "notin", "Exists": "exists", "DoesNotExist": "absent"}


class _LabelParser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = _TOKEN.findall(text)
        self._at = 0

    def parse(self) -> list[Requirement]:
        requirements = [self._requirement()]
        while self._peek() == ",":
            self._next()
            requirements.append(self._requirement())
        if self._peek():
            raise bad_request(f"found '{self._peek()}', expected: ',' or 'end of string'")
        return requirements

    def _peek(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _next(self) -> str:
        token = self._peek()
        self._at += 1
        return token

    def _requirement(self) -> Requirement:
        if self._peek() == "!":
            self._next()
            return Requirement(self._key(), "absent")
        key = self._key()
        operator = self._peek()
        match operator:
            case "" | ",":
                return Requirement(key, "exists")
            case "=" | "==" | "!=":
                self._next()
                return Requirement(key, "notin" if operator == "!=" else "in", self._one_value())
            case "in" | "notin":
                self._next()
                return Requirement(key, operator, self._values())
            case ">" | "<":
                self._next()
                return Requirement(key, "gt" if operator == ">" else "lt", self._number())
        raise self._wrong(f"found '{operator}', expected: in, notin, =, ==, !=, gt, lt")

    def _key(self) -> str:
        key = self._next()
        if not key or key in _PUNCTUATION:
            expected = "!, identifier, or 'end of string'"
            raise self._wrong(f"found '{key}', expected: {expected}")
        for problem in names.qualified_name(key):
            raise self._wrong(f'<nil>: Invalid value: "{key}": {problem}')
        return key

    def _one_value(self) -> frozenset[str]:
        value = self._next() if self._peek() not in {"", ","} else ""
        return frozenset([self._checked(value)])

    def _number(self) -> frozenset[str]:
        (value,) = values = self._one_value()
        if not _INTEGER.fullmatch(value):
            text = "for 'Gt', 'Lt' operators, the value must be an integer"
            raise self._wrong(f'values[0]: Invalid value: "{value}": {text}')
        return values

    def _values(self) -> frozenset[str]:
        start = self._next()
        if start != "(":
            raise self._wrong(f"found '{start}' expected: '('")
        values = [self._checked(self._next())] if self._peek() not in {",", ")"} else [""]
        while self._peek() == ",":
            self._next()
            values.append(self._checked(self._next()) if self._peek() not in {",", ")"} else "")
        end = self._next()
        if end != ")":
            raise self._wrong(f"found '{end}', expected: ',' or ')'")
        return frozenset(values)

    def _checked(self, value: str) -> str:
        if not _VALUE.fullmatch(value):
            raise self._wrong(f'values[0][key]: Invalid value: "{value}"')
        return value

    def _wrong(self, cause: str) -> Exception:
        return bad_request(f"unable to parse requirement: {cause}")


@dataclass(frozen=True, slots=True)
class FieldTerm:
    """One comparison of a field selector."""

    path: str
    value: str
    equal: bool


def field_terms(text: str) -> list[FieldTerm]:
    """The comma-separated terms of a field selector; BadRequest if one is not ``path=value``."""
    return [_field_term(term) for term in _split_unescaped(text, ",") if term]


def _field_term(term: str) -> FieldTerm:
    for separator in ("!=", "==", "="):
        path, found, value = term.partition(separator)
        if found:
            return FieldTerm(path, _unescape(value), separator != "!=")
    raise bad_request(f"invalid selector: '{term}'; can't understand '{term}'")


def _split_unescaped(text: str, separator: str) -> list[str]:
    return re.split(rf"(?<!\\){re.escape(separator)}", text)


def _unescape(value: str) -> str:
    return re.sub(r"\\([\\,=])", r"\1", value)
