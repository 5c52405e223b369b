"""What one manager owns of an object, and the values there: what drift is measured on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from trueup.merge.fieldset import SELF, FieldSet, Trie
from trueup.merge.serverside.managers import APPLY
from trueup.objects.fieldpath import ABSENT, content, step
from trueup.objects.manifest import metadata

_INDEX_FROM = 8


def owned_fields(
    manifest: Mapping[str, Any], manager: str, operation: str = APPLY, subresource: str = ""
) -> FieldSet:
    """The fields that ``manager``'s entry in ``managedFields`` names; empty without an entry."""
    wanted = (manager, operation, subresource)
    for entry in metadata(manifest).get("managedFields") or ():
        found = (entry.get("manager"), entry.get("operation"), entry.get("subresource") or "")
        if found == wanted:
            return FieldSet.from_fields(entry.get("fieldsV1") or {})
    return FieldSet()


def project(manifest: Mapping[str, Any], fields: FieldSet) -> dict[str, Any]:
    """The values of ``fields`` in ``manifest``, nested by path element; absent ones are left out.

    ``{"f:spec": {"f:replicas": 3, "f:ports": {'k:{"port":80}': {"f:port": 80}}}}``. Equal
    projections mean that nothing in these fields changed, whatever the order of keyed lists. A
    place is taken as a whole where nothing below it is named, except for what other managers
    own there.
    """
    projection = _project(manifest, fields.trie, _foreign(manifest))
    return projection if isinstance(projection, dict) else {}


def _foreign(manifest: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    entries = metadata(manifest).get("managedFields") or ()
    return [entry.get("fieldsV1") or {} for entry in entries]


def _project(value: Any, trie: Trie, others: list[Mapping[str, Any]]) -> Any:
    if len(trie) == 1 and SELF in trie:
        return _whole(value, others)
    out: dict[str, Any] = {}
    find = _finder(value, trie)
    for element, below in trie.items():
        if element == SELF:
            continue
        item = find(element)
        if item is not ABSENT:
            out[element] = _project(item, below, _below(others, element))
    return out


def _finder(value: Any, trie: Trie) -> Any:
    """How to find an element in ``value``; keyed lists of some length get an index."""
    keyed = next((element for element in trie if element[0] == "k"), None)
    if keyed is None or not isinstance(value, list) or len(value) < _INDEX_FROM:
        return lambda element: step(value, element)
    names = tuple(content(keyed))
    index = {}
    for item in reversed(value):
        if isinstance(item, Mapping):
            index[tuple(map(item.get, names))] = item

    def find(element: str) -> Any:
        keys = content(element) if element[0] == "k" else {}
        if tuple(keys) != names:
            return step(value, element)
        return index.get(tuple(keys.values()), ABSENT)

    return find


def _below(others: Iterable[Mapping[str, Any]], element: str) -> list[Mapping[str, Any]]:
    return [below for fields in others if (below := fields.get(element))]


def _whole(value: Any, others: list[Mapping[str, Any]]) -> Any:
    """``value`` without the fields that ``others`` name below this place."""
    named = {element for fields in others for element in fields if element != SELF}
    if not named or not isinstance(value, dict):
        return value
    return {name: item for name, item in value.items() if f"f:{name}" not in named}
