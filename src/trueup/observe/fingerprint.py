"""The fingerprint of a live object: one short digest of the fields that its owner set.

Taken of the server's answer, not of what was sent: defaulting, webhooks and normalised quantities
change values, and comparing with what was sent would fight them for ever. The set of owned fields
is part of the fingerprint, so a field that was taken away or edited by force shows too; status and
foreign fields never count.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from trueup.flow import digest_of
from trueup.merge.serverside import owned_fields, project

UNOWNED = ""
"""The fingerprint of an object in which the manager owns nothing."""


def fingerprint(obj: Mapping[str, Any], manager: str) -> str:
    """Digest of what ``manager`` applied to ``obj``; UNOWNED if that is nothing."""
    fields = owned_fields(obj, manager)
    if not fields:
        return UNOWNED
    return digest_of([fields.to_fields(), project(obj, fields)])
