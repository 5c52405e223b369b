"""Changes of a custom kind itself."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.contract.explorer.subjects import Subject
from tests.contract.explorer.wording import Steps

DEFINITION = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/things.{group}"


def changes(subject: Subject) -> Steps:
    """Another schema for the kind; the sender then waits until the server has taken it up."""
    assert subject.definition is not None
    schemas = (subject.definition["schema"], *subject.later)
    return st.sampled_from(schemas).map(
        lambda schema: {
            "send": f"PATCH {DEFINITION}",
            "type": "json",
            "body": [
                {
                    "op": "replace",
                    "path": "/spec/versions/0/schema/openAPIV3Schema",
                    "value": schema,
                }
            ],
        }
    )
