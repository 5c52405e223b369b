"""Which deliveries wait for which: known as a graph, so that readiness is passed on at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from trueup import cel
from trueup.errors import CycleError, ExpressionError, TrueupError
from trueup.flow import Delivery, Dependency
from trueup.objects import Manifest, ObjectRef
from trueup.plan.dependencies import dependency_order
from trueup.report.conditions import is_true

Find = Callable[[ObjectRef], Manifest | None]


class DependencyNotReady(TrueupError):
    """A delivery that must come first is not live yet."""


class Dependencies:
    """The edges between deliveries, from each one's own ``dependsOn``."""

    def __init__(self) -> None:
        self._edges: dict[ObjectRef, tuple[ObjectRef, ...]] = {}

    def set(self, delivery: ObjectRef, depends_on: Iterable[ObjectRef]) -> None:
        self._edges[delivery] = tuple(depends_on)

    def forget(self, delivery: ObjectRef) -> None:
        self._edges.pop(delivery, None)

    def dependents(self, delivery: ObjectRef) -> list[ObjectRef]:
        return [ref for ref, needs in self._edges.items() if delivery in needs]

    def check_cycle(self, delivery: ObjectRef) -> None:
        """Raises CycleError if ``delivery`` waits, in the end, for itself."""
        reachable: dict[ObjectRef, tuple[ObjectRef, ...]] = {}
        todo = [delivery]
        while todo:
            ref = todo.pop()
            if ref not in reachable:
                reachable[ref] = self._edges.get(ref, ())
                todo.extend(reachable[ref])
        try:
            dependency_order({delivery: reachable[delivery], **reachable})
        except CycleError as error:
            error.subject = str(delivery)
            raise


def check_ready(delivery: Delivery, resource: Mapping[str, Any], revision: str, find: Find) -> None:
    """Raises DependencyNotReady, naming the first dependency that is not."""
    for dependency in delivery.depends_on:
        found = find(dependency.ref)
        if found is None:
            raise _not_ready(dependency, "not found")
        if dependency.ready_expression:
            _check_expression(dependency, resource, found)
        else:
            _check_builtin(delivery, dependency, found, revision)


def _check_builtin(
    delivery: Delivery, dependency: Dependency, found: Manifest, revision: str
) -> None:
    status = found.get("status") or {}
    if found["metadata"].get("generation") != status.get("observedGeneration"):
        raise _not_ready(dependency, "is not ready")
    if not is_true(status.get("conditions") or (), "Ready"):
        raise _not_ready(dependency, "is not ready")
    if _same_source(delivery, found) and status.get("lastAppliedRevision") != revision:
        raise _not_ready(dependency, "revision is not up to date")


def _same_source(delivery: Delivery, found: Manifest) -> bool:
    source = (found.get("spec") or {}).get("sourceRef") or {}
    namespace = source.get("namespace") or found["metadata"].get("namespace")
    mine = delivery.source
    return (mine.kind, mine.namespace, mine.name) == (
        source.get("kind"),
        namespace,
        source.get("name"),
    )


def _check_expression(dependency: Dependency, resource: Mapping[str, Any], found: Manifest) -> None:
    program = cel.compile(dependency.ready_expression, ("self", "dep"))
    try:
        ready = program.evaluate({"self": resource, "dep": found})
    except ExpressionError as error:
        raise _not_ready(dependency, f"readyExpr failed: {error.cause}") from error
    if not ready:
        raise _not_ready(dependency, "is not ready according to readyExpr eval")


def _not_ready(dependency: Dependency, why: str) -> DependencyNotReady:
    ref = dependency.ref
    return DependencyNotReady(f"dependency '{ref.namespace}/{ref.name}' {why}")
