"""Random objects of the kind in ``tests/cases/merge/thing.yaml``, from small pools that collide."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

_WORD = st.sampled_from(["a", "b", "c"])
_NUMBER = st.sampled_from([1, 2])
_FREE = st.recursive(
    st.none() | st.booleans() | _NUMBER | _WORD,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(_WORD, inner, max_size=2),
    max_leaves=4,
)


def _record(**fields: Any) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=fields)


def _keyed(required: dict[str, Any], key: Any, **fields: Any) -> st.SearchStrategy[list[Any]]:
    items = st.fixed_dictionaries(required, optional=fields)
    return st.lists(items, min_size=1, max_size=3, unique_by=key)


_SUB = _keyed({"k": _WORD}, lambda item: item["k"], v=_NUMBER)
_PORTS = _keyed(
    {"port": _NUMBER, "proto": st.sampled_from(["TCP", "UDP"])},
    lambda item: (item["port"], item["proto"]),
    name=_WORD,
    opts=_record(a=_WORD, b=_WORD),
    sub=_SUB,
)

specs = _record(
    size=_NUMBER,
    name=_WORD,
    tags=st.lists(_WORD, min_size=1, max_size=3, unique=True),
    words=st.lists(_WORD, min_size=1, max_size=2),
    ports=_PORTS,
    amap=_record(a=_WORD, b=_record(c=_WORD)),
    gmap=st.dictionaries(_WORD, _WORD, max_size=3),
    omap=st.dictionaries(_WORD, _record(a=_WORD, b=_NUMBER), max_size=2),
    deep=_record(er=_record(a=_WORD, b=_WORD)),
    free=st.dictionaries(_WORD, _FREE, max_size=2),
    freer=_FREE,
)
"""The ``spec`` of a Thing."""

typed_specs = specs.map(
    lambda spec: {name: value for name, value in spec.items() if not name.startswith("free")}
)
"""As ``specs``, where no field can turn into one of another type, which is no conflict."""
