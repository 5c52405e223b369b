"""The kinds that are known, and what each says of an object."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from trueup.controlplane.validation.custom.kind import CustomKind
from trueup.errors import InputError
from trueup.objects import GroupKind, GroupVersionKind, Manifest
from trueup.schema import Schema, builtin, definitions, kinds, versions
from trueup.validation import builtin as conformity
from trueup.validation import custom
from trueup.validation.problem import Problem, Reason
from trueup.validation.sealed import opened

_META = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"


@dataclass(frozen=True, slots=True)
class _Judged:
    """The kinds of a definition, or why it defines none."""

    kinds: Mapping[GroupVersionKind, CustomKind]
    refusal: Problem | None = None


class Catalog:
    """The kinds of Kubernetes ``version``, and those of ``crds``; of two alike the later counts.

    A definition that the API server would refuse defines nothing. Raises InputError for a version
    that is not known.
    """

    def __init__(self, version: str, crds: Iterable[Manifest] = ()) -> None:
        if version not in versions():
            raise InputError(
                f"there are no schemas of Kubernetes {version}",
                next_step=f"choose from {versions()[0]} to {versions()[-1]}",
            )
        self._version = version
        self._meta = Schema({"$ref": _META}, definitions(version))
        self._definitions = {
            custom.defined_kind(crd): crd for crd in filter(custom.is_definition, crds)
        }
        self._judged: dict[GroupKind, _Judged] = {}

    def problems(self, obj: Manifest) -> list[Problem]:
        """What is wrong with ``obj``, in order of fields."""
        found = [*self._identity(obj)]
        if not found:
            gvk = _gvk(obj)
            kind = self._custom(gvk)
            found = self._of_builtin(obj) if kind is None else self._of_custom(kind, obj)
            found = opened(found, obj)
        return sorted(found, key=lambda problem: [str(step) for step in problem.path])

    def _identity(self, obj: Manifest) -> Iterable[Problem]:
        for name in ("apiVersion", "kind"):
            if not isinstance(obj.get(name), str) or not obj[name]:
                yield Problem((name,), "is required")
        metadata = obj.get("metadata")
        named = isinstance(metadata, dict) and (
            metadata.get("name") or metadata.get("generateName")
        )
        if not named and isinstance(metadata, dict | None):
            yield Problem(("metadata", "name"), "is required")

    def _custom(self, gvk: GroupVersionKind) -> CustomKind | None:
        judged = self._judge(gvk.group_kind)
        return judged.kinds.get(gvk) if judged is not None else None

    def _judge(self, kind: GroupKind) -> _Judged | None:
        """What the definition of ``kind`` says, looked at when the first object needs it."""
        if kind in self._definitions and kind not in self._judged:
            definition = self._definitions[kind]
            found = self._of_builtin(definition)
            self._judged[kind] = (
                _Judged({}, found[0]) if found else _Judged(custom.kinds_of(definition))
            )
        return self._judged.get(kind)

    def _of_custom(self, kind: CustomKind, obj: Manifest) -> list[Problem]:
        metadata = obj.get("metadata")
        return [
            *conformity.problems(self._meta, metadata, ("metadata",)),
            *custom.problems(kind, obj),
        ]

    def _of_builtin(self, obj: Manifest) -> list[Problem]:
        schema = builtin(_gvk(obj), self._version)
        if schema is None:
            return [Problem((), self._missing(_gvk(obj)), Reason.MISSING_SCHEMA)]
        found = list(conformity.problems(schema, obj))
        if not found and custom.is_definition(obj):
            return custom.definition_problems(obj)
        return found

    def _missing(self, gvk: GroupVersionKind) -> str:
        """Why nothing is known of a kind."""
        judged = self._judge(gvk.group_kind)
        if judged is not None and judged.refusal is not None:
            refusal = judged.refusal
            return f"the definition of {gvk.kind} is wrong: {refusal.field}: {refusal.message}"
        if judged is not None:
            return f"the definition of {gvk.kind} has no version {gvk.version}"
        others = sorted(
            other.version
            for other in kinds(self._version)
            if (other.group, other.kind) == (gvk.group, gvk.kind)
        )
        if others:
            served = ", ".join(GroupVersionKind(gvk.group, v, "").api_version for v in others)
            return f"Kubernetes {self._version} has {gvk.kind} in {served} only"
        return f"there is no schema for {gvk.api_version} {gvk.kind}"


def _gvk(obj: Manifest) -> GroupVersionKind:
    return GroupVersionKind.of(obj["apiVersion"], obj["kind"])
