"""What all sorts of operations are made of: names, queries, versions.

A step may name what an earlier answer told, in braces: ``{RESOURCE_NAME_uid}``, ``_version`` (the
latest resourceVersion), ``_first`` (the one at its creation), ``{RESOURCE_continue}``. What no
answer told is sent as it stands: a wrong value like any other.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any

from hypothesis import strategies as st

from tests.contract.explorer.bodies import LONG, merged
from tests.contract.explorer.subjects import Subject

Step = dict[str, Any]
"""As the tables of clauses have them."""
Steps = st.SearchStrategy[Step]

NAMES = st.sampled_from(("a", "a", "a", "a", "b", "b", "c"))
BAD_NAMES = st.sampled_from(("A", "a_b", "a.b", "-a", "1a", LONG, LONG * 4, ".", "a b", "ä"))
MANAGERS = st.sampled_from(("one", "two", "three"))
OTHER_TYPES: tuple[dict[str, Any], ...] = (
    *({"apiVersion": version} for version in ("v2", "/v1", "v1/", "apps/v1", "a/b/c", None, "", 1)),
    *(
        {"kind": kind}
        for kind in ("Other", "Secret", "ConfigMapList", "DeleteOptions", None, "", 1)
    ),
    {"apiVersion": "v1", "kind": "ConfigMap"},
    {"apiVersion": "apps/v1", "kind": "Deployment"},
    {"apiVersion": "apps/v1beta1", "kind": "Deployment"},
    {"apiVersion": "autoscaling/v1", "kind": "Scale"},
)

SELECTORS = (
    "labelSelector=tier%3Dfront",
    "labelSelector=tier%21%3Dfront",
    "labelSelector=app+in+(x,y)",
    "labelSelector=%21tier",
    "labelSelector=tier",
    "labelSelector=tier%3Dnot+a+label",
    "labelSelector=app+in+x",
    "fieldSelector=metadata.name%3Da",
    "fieldSelector=metadata.name%21%3Da",
    "fieldSelector=metadata.namespace%3D{ns}",
    "fieldSelector=type%3DOpaque",
    "fieldSelector=spec.size%3D3",
    "fieldSelector=metadata.name",
)


@lru_cache(maxsize=256)
def one_or(strategy: st.SearchStrategy[Any], rare: st.SearchStrategy[Any]) -> Any:
    """``rare`` one time in eight."""
    return st.integers(0, 7).flatmap(lambda number: rare if number == 7 else strategy)


@cache
def queries(*usual: str) -> st.SearchStrategy[str]:
    """A query of a write, with its question mark; most have none."""
    some = ("", "", "", *usual, "fieldManager=one", "fieldManager=two", "dryRun=All")
    rare = ("dryRun=Some", "fieldManager=" + LONG * 3, "fieldValidation=Wrong")
    strict = ("fieldValidation=Strict", "fieldValidation=Ignore")
    return one_or(st.sampled_from(some), st.sampled_from(rare + strict)).map(
        lambda query: f"?{query}" if query else ""
    )


def named(subject: Subject, name: str, body: dict[str, Any]) -> dict[str, Any]:
    return merged({**subject.typed, "metadata": {"name": name}}, body)


def path_of(subject: Subject, name: str) -> str:
    return f"{subject.place}/{name.replace(' ', '%20')}"


@cache
def versions(subject: Subject, name: str) -> st.SearchStrategy[dict[str, Any]]:
    known = f"{{{subject.name}_{name}_"
    usual = (known + "version}", known + "version}", known + "first}", None)
    return one_or(st.sampled_from(usual), st.sampled_from(("", "0", "1", "x", 1))).map(
        lambda version: {} if version is None else {"metadata": {"resourceVersion": version}}
    )
