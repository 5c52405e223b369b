"""The order of things that wait for each other: what is waited for comes first."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import TypeVar

from trueup.errors import CycleError

Node = TypeVar("Node", bound=Hashable)


def dependency_order(dependencies: Mapping[Node, Sequence[Node]]) -> list[Node]:
    """The keys and all that they depend on, each after its own dependencies.

    The order is that of Flux's ``dependency.Sort``: depth first, as given; what is only depended
    on is listed too. Raises CycleError with the way that leads into and around the cycle.
    """
    done: dict[Node, None] = {}
    for root in dependencies:
        if root not in done:
            _visit(root, dependencies, done)
    return list(done)


def _visit(root: Node, dependencies: Mapping[Node, Sequence[Node]], done: dict[Node, None]) -> None:
    path: dict[Node, Iterator[Node]] = {root: iter(dependencies.get(root, ()))}
    while path:
        node, waiting = next(reversed(path.items()))
        following = next((n for n in waiting if n not in done), None)
        if following is None:
            del path[node]
            done[node] = None
        elif following in path:
            way = " -> ".join(str(n) for n in (*path, following))
            raise CycleError(
                f"circular dependency detected: {way}",
                next_step="remove one of these dependencies",
            )
        else:
            path[following] = iter(dependencies.get(following, ()))
