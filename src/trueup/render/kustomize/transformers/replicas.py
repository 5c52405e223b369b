"""The ``replicas`` field: how many replicas a named workload has."""

from __future__ import annotations

from collections.abc import Iterable

from trueup.errors import RenderError
from trueup.render.kustomize.fieldspecs import FieldSpec, set_fields
from trueup.render.kustomize.kustomization import Replica
from trueup.render.kustomize.nodes import INT, Plain, retyped
from trueup.render.kustomize.resmap import ResMap


def set_replicas(resources: ResMap, replica: Replica, specs: Iterable[FieldSpec]) -> None:
    """Sets the count where ``specs`` lead; RenderError if no resource has the name."""
    specs = tuple(specs)
    count = Plain(str(replica.count), INT)
    named = resources.with_any_id(lambda known: known.name == replica.name)
    found = False
    for spec in specs:
        for resource in named:
            ids = (resource.id, *resource.previous_ids)
            if any(
                known.name == replica.name and known.gvk.is_selected_by(spec.gvk) for known in ids
            ):
                found = True
                set_fields(resource, [spec], lambda node: retyped(node, count.text), lambda: count)
    if not found:
        kinds = ", ".join(sorted({spec.gvk.kind for spec in specs}))
        raise RenderError(
            f"replicas names {replica.name}, which is no {kinds}",
            next_step="correct the name, or remove the entry",
        )
