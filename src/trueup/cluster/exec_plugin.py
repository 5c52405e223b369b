"""Tokens from the program that a kubeconfig names.

https://kubernetes.io/docs/reference/config-api/client-authentication.v1/
"""

from __future__ import annotations

import asyncio
import os
from asyncio.subprocess import Process
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import orjson

from trueup.cluster.credential import Credential
from trueup.errors import InputError, Unauthorized
from trueup.objects import Manifest

_PATIENCE_SECONDS = 60.0
"""Longer than any login that needs nobody to press a key."""


async def credential_from_plugin(
    plugin: Mapping[str, Any], *, timeout: float = _PATIENCE_SECONDS
) -> Credential:
    """What the program prints, once it has ended; Unauthorized if it does not, in ``timeout``."""
    status = await _run(plugin, timeout)
    expiry = status.get("expirationTimestamp")
    expires = datetime.fromisoformat(expiry).astimezone(UTC) if expiry else None
    return Credential(status["token"], expires)


async def _run(plugin: Mapping[str, Any], timeout: float) -> Mapping[str, Any]:
    """The ``status`` of the ExecCredential that the plugin prints, which has a token."""
    command = plugin.get("command") or ""
    env = dict(os.environ)
    env |= {item["name"]: item["value"] for item in plugin.get("env") or ()}
    info: Manifest = {"apiVersion": plugin.get("apiVersion"), "kind": "ExecCredential", "spec": {}}
    env["KUBERNETES_EXEC_INFO"] = orjson.dumps(info).decode()
    try:
        process = await asyncio.create_subprocess_exec(
            command,
            *(plugin.get("args") or ()),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=env,
        )
    except OSError as error:
        hint = plugin.get("installHint") or "install it, or correct the kubeconfig"
        raise InputError(
            f"credential plugin does not start: {error.strerror}", subject=command, next_step=hint
        ) from error
    output, problem = await _end_of(process, command, timeout)
    if process.returncode:
        text = problem.decode(errors="replace").strip()[:200]
        raise Unauthorized(f"credential plugin failed: {text}", subject=command)
    try:
        status = orjson.loads(output).get("status") or {}
    except (orjson.JSONDecodeError, AttributeError) as error:
        raise Unauthorized("credential plugin prints no ExecCredential", subject=command) from error
    if not isinstance(status, dict) or not status.get("token"):
        raise Unauthorized("credential plugin gives no token", subject=command)
    return status


async def _end_of(process: Process, command: str, timeout: float) -> tuple[bytes, bytes]:
    """What it says until it ends. One that is not waited for any more is ended."""
    try:
        async with asyncio.timeout(timeout):
            return await process.communicate()
    except TimeoutError:
        cause = f"credential plugin gave no answer within {timeout:g} s"
        raise Unauthorized(cause, subject=command) from None
    finally:
        if process.returncode is None:
            process.kill()
            await asyncio.shield(process.wait())
