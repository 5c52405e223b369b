"""The environments in which expressions run: which functions and macros there are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from trueup.cel import (
    conversions,
    encoders,
    formatting,
    kubernetes,
    optionals,
    regex,
    sets,
    strings,
    times,
)
from trueup.cel.registry import Function, functions
from trueup.cel.values import TypeName

_MODULES: Final = (
    conversions,
    encoders,
    formatting,
    kubernetes,
    optionals,
    regex,
    sets,
    strings,
    times,
)
"""Imported for the functions that they declare."""

TYPES: Final = {
    name: TypeName(name)
    for name in [
        "bool",
        "bytes",
        "double",
        "google.protobuf.Duration",
        "google.protobuf.Timestamp",
        "int",
        "kubernetes.NamedFormat",
        "kubernetes.Quantity",
        "kubernetes.Semver",
        "kubernetes.URL",
        "list",
        "map",
        "net.CIDR",
        "net.IP",
        "null_type",
        "optional_type",
        "string",
        "type",
        "uint",
    ]
}


@dataclass(frozen=True)
class Environment:
    """A set of libraries; those named ``macros`` also bring syntax."""

    libraries: frozenset[str]

    @cached_property
    def functions(self) -> Mapping[str, Function]:
        return functions(self.libraries)


FLUX: Final = Environment(
    frozenset(
        {
            "standard",
            "strings",
            "strings.reverse",
            "strings.format",
            "sets",
            "encoders",
            "optionals",
        }
    )
)
"""Flux's health checks and readiness expressions (github.com/fluxcd/pkg/runtime/cel)."""

_KUBERNETES: Final = frozenset(
    {"standard", "strings", "sets", "optionals", "comprehensions", "lists", "kubernetes"}
)

KUBERNETES: Final = Environment(_KUBERNETES)
"""Validation rules of custom resources, as Kubernetes 1.37 has them."""

ADMISSION: Final = Environment(_KUBERNETES | {"authorization"})
"""Conditions and policies of admission: the same, and what a user may do."""
