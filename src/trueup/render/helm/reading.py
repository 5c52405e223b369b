"""YAML as Helm reads it: of a key that is repeated, the last one counts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from trueup.errors import YamlError
from trueup.objects.yaml.documents import read_documents


def documents(text: str | bytes, source: str = "") -> Iterator[Any]:
    """The documents that are not empty; YamlError for what does not parse."""
    found = read_documents(text, source, duplicates="last")
    return (document for document in found if document is not None)


def first_document(text: str | bytes, source: str = "") -> Any:
    """The first document, or None if it is empty."""
    return next(read_documents(text, source, duplicates="last"), None)


def value_documents(content: bytes | str, source: str = "") -> Iterator[Any]:
    """The documents of a file of values, parted at lines of dashes before YAML is looked at.

    So each ends with the end of a line, also the last one, which a text in it can tell.
    """
    for number, chunk in enumerate(_chunks(_text_of(content, source), source)):
        where = f"{source}, document {number + 1}" if number else source
        document = first_document(chunk, where)
        if document is not None:
            yield document


def _chunks(text: str, source: str) -> Iterator[str]:
    lines: list[str] = []
    for line in text.removesuffix("\n").split("\n"):
        if line.startswith("---"):
            _check_mark(line[3:].strip(), source)
            if lines:
                yield "\n".join([*lines, ""])
                lines = []
                continue
        lines.append(line)
    yield "\n".join([*lines, ""])


def _check_mark(behind: str, source: str) -> None:
    if behind and not behind.startswith("#"):
        raise YamlError(
            f"invalid Yaml document separator: {behind}",
            subject=source,
            next_step="put what follows the dashes on a line of its own",
        )


def _text_of(content: bytes | str, source: str) -> str:
    if isinstance(content, bytes):
        try:
            content = content.decode()
        except UnicodeDecodeError:
            raise YamlError("is not UTF-8", subject=source, next_step="save it as UTF-8") from None
    return content.removeprefix("\ufeff").replace("\r\n", "\n")
