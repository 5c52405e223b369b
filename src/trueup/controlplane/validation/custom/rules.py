"""``x-kubernetes-validations``: what CEL expressions in a schema demand of an object.

https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#validation-rules
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from trueup import cel
from trueup.cel.budget import Allowance, BudgetExceeded
from trueup.cel.environment import KUBERNETES
from trueup.cel.schemas import type_of, value_of
from trueup.cel.types import Type, optional_of
from trueup.cel.values import EvaluationError, Optional
from trueup.controlplane.validation import causes
from trueup.controlplane.validation.causes import Cause
from trueup.controlplane.validation.custom.previous import NOTHING, Previous
from trueup.controlplane.validation.custom.rulepaths import field_path
from trueup.errors import ExpressionError
from trueup.schema import Schema

PER_OBJECT: Final = 10_000_000
"""Units of work that all rules of one object may take together."""
_MAX_MESSAGE: Final = 5 * 1024


class Rule:
    """One entry of ``x-kubernetes-validations``, compiled; raises ExpressionError."""

    def __init__(self, declared: Mapping[str, Any], self_type: Type, schema: Schema) -> None:
        self.text = str(declared.get("rule") or "").strip()
        self.message = str(declared.get("message") or "").strip()
        self.optional_old = bool(declared.get("optionalOldSelf"))
        self.reason = str(declared.get("reason") or "FieldValueInvalid")
        self.path = field_path(str(declared.get("fieldPath") or ""), schema) or ""
        old = optional_of(self_type) if self.optional_old else self_type
        self.variables = {"self": self_type, "oldSelf": old}
        self.program = cel.compile(self.text, self.variables, environment=KUBERNETES)
        self.uses_old = "oldSelf" in self.program.names
        self._message_text = str(declared.get("messageExpression") or "").strip()

    @property
    def shown(self) -> str:
        return self.message or self.text

    @cached_property
    def message_program(self) -> cel.Program | None:
        """Raises ExpressionError if the expression of the message does not compile."""
        if not self._message_text:
            return None
        return cel.compile(
            self._message_text, self.variables, result="string", environment=KUBERNETES
        )


class Rules:
    """The rules at one place of a schema and below it; made once."""

    def __init__(
        self, schema: Schema, *, root: bool = False, self_type: Type | None = None
    ) -> None:
        self._schema = schema
        self._root = root
        self._type = self_type or type_of(schema, root=root)
        self._declared = schema.node.get("x-kubernetes-validations") or ()
        self._below = {
            name: found
            for name, below in schema.properties.items()
            if (found := Rules(below)).has_any
        }
        self._items = Rules(schema.items) if schema.items is not None else None
        self._entries = Rules(schema.additional) if schema.additional is not None else None

    @cached_property
    def has_any(self) -> bool:
        parts = [self._items, self._entries]
        return bool(self._declared or self._below or any(p and p.has_any for p in parts))

    @cached_property
    def _rules(self) -> list[Rule | str]:
        """Compiled rules, and the reasons why others did not compile."""
        return [self._compiled(declared) for declared in self._declared]

    @property
    def self_type(self) -> Type | None:
        """What ``self`` is in the rules of this place."""
        return self._type

    def _compiled(self, declared: Mapping[str, Any]) -> Rule | str:
        if self._type is None:
            return "no type information"
        try:
            return Rule(declared, self._type, self._schema)
        except ExpressionError as error:
            return f"compilation failed: {error.cause}"

    def validate(self, value: Any, old: Previous = NOTHING) -> list[Cause]:
        """What the rules have against ``value``, an object in place of ``old``."""
        inquiry = _Inquiry()
        self._walk(_Place(value, old, old), "", inquiry)
        return inquiry.causes

    def _walk(self, place: _Place, path: str, inquiry: _Inquiry) -> None:
        value = place.value
        if value is None or inquiry.is_over:
            return
        self._check(place, path, inquiry)
        if isinstance(value, dict):
            for name in value:
                if name in self._below:
                    below = causes.child(path, name)
                    self._below[name]._walk(place.field(name), below, inquiry)
                elif self._entries is not None and name not in self._schema.properties:
                    self._entries._walk(place.field(name), causes.below(path, name), inquiry)
        elif isinstance(value, list) and self._items is not None and self._items.has_any:
            for at in range(len(value)):
                item = place.item(self._schema, at)
                self._items._walk(item, causes.below(path, at), inquiry)

    def _check(self, place: _Place, path: str, inquiry: _Inquiry) -> None:
        if not self._declared:
            return
        kind = self._schema.type
        try:
            new, old = self._values(place)
        except (EvaluationError, ValueError) as error:
            inquiry.add(causes.invalid(path, kind, str(error)))
            return
        for rule in self._rules:
            if isinstance(rule, str):
                inquiry.add(causes.invalid(path, kind, f"rule compile error: {rule}"))
            elif not inquiry.is_over and (old.items or rule.optional_old or not rule.uses_old):
                names = {"self": new, "oldSelf": old if rule.optional_old else _first(old)}
                inquiry.ask(rule, names, _Target(place, path, kind))

    def _values(self, place: _Place) -> tuple[Any, Optional]:
        """The new and the old value, as expressions see them."""
        new = value_of(self._schema, place.value, root=self._root)
        if not place.old or place.old.value is None:
            return new, Optional()
        old = value_of(self._schema, place.old.value, place.value, root=self._root)
        return new, Optional((old,))


def _first(value: Optional) -> Any:
    return value.items[0] if value.items else None


@dataclass(frozen=True, slots=True)
class _Place:
    """A value, the one before it, and the nearest one before it that is known."""

    value: Any
    old: Previous
    nearest: Previous
    parent: Any = None

    def field(self, name: str) -> _Place:
        old = self.old.field(name)
        return _Place(self.value[name], old, self.old or self.nearest, self.value)

    def item(self, schema: Schema, at: int) -> _Place:
        old = self.old.item(schema.node, self.value[at])
        return _Place(self.value[at], old, self.old or self.nearest, self.value)

    @property
    def is_unchanged(self) -> bool:
        """What did not change is not held against an update."""
        return self.old.equals(self.value) if self.old else self.nearest.equals(self.parent)


@dataclass(frozen=True, slots=True)
class _Target:
    """Where a rule is asked, and what stands there."""

    place: _Place
    path: str
    kind: str


class _Inquiry:
    """The rules of one object being asked, one after the other, within one allowance."""

    def __init__(self) -> None:
        self.causes: list[Cause] = []
        self.is_over = False
        self._allowance = Allowance(PER_OBJECT)

    def add(self, cause: Cause) -> None:
        self.causes.append(cause)

    def ask(self, rule: Rule, names: Mapping[str, Any], target: _Target) -> None:
        try:
            holds = rule.program.run(names, self._allowance) is True
        except ExpressionError as error:
            self.add(causes.invalid(target.path, target.kind, self._failure(error, rule)))
            return
        if not holds and (rule.uses_old or not target.place.is_unchanged):
            detail = self._message(rule, names) or rule.message or f"failed rule: {rule.text}"
            self.add(_refusal(rule, target, detail))

    def _failure(self, error: ExpressionError, rule: Rule) -> str:
        if not isinstance(error.__cause__, BudgetExceeded):
            if error.cause.startswith("no such overload"):
                return (
                    f"'{error.cause}': call arguments did not match a supported operator,"
                    f" function or macro signature for rule: {rule.shown}"
                )
            return f"{error.cause} evaluating rule: {rule.shown}"
        self.is_over = True
        if self._allowance.units <= 0:
            return (
                "validation failed due to running out of cost budget,"
                " no further validation rules will be run"
            )
        return (
            "'operation cancelled: actual cost limit exceeded': no further validation rules"
            f" will be run due to call cost exceeds limit for rule: {rule.shown}"
        )

    def _message(self, rule: Rule, names: Mapping[str, Any]) -> str:
        """What the rule's own expression says; empty if it fails or says nothing fit to print."""
        try:
            program = rule.message_program
            said = program.run(names, self._allowance) if program is not None else ""
        except ExpressionError:
            return ""
        text = said.strip() if isinstance(said, str) else ""
        return "" if "\n" in text or len(text.encode()) > _MAX_MESSAGE else text


def _refusal(rule: Rule, target: _Target, detail: str) -> Cause:
    path = causes.child(target.path, rule.path) if rule.path else target.path
    if rule.reason == "FieldValueForbidden":
        return causes.forbidden(path, detail)
    if rule.reason == "FieldValueRequired":
        return causes.required(path, detail)
    value = causes.OMITTED if target.kind in {"object", "array"} else target.place.value
    if rule.reason == "FieldValueDuplicate":
        return causes.duplicate(path, value)
    return causes.invalid(path, value, detail)
