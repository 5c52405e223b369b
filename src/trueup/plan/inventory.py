"""The inventory: which objects a delivery has put in place.

An entry's id is ``<namespace>_<name>_<group>_<kind>``, as Flux and cli-utils write it; a colon in
an RBAC name is written ``__``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from trueup.objects import ObjectRef

Entry = dict[str, str]
"""``{"id": …, "v": version}``"""

_RBAC_GROUP = "rbac.authorization.k8s.io"


def entry_of(ref: ObjectRef) -> Entry:
    return {"id": id_of(ref), "v": ref.version}


def id_of(ref: ObjectRef) -> str:
    name = ref.name.replace(":", "__") if ref.group == _RBAC_GROUP else ref.name
    return f"{ref.namespace}_{name}_{ref.group}_{ref.kind}"


def ref_of(entry: Mapping[str, Any]) -> ObjectRef | None:
    """The object that an entry names, or None if the entry is not one of ours."""
    namespace, _, rest = str(entry.get("id", "")).partition("_")
    rest, _, kind = rest.rpartition("_")
    name, _, group = rest.rpartition("_")
    if not (name and kind):
        return None
    if group == _RBAC_GROUP:
        name = name.replace("__", ":")
    return ObjectRef(group, kind, namespace, name, str(entry.get("v", "")))


def refs_of(entries: Iterable[Mapping[str, Any]]) -> list[ObjectRef]:
    return [ref for ref in map(ref_of, entries) if ref is not None]


def union(old: Sequence[ObjectRef], new: Iterable[ObjectRef]) -> list[ObjectRef]:
    """``new`` first, then what only ``old`` has: what must be written before anything is created."""
    merged = {ref: ref for ref in new}
    for ref in old:
        merged.setdefault(ref, ref)
    return list(merged.values())
