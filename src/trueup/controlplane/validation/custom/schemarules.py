"""Validation rules must be written well, and compile."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from trueup.cel.schemas import type_of
from trueup.cel.types import Type
from trueup.controlplane.validation.causes import (
    Cause,
    Struct,
    below,
    child,
    invalid,
    required,
    unsupported,
)
from trueup.controlplane.validation.compiling import go_text
from trueup.controlplane.validation.custom.rulepaths import field_path
from trueup.controlplane.validation.custom.rules import Rule
from trueup.errors import ExpressionError
from trueup.schema import Schema
from trueup.schema.node import Node

_REASONS: Final = (
    "FieldValueDuplicate",
    "FieldValueForbidden",
    "FieldValueInvalid",
    "FieldValueRequired",
)
_FIELDS: Final = {
    "rule": "Rule",
    "message": "Message",
    "messageExpression": "MessageExpression",
    "reason": "Reason",
    "fieldPath": "FieldPath",
    "optionalOldSelf": "OptionalOldSelf",
}


def writing_problems(node: Node, path: str) -> Iterator[Cause]:
    """What can be seen without compiling, in all rules of a schema."""
    for place, below_node in places(node, path):
        for at, rule in enumerate(below_node.get("x-kubernetes-validations") or ()):
            yield from _written(
                rule, below_node, below(child(place, "x-kubernetes-validations"), at)
            )


def compile_problems(node: Node, path: str) -> Iterator[Cause]:
    """What keeps rules from compiling; of a schema that is otherwise sound."""
    yield from _compile(node, path, "", root=True)


def places(node: Node, path: str) -> Iterator[tuple[str, Node]]:
    """``node`` and every schema below it that is no alternative, with their paths."""
    yield path, node
    for name, one in (node.get("properties") or {}).items():
        yield from places(one, below(child(path, "properties"), name))
    for name in ("items", "additionalProperties"):
        if isinstance(node.get(name), dict):
            yield from places(node[name], child(path, name))


def _written(rule: Mapping[str, Any], node: Node, path: str) -> Iterator[Cause]:
    text, message = str(rule.get("rule") or "").strip(), str(rule.get("message") or "")
    if not text:
        yield required(child(path, "rule"), "rule is not specified")
    elif message and not message.strip():
        yield invalid(child(path, "message"), message, "must be non-empty if specified")
    elif "\n" in message.strip():
        yield invalid(child(path, "message"), message, "must not contain line breaks")
    elif "\n" in text and not message.strip():
        detail = "message must be specified if rule contains line breaks"
        yield required(child(path, "message"), detail)
    expression = str(rule.get("messageExpression") or "")
    if expression and not expression.strip():
        place = child(path, "messageExpression")
        yield required(place, "messageExpression must be non-empty if specified")
    reason = rule.get("reason")
    if reason is not None and reason not in _REASONS:
        yield unsupported(child(path, "reason"), reason, _REASONS)
    field = str(rule.get("fieldPath") or "")
    if field and field_path(field, Schema(node)) is None:
        yield invalid(child(path, "fieldPath"), field, "must be a valid path")


def _compile(node: Node, path: str, uncorrelatable: str, *, root: bool = False) -> Iterator[Cause]:
    """``uncorrelatable``: the list around this place whose items have no identity over time."""
    rules, schema = node.get("x-kubernetes-validations") or (), Schema(node)
    kind = type_of(schema, root=root) if rules else None
    for at, declared in enumerate(rules):
        place = below(child(path, "x-kubernetes-validations"), at)
        if kind is not None:
            yield from _compile_rule(declared, (kind, schema), place, uncorrelatable)
    for name, one in (node.get("properties") or {}).items():
        yield from _compile(one, below(child(path, "properties"), name), uncorrelatable)
    if isinstance(node.get("additionalProperties"), dict):
        place = child(path, "additionalProperties")
        yield from _compile(node["additionalProperties"], place, uncorrelatable)
    if isinstance(node.get("items"), dict):
        is_map = node.get("x-kubernetes-list-type") == "map"
        around = uncorrelatable or ("" if is_map else path)
        yield from _compile(node["items"], child(path, "items"), around)


def _compile_rule(
    declared: Mapping[str, Any], of: tuple[Type, Schema], path: str, uncorrelatable: str
) -> Iterator[Cause]:
    rule_path = child(path, "rule")
    try:
        rule = Rule(declared, *of)
    except ExpressionError as error:
        yield invalid(rule_path, _shown(declared), _go_failure(error))
        return
    try:
        _ = rule.message_program
    except ExpressionError as error:
        detail = f"messageExpression compilation failed: {go_text(error)}"
        yield invalid(child(path, "messageExpression"), _shown(declared), detail)
    if rule.uses_old and uncorrelatable:
        detail = (
            "oldSelf cannot be used on the uncorrelatable portion of the schema within"
            f" {uncorrelatable}"
        )
        yield invalid(rule_path, declared.get("rule"), detail)
    if not rule.uses_old and declared.get("optionalOldSelf") is not None:
        detail = "may not be set if oldSelf is not used in rule"
        yield invalid(child(path, "optionalOldSelf"), declared["optionalOldSelf"], detail)


def _shown(declared: Mapping[str, Any]) -> Struct:
    """The rule as the API server's own type of it is written."""
    empty: dict[str, Any] = {"Reason": None, "OptionalOldSelf": None}
    return Struct({name: declared.get(key, empty.get(name, "")) for key, name in _FIELDS.items()})


def _go_failure(error: ExpressionError) -> str:
    if error.cause.endswith(", not bool"):
        return "cel expression must evaluate to a bool"
    return f"compilation failed: {go_text(error)}"
