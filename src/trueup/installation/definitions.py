"""Whether a definition of a kind, be it ours or somebody else's, is what this version needs."""

from __future__ import annotations

from collections.abc import Iterator

from trueup.installation.findings import Finding, failed, ok, warning
from trueup.objects import Manifest, ObjectRef
from trueup.objects.manifest import labels
from trueup.report.conditions import is_true

PART_OF = "app.kubernetes.io/part-of"
OURS = "trueup"
_NAMED = 3
"""How many of the fields that it lacks are named."""


def is_ours(definition: Manifest) -> bool:
    """Whether an installation may change it: it bears our label."""
    return labels(definition).get(PART_OF) == OURS


def unserved(wanted: Manifest, live: Manifest) -> list[str]:
    """The versions that are needed and not served."""
    return sorted(_served(wanted) - _served(live))


def compared_definition(wanted: Manifest, live: Manifest) -> Finding:
    """Of an old definition the server drops fields that it does not know, and says nothing."""
    ref = ObjectRef.of(wanted)
    step = "run trueup install" if is_ours(live) else "upgrade what it belongs to"
    if not is_true((live.get("status") or {}).get("conditions") or (), "Established"):
        return failed(ref, "is not established", "see its conditions")
    if missing := unserved(wanted, live):
        return failed(ref, f"does not serve {', '.join(missing)}", step)
    if lacks := missing_fields(wanted, live):
        more = f" and {len(lacks) - _NAMED} more" if len(lacks) > _NAMED else ""
        return warning(ref, f"is old: it lacks {', '.join(lacks[:_NAMED])}{more}", step)
    return ok(ref, f"serves {', '.join(sorted(_served(wanted)))}")


def missing_fields(wanted: Manifest, live: Manifest) -> list[str]:
    """The paths of fields that ``wanted`` has, and the same version in ``live`` has not."""
    schemas = _schemas(live)
    found = {
        path
        for name, schema in _schemas(wanted).items()
        for path in _missing(schema, schemas.get(name, schema), "")
    }
    return sorted(found)


def _served(definition: Manifest) -> set[str]:
    return {version["name"] for version in definition["spec"]["versions"] if version["served"]}


def _schemas(definition: Manifest) -> dict[str, Manifest]:
    versions = definition["spec"]["versions"]
    return {
        version["name"]: (version.get("schema") or {}).get("openAPIV3Schema") or {}
        for version in versions
    }


def _missing(wanted: Manifest, live: Manifest, path: str) -> Iterator[str]:
    if live.get("x-kubernetes-preserve-unknown-fields"):
        return
    fields = live.get("properties") or {}
    for name, schema in (wanted.get("properties") or {}).items():
        if name in fields:
            yield from _missing(schema, fields[name], f"{path}.{name}".lstrip("."))
        else:
            yield f"{path}.{name}".lstrip(".")
    for key in ("items", "additionalProperties"):
        if isinstance(wanted.get(key), dict) and isinstance(live.get(key), dict):
            yield from _missing(wanted[key], live[key], f"{path}[]")
