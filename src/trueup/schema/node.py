"""One place in a schema, read lazily from the OpenAPI document that it lies in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

Node = Mapping[str, Any]
"""An OpenAPI v3 schema object, with Kubernetes' ``x-kubernetes-`` extensions."""


class Schema:
    """What may stand at one place of an object.

    ``definitions`` resolves ``$ref`` (by bare definition name); ``describe`` gives the
    description of a definition (property ``""``) or of one of its properties.
    """

    def __init__(
        self,
        node: Node,
        definitions: Mapping[str, Node] | None = None,
        describe: Callable[[str, str], str] | None = None,
        described_as: tuple[str, str] | None = None,
    ) -> None:
        self._definitions = definitions or {}
        self._describe = describe
        self._described_as = described_as
        self.definition: str = node.get("$ref", "")
        """The name of the definition that this place refers to, or ``""``."""
        self.node: Node = self._resolved(node)

    def _resolved(self, node: Node) -> Node:
        if not self.definition:
            return node
        beside = {key: value for key, value in node.items() if key != "$ref"}
        target = self._definitions[self.definition]
        return {**target, **beside} if beside else target

    def _below(self, node: Node, name: str | None = None) -> Schema:
        owner = (self.definition, name) if name is not None and self.definition else None
        return Schema(node, self._definitions, self._describe, owner)

    # --- type -----------------------------------------------------------------------------------

    @property
    def type(self) -> str:
        """``object``, ``array``, ``string``, ``integer``, ``number``, ``boolean``, or ``""``: any."""
        found: str = self.node.get("type", "")
        return found

    @property
    def format(self) -> str:
        found: str = self.node.get("format", "")
        return found

    @property
    def int_or_string(self) -> bool:
        return self.format == "int-or-string" or bool(
            self.node.get("x-kubernetes-int-or-string", False)
        )

    @property
    def quantity(self) -> bool:
        """Whether this is a built-in resource quantity: a string, or a number read as one."""
        return self.definition.endswith("api.resource.Quantity")

    @property
    def nullable(self) -> bool:
        return bool(self.node.get("nullable", False))

    @property
    def has_default(self) -> bool:
        return "default" in self.node

    @property
    def default(self) -> Any:
        return self.node.get("default")

    # --- what lies below --------------------------------------------------------------------------

    @cached_property
    def properties(self) -> dict[str, Schema]:
        found = self.node.get("properties", {})
        return {name: self._below(node, name) for name, node in found.items()}

    @cached_property
    def additional(self) -> Schema | None:
        """The schema of properties that are not named, where one is given."""
        found = self.node.get("additionalProperties")
        if isinstance(found, Mapping):
            return self._below(found)
        return Schema({}) if found is True else None

    @cached_property
    def items(self) -> Schema | None:
        found = self.node.get("items")
        return self._below(found) if isinstance(found, Mapping) else None

    def field(self, name: str) -> Schema | None:
        """The schema of property ``name``: its own, or that of additional properties."""
        return self.properties.get(name) or self.additional

    @property
    def required(self) -> tuple[str, ...]:
        return tuple(self.node.get("required", ()))

    # --- how it merges ----------------------------------------------------------------------------

    @property
    def list_type(self) -> str:
        """``atomic``, ``set`` or ``map``."""
        found: str = self.node.get("x-kubernetes-list-type", "atomic")
        return found

    @property
    def list_keys(self) -> tuple[str, ...]:
        return tuple(self.node.get("x-kubernetes-list-map-keys", ()))

    @property
    def map_type(self) -> str:
        """``granular`` or ``atomic``."""
        found: str = self.node.get("x-kubernetes-map-type", "granular")
        return found

    @property
    def merge_key(self) -> str:
        """The key that strategic merge patches match list items by, or ``""``."""
        found: str = self.node.get("x-kubernetes-patch-merge-key", "")
        return found

    @cached_property
    def merge_strategies(self) -> frozenset[str]:
        """Of strategic merge patches: any of ``merge``, ``replace`` and ``retainKeys``."""
        found: str = self.node.get("x-kubernetes-patch-strategy", "")
        return frozenset(filter(None, found.split(",")))

    # --- custom resources -------------------------------------------------------------------------

    @property
    def preserve_unknown(self) -> bool:
        """Whether unknown fields below are kept; a built-in RawExtension is such a place too."""
        return bool(self.node.get("x-kubernetes-preserve-unknown-fields", False))

    @property
    def embedded_resource(self) -> bool:
        return bool(self.node.get("x-kubernetes-embedded-resource", False))

    # --- for people -------------------------------------------------------------------------------

    @property
    def description(self) -> str:
        own: str = self.node.get("description", "")
        if own or self._describe is None:
            return own
        if self._described_as and (text := self._describe(*self._described_as)):
            return text
        return self._describe(self.definition, "") if self.definition else ""

    def __repr__(self) -> str:
        return f"Schema({self.definition or self.type or 'any'})"
