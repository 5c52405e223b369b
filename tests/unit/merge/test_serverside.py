"""Server-side apply step by step: ``tests/cases/merge/serverside.yaml``.

What holds for every object is in ``test_serverside_laws``; sets of fields in ``test_fieldset``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from trueup.errors import ApiError
from trueup.merge import serverside
from trueup.merge.fieldset import FieldSet
from trueup.objects import GroupVersionKind, Manifest, fieldpath, yaml
from trueup.schema import Schema, builtin, definitions

CASES = Path(__file__).parents[2] / "cases" / "merge"
TABLE: list[dict[str, Any]] = yaml.load((CASES / "serverside.yaml").read_bytes())
THING = Schema(yaml.load((CASES / "thing.yaml").read_bytes()), definitions())

KINDS = {
    "ConfigMap": GroupVersionKind("", "v1", "ConfigMap"),
    "Deployment": GroupVersionKind("apps", "v1", "Deployment"),
    "Service": GroupVersionKind("", "v1", "Service"),
    "Thing": GroupVersionKind("x.io", "v1", "Thing"),
    "Untyped": GroupVersionKind("x.io", "v1", "Thing"),
}
SCHEMAS = {"Thing": THING, "Untyped": None}


@pytest.mark.parametrize("case", TABLE, ids=[case["name"] for case in TABLE])
def test_server_side_apply(case: dict[str, Any]) -> None:
    live: Manifest | None = None
    refused: str | None = None
    for second, step in enumerate(case["steps"]):
        refused = None
        try:
            live = _write(case["kind"], live, step, f"2026-01-01T00:00:{second:02}Z")
        except ApiError as error:
            refused = error.cause
    assert ({"refused": refused} if refused else _seen(live)) == case["expect"]


def _write(kind: str, live: Manifest | None, step: dict[str, Any], now: str) -> Manifest:
    gvk = KINDS[kind]
    verb = "apply" if "apply" in step else "update"
    obj = {"apiVersion": gvk.api_version, "kind": gvk.kind, **step["object"]}
    obj["metadata"] = {"name": "x", **obj.get("metadata", {})}
    through = step.get("through", "")
    options: dict[str, Any] = {
        "manager": step[verb],
        "schema": SCHEMAS[kind] if kind in SCHEMAS else builtin(gvk),
        "now": now,
        "subresource": through,
        "ignored": serverside.reset_fields(
            gvk.group_kind, through, has_status=kind != "ConfigMap", custom=kind in SCHEMAS
        ),
    }
    if verb == "apply":
        written = serverside.apply(live, obj, force=step.get("force", False), **options)
    else:
        written = serverside.update(live, obj, **options)
    return {**written, "metadata": {**written["metadata"], "uid": "1"}}


def _seen(live: Manifest | None) -> dict[str, Any]:
    """What a case expects: the object without what all share, and its owners' fields as text."""
    assert live is not None
    meta = {k: v for k, v in live["metadata"].items() if k not in ("name", "uid", "managedFields")}
    parts = {"metadata": meta} if meta else {}
    rest = {k: v for k, v in live.items() if k not in ("apiVersion", "kind", "metadata")}
    entries = live["metadata"].get("managedFields", [])
    return {"object": {**rest, **parts}, "owners": dict(map(_owner, entries))}


def _owner(entry: dict[str, Any]) -> tuple[str, list[str]]:
    through = f" through {entry['subresource']}" if entry.get("subresource") else ""
    fields = FieldSet.from_fields(entry["fieldsV1"])
    name = f"{entry['operation'].lower()} {entry['manager']}{through}"
    return name, [fieldpath.text(path) for path in fields.paths()]
