"""What runs in a worker for Helm: the library, on a packed chart."""

from __future__ import annotations

import ctypes
from struct import Struct
from typing import Any

import orjson

from trueup.errors import RenderError

_HEADER = Struct("!I")


def request(options: dict[str, Any], values: Any, archive: bytes) -> bytes:
    """The payload of ``render``."""
    told = orjson.dumps({"options": options, "values": values})
    return _HEADER.pack(len(told)) + told + archive


def render(payload: bytes) -> bytes:
    """JSON: ``files``, what each template rendered to, and ``crds``, with name and content.

    Raises RenderError in Helm's words. The functions are those below the library's own: the public
    ones know no versions of Kubernetes and its APIs.
    """
    from helm_python import _native
    from helm_python.errors import HelmError

    (size,) = _HEADER.unpack_from(payload)
    told = orjson.loads(payload[_HEADER.size : _HEADER.size + size])
    archive = payload[_HEADER.size + size :]
    options, values = (orjson.dumps(told[key]).decode() for key in ("options", "values"))
    try:
        chart = _load(_native, archive)
        try:
            files = _native.call_string("helm_render", chart, values, options)
            crds = _native.call_string("helm_chart_crds", chart)
        finally:
            _native.call_status("helm_chart_free", chart)
    except HelmError as error:
        raise RenderError(error.detail) from error
    except UnicodeDecodeError as error:  # it quotes what is wrong
        raise RenderError(
            "Helm refuses it, in words that are no UTF-8",
            next_step="look for bytes in its templates that are no UTF-8",
        ) from error
    return b'{"files":%b,"crds":%b}' % (files.encode(), (crds or "[]").encode())


def _load(native: Any, archive: bytes) -> Any:
    buffer = (ctypes.c_uint8 * len(archive)).from_buffer_copy(archive)
    size = ctypes.c_uint64(len(archive))
    return native.HANDLE(native.call_handle("helm_chart_load_archive", buffer, size))
