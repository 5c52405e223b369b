"""Rule ``dependencies``: the order of objects that depend on each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from trueup.cli.verbs.eval.fields import objects, text
from trueup.plan.dependencies import dependency_order


@dataclass(frozen=True, slots=True)
class _Name:
    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name}" if self.namespace else self.name


def evaluate(case: dict[str, Any]) -> dict[str, Any]:
    """``{objects: [{name, namespace, dependsOn}]}`` -> ``{order: [{name, namespace}]}``.

    A dependency without a namespace is in that of the object.
    """
    dependencies: dict[_Name, list[_Name]] = {}
    for obj in objects(case, "objects"):
        owner = _Name(text(obj, "namespace"), text(obj, "name"))
        needs = (
            _Name(text(need, "namespace") or owner.namespace, text(need, "name"))
            for need in objects(obj, "dependsOn")
        )
        dependencies.setdefault(owner, []).extend(needs)
    order = dependency_order(dependencies)
    return {"order": [{"name": found.name, "namespace": found.namespace} for found in order]}
