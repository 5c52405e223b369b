"""The two armours that Git keeps signatures in: OpenPGP's (RFC 9580, 6.2) and PEM (RFC 7468)."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass

from trueup.fetch.signature.cursor import MalformedError

SPACE = " \t\n\v\f\r\x85\xa0"
"""What counts as white space around armoured text."""

_MAX_LINE = 96
_BEGIN, _END, _DASHES = "-----BEGIN ", "-----END ", "-----"
_QUANTUM = re.compile(r"[A-Za-z0-9+/]{4}|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{2}==")


@dataclass(frozen=True, slots=True)
class Armored:
    """``data`` is what could be decoded; ``is_whole`` is false if more was there but broken."""

    label: str
    data: bytes
    is_whole: bool


def decode_openpgp(text: str) -> Armored:
    """The first armoured block in ``text``; raises MalformedError if there is none.

    The checksum is not looked at (RFC 9580, 6.1), text around the block neither.
    """
    lines = iter(text.split("\n"))
    for line in lines:
        begin = line.strip(SPACE)
        is_start = begin.startswith(_BEGIN) and len(begin) > len(_BEGIN + _DASHES)
        if is_start and len(line) < 100 and _skip_headers(lines):
            return _decode_body(begin[len(_BEGIN) : -len(_DASHES)], lines)
    raise MalformedError("no armored data found")


def _skip_headers(lines: Iterator[str]) -> bool:
    """Whether an empty line ends the headers, as it must; a line without a colon is none."""
    for line in lines:
        if not line.strip(SPACE):
            return True
        if ":" not in line:
            return False
    return False


def _decode_body(label: str, lines: Iterator[str]) -> Armored:
    body: list[str] = []
    is_whole = True
    for line in lines:
        content = line.strip(SPACE)
        if content.startswith(_END) or (len(content) == 5 and content[0] == "="):
            break
        if len(content) > _MAX_LINE:
            is_whole = False
            break
        body.append(content)
    data, is_clean = _decode_base64("".join(body))
    return Armored(label, data, is_whole and is_clean)


def _decode_base64(text: str) -> tuple[bytes, bool]:
    """What decodes from the start of ``text``, and whether that was all of it."""
    end = 0
    while found := _QUANTUM.match(text, end):
        end = found.end()
        if text[end - 1] == "=":
            break
    return base64.b64decode(text[:end]), end == len(text)


def strict_base64(text: str) -> bytes:
    """Decodes base64 that is whole and padded; raises MalformedError for anything else."""
    data, is_clean = _decode_base64(text)
    if not is_clean:
        raise MalformedError("illegal base64 data")
    return data


def decode_pem(text: str) -> tuple[str, bytes]:
    """Label and content of the first well-formed PEM block; MalformedError if there is none."""
    start = 0
    while (end := text.find("\n" + _END, start)) >= 0:
        begin = text.rfind(_BEGIN, start, end)
        block = None
        if begin == 0 or (begin > 0 and text[begin - 1] == "\n"):
            block = _pem_block(text[begin + len(_BEGIN) : end + 1], text[end + 1 + len(_END) :])
        if block is not None:
            return block
        start = end + 1 + len(_END)
    raise MalformedError("invalid PEM block")


def _pem_block(inside: str, trailer: str) -> tuple[str, bytes] | None:
    first, _, body = inside.partition("\n")
    first = first.removesuffix("\r").rstrip(" \t")
    label = first.removesuffix(_DASHES)
    last = trailer.partition("\n")[0].removesuffix("\r").rstrip(" \t")
    if label == first or last != label + _DASHES:
        return None
    lines = body.split("\n")
    while lines and ":" in lines[0]:
        lines.pop(0)
    encoded = re.sub(r"[ \t\r]", "", "".join(lines))
    try:
        return label, strict_base64(encoded)
    except MalformedError:
        return None
