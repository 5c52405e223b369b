"""Entries of one object that change together, as they do in kustomize.

A label that kustomize adds to several mappings of an object (its labels, selector and template) is
one node there, so that whatever writes to one of them later, a patch or another label transformer
without selectors, writes to all. What is rendered depends on it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from trueup.render.kustomize.nodes import Node


@dataclass
class Tie:
    """The entry ``key`` of ``mappings``, last seen with ``value``."""

    key: str
    value: Node
    mappings: list[dict[str, Node]]

    def follow(self) -> None:
        """Carries a change of one of the entries over to the others."""
        key = self.key
        self.mappings = [mapping for mapping in self.mappings if key in mapping]
        changed = [mapping[key] for mapping in self.mappings if mapping[key] != self.value]
        if changed:
            self.value = changed[-1]
            for mapping in self.mappings:
                mapping[key] = self.value


def follow_all(ties: Iterable[Tie]) -> None:
    for tie in ties:
        tie.follow()
