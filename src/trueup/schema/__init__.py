"""What the fields of a kind are: types, list and map semantics, merge keys, defaults.

``builtin`` answers for Kubernetes' own kinds from an index that ships with the package (made by
``scripts/build_schemas.py`` and ``scripts/build_published.py``); ``trueup.schema.crd`` for custom
resources. Both give a `Schema`.
Not here: what to do with a value beyond its schema (``merge``, ``controlplane.validation``).
"""

from trueup.schema.builtin import NEWEST, builtin, definitions, descriptions, kinds, versions
from trueup.schema.crd import crd_schema
from trueup.schema.node import Schema
from trueup.schema.zero import zero_object, zero_value

__all__ = [
    "NEWEST",
    "Schema",
    "builtin",
    "crd_schema",
    "definitions",
    "descriptions",
    "kinds",
    "versions",
    "zero_object",
    "zero_value",
]
