"""Rule ``signature``: who made this signature over this payload?"""

from __future__ import annotations

from typing import Any

from trueup.cli.verbs.eval.fields import strings, text
from trueup.errors import InputError, VerificationError
from trueup.fetch.signature import Kind, verify


def evaluate(case: dict[str, Any]) -> dict[str, Any]:
    """``{kind: gpg|ssh, payload, signature, keys: [text]}`` -> ``{verified, key}``.

    ``key`` names the signer as a GitRepository's status does; it is empty where nothing was
    verified, whatever the reason.
    """
    kind: Kind
    match case.get("kind"):
        case "gpg" | "ssh" as kind:
            pass
        case other:
            raise InputError(f"no kind of signature '{other or ''}'", next_step="use gpg or ssh")
    payload = text(case, "payload").encode()
    try:
        found = verify(kind, payload, text(case, "signature"), strings(case, "keys"))
    except VerificationError:
        return {"verified": False, "key": ""}
    return {"verified": True, "key": found.key}
