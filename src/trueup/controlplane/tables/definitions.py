"""Rows of CustomResourceDefinitions."""

from __future__ import annotations

from trueup.controlplane.tables.column import CREATED_AT, NAME, Column, at, shown, text
from trueup.objects import Manifest


def _served(definition: Manifest) -> str:
    versions = at(definition, "spec.versions", ())
    return ",".join(_labelled(each) for each in versions if each.get("served"))


def _labelled(version: Manifest) -> str:
    return f"{version.get('name')}(storage)" if version.get("storage") else str(version.get("name"))


def _short_names(definition: Manifest) -> str:
    return ",".join(at(definition, "spec.names.shortNames", ()))


def _is_established(definition: Manifest) -> bool:
    conditions = at(definition, "status.conditions", ())
    return any(c.get("type") == "Established" and c.get("status") == "True" for c in conditions)


DEFINITION = (
    NAME,
    text("Scope", "spec.scope", "Whether the objects lie in namespaces."),
    text("Versions", shown(_served), "Versions that are served."),
    CREATED_AT,
    text("Group", "spec.group", "Group of the kind.", wide=True),
    text("Kind", "spec.names.kind", "Kind of the objects.", wide=True),
    text("ShortNames", shown(_short_names), "Short names of the kind.", wide=True),
    Column("Established", shown(_is_established), "Is it served?", type="boolean", priority=1),
)
