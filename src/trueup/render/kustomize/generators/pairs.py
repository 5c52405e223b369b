"""Keys and values from literals, files and env files."""

from __future__ import annotations

from trueup.errors import RenderError
from trueup.render.kustomize.kustomization import GeneratorArgs
from trueup.render.kustomize.loader import Loader

_MAX_LINE = 64 * 1024
"""A line this long ends the reading of an env file, without an error: as in kustomize."""
_BOM = b"\xef\xbb\xbf"


def load_pairs(args: GeneratorArgs, loader: Loader) -> dict[str, bytes]:
    """All pairs that ``args`` asks for; RenderError for a repeated key."""
    found: dict[str, bytes] = {}
    pairs = [
        *(pair for path in args.envs for pair in _from_env_file(path, loader)),
        *(_from_literal(text, args.name) for text in args.literals),
        *(_from_file(text, loader) for text in args.files),
    ]
    for key, value in pairs:
        if key in found:
            raise RenderError(
                f"repeats the key {key}", subject=args.name, next_step="keep one of them"
            )
        found[key] = value
    return found


def _from_literal(text: str, name: str) -> tuple[str, bytes]:
    key, equals, value = text.partition("=")
    if not key or not equals:
        raise RenderError(
            f"literal {text!r} is not key=value", subject=name, next_step="write key=value"
        )
    if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
        value = value[1:-1]
    return key, value.encode()


def _from_file(text: str, loader: Loader) -> tuple[str, bytes]:
    parts = text.split("=")
    if len(parts) == 1:
        return text.rstrip("/").rpartition("/")[2], loader.read(text)
    if len(parts) > 2 or not all(parts):
        raise RenderError(
            f"{text!r} is not key=path", subject=loader.root, next_step="write key=path, or a path"
        )
    return parts[0], loader.read(parts[1])


def _from_env_file(path: str, loader: Loader) -> list[tuple[str, bytes]]:
    lines = loader.read(path).split(b"\n")
    found = []
    for number, line in enumerate(lines):
        if len(line) >= _MAX_LINE:
            break
        pair = _from_line(line.removesuffix(b"\r"), number, loader.source(path))
        if pair is not None:
            found.append(pair)
    return found


def _from_line(line: bytes, number: int, source: str) -> tuple[str, bytes] | None:
    try:
        text = line.removeprefix(_BOM if number == 0 else b"").decode()
    except UnicodeDecodeError as error:
        raise RenderError(f"line {number + 1} is not UTF-8", subject=source) from error
    text = text.lstrip()
    if not text or text.startswith("#"):
        return None
    key, _, value = text.partition("=")
    if not key:
        return None
    return key, value.encode()
