"""Operations on a part of an object: its status, its scale."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tests.contract.explorer.bodies import merged, spoilt, status_fragments
from tests.contract.explorer.subjects import Subject
from tests.contract.explorer.wording import (
    MANAGERS,
    NAMES,
    OTHER_TYPES,
    Step,
    named,
    one_or,
    path_of,
    queries,
    versions,
)


@st.composite
def statuses(draw: st.DrawFn, subject: Subject) -> Step:
    name = draw(NAMES)
    path = f"{path_of(subject, name)}/status"
    body = draw(status_fragments(subject))
    verb = draw(st.sampled_from(("merge", "merge", "apply", "update", "get")))
    if verb == "get":
        return {"send": f"GET {path}"}
    if verb == "update":
        whole = named(
            subject, name, merged(merged(subject.least, body), draw(versions(subject, name)))
        )
        return {"send": f"PUT {path}{draw(queries())}", "body": whole}
    if verb == "apply":
        force = draw(st.sampled_from(("", "&force=true")))
        target = f"{path}?fieldManager={draw(MANAGERS)}{force}"
        return {"send": f"PATCH {target}", "type": "apply", "body": named(subject, name, body)}
    return {"send": f"PATCH {path}{draw(queries())}", "type": "merge", "body": body}


@st.composite
def scales(draw: st.DrawFn, subject: Subject) -> Step:
    name = draw(NAMES)
    path = f"{path_of(subject, name)}/scale"
    # kube-apiserver cannot apply a custom resource's scale, see known_differences.yaml.
    is_custom = subject.definition is not None
    odd = st.sampled_from((-1, "two", None, 2**40))
    replicas = draw(one_or(st.integers(0, 4), odd))
    spec: dict[str, Any] = {"spec": {"replicas": replicas}}
    spec = draw(one_or(st.just(spec), spoilt(spec)))
    verb = draw(st.sampled_from(("merge", "update", "get", "get" if is_custom else "apply")))
    typed = {"apiVersion": "autoscaling/v1", "kind": "Scale", "metadata": {"name": name}}
    typed |= draw(one_or(st.just({}), st.sampled_from(OTHER_TYPES)))
    if verb == "get":
        return {"send": f"GET {path}"}
    if verb == "update":
        body = merged(merged(typed, spec), draw(versions(subject, name)))
        return {"send": f"PUT {path}{draw(queries())}", "body": body}
    if verb == "apply":
        target = f"{path}?fieldManager={draw(MANAGERS)}"
        return {"send": f"PATCH {target}", "type": "apply", "body": {**typed, **spec}}
    return {"send": f"PATCH {path}{draw(queries())}", "type": "merge", "body": spec}
