"""Reading Secrets that resources refer to."""

from __future__ import annotations

import base64
import binascii

from trueup.cluster import Client
from trueup.errors import InputError, NotFound
from trueup.objects import Manifest, ObjectRef


async def secret_data(client: Client, namespace: str, name: str) -> dict[str, bytes]:
    """The decoded data of a Secret; InputError if it is missing or not base64."""
    ref = ObjectRef("", "Secret", namespace, name, "v1")
    try:
        secret = await client.get(ref)
    except NotFound as error:
        raise InputError(
            "not found", subject=f"Secret {namespace}/{name}", next_step="create it"
        ) from error
    return decoded_data(secret, f"Secret {namespace}/{name}")


def decoded_data(secret: Manifest, subject: str) -> dict[str, bytes]:
    """The data of a Secret that was read already."""
    try:
        pairs = (secret.get("data") or {}).items()
        return {key: base64.b64decode(value, validate=True) for key, value in pairs}
    except (binascii.Error, TypeError) as error:
        raise InputError("data is not base64", subject=subject) from error
