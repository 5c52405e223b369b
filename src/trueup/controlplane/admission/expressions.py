"""Conditions and policies in CEL: what they may name, how they compile, what they see."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from trueup import cel
from trueup.cel import types as t
from trueup.cel.budget import Allowance
from trueup.cel.environment import ADMISSION
from trueup.cel.kubernetes.authorization import AUTHORIZER
from trueup.cel.types import Type
from trueup.cel.values import EvaluationError, Record
from trueup.controlplane.validation.compiling import go_text
from trueup.errors import ExpressionError

VARIABLES: Final = "kubernetes.variables"
_TEXTS: Final = t.list_of(t.STRING)


def _object(kind: str, /, **fields: Type) -> Type:
    return Type(f"kubernetes.{kind}", fields=fields)


_KIND = _object("GroupVersionKind", group=t.STRING, version=t.STRING, kind=t.STRING)
_RESOURCE = _object("GroupVersionResource", group=t.STRING, version=t.STRING, resource=t.STRING)
_REQUEST: Final = _object(
    "AdmissionRequest",
    kind=_KIND,
    resource=_RESOURCE,
    subResource=t.STRING,
    requestKind=_KIND,
    requestResource=_RESOURCE,
    requestSubResource=t.STRING,
    name=t.STRING,
    namespace=t.STRING,
    operation=t.STRING,
    userInfo=_object(
        "UserInfo",
        username=t.STRING,
        uid=t.STRING,
        groups=_TEXTS,
        extra=t.map_of(t.STRING, _TEXTS),
    ),
    dryRun=t.BOOL,
    options=t.DYN,
)
_CONDITION = _object(
    "NamespaceCondition",
    status=t.STRING,
    type=t.STRING,
    lastTransitionTime=t.TIMESTAMP,
    message=t.STRING,
    reason=t.STRING,
)
_NAMESPACE: Final = _object(
    "Namespace",
    metadata=_object(
        "NamespaceMetadata",
        name=t.STRING,
        generateName=t.STRING,
        namespace=t.STRING,
        labels=t.map_of(t.STRING, t.STRING),
        annotations=t.map_of(t.STRING, t.STRING),
        UID=t.STRING,
        creationTimestamp=t.TIMESTAMP,
        deletionGracePeriodSeconds=t.INT,
        deletionTimestamp=t.TIMESTAMP,
        generation=t.INT,
        resourceVersion=t.STRING,
        finalizers=_TEXTS,
    ),
    spec=_object("NamespaceSpec", finalizers=_TEXTS),
    status=_object("NamespaceStatus", conditions=t.list_of(_CONDITION), phase=t.STRING),
)


class Scope(NamedTuple):
    """What an expression may name beyond the request: ``variables`` by their types."""

    params: bool = False
    authorizer: bool = True
    variables: Mapping[str, Type] | None = None

    @property
    def types(self) -> dict[str, Type]:
        found = {
            "object": t.DYN,
            "oldObject": t.DYN,
            "namespaceObject": _NAMESPACE,
            "request": _REQUEST,
        }
        if self.params:
            found["params"] = t.DYN
        if self.authorizer:
            found["authorizer"] = AUTHORIZER
        if self.variables is not None:
            found["variables"] = Type(VARIABLES, fields=self.variables)
        return found


class Uncompiled(Exception):
    """The text says what is wrong with the expression, as Kubernetes words it."""


def compiled(expression: str, scope: Scope, *results: Type) -> cel.Program:
    """The program; Uncompiled, also where it gives none of ``results``, if any are named."""
    try:
        program = cel.compile(expression, scope.types, result="any", environment=ADMISSION)
    except ExpressionError as error:
        raise Uncompiled(f"compilation failed: {go_text(error)}") from error
    if results and program.kind not in results:
        wanted = str(results[0])
        if len(results) > 1:
            wanted = f"one of [{' '.join(map(str, results))}]"
        raise Uncompiled(f"must evaluate to {wanted} but got {program.kind}")
    return program


class Failed(Exception):
    """An expression came to no value; the text says why, as Kubernetes words it."""


class Activation:
    """The values that expressions see, and what work they may still do."""

    def __init__(self, values: Mapping[str, Any], units: int) -> None:
        self.values = dict(values)
        self.allowance = Allowance(units)

    def value(self, program: cel.Program) -> Any:
        """The CEL value of ``program``; Failed."""
        try:
            return program.run(self.values, self.allowance)
        except ExpressionError as error:
            if self.allowance.units <= 0:
                raise Failed(
                    "validation failed due to running out of cost budget,"
                    " no further validation rules will be run"
                ) from error
            text = f"expression '{program.expression}' resulted in error: {error.cause}"
            raise Failed(text) from error


class Variables(Record):
    """``variables``: each is computed when first named, and then remembered."""

    cel_type = VARIABLES

    def __init__(self, programs: Mapping[str, cel.Program | str], activation: Activation) -> None:
        self._programs = programs
        self._activation = activation
        self._known: dict[str, Any] = {}

    def field(self, name: str) -> Any:
        if name not in self._known:
            self._known[name] = self._computed(name)
        return self._known[name]

    def has(self, name: str) -> bool:
        return name in self._programs

    def _computed(self, name: str) -> Any:
        program = self._programs.get(name)
        if program is None:
            raise EvaluationError(f"no such key: {name}")
        if isinstance(program, str):
            raise EvaluationError(f'composited variable "{name}" fails to compile: {program}')
        try:
            return program.run(self._activation.values, self._activation.allowance)
        except ExpressionError as error:
            text = f'composited variable "{name}" fails to evaluate: {error.cause}'
            raise EvaluationError(text) from error
