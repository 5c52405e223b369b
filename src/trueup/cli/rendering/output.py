"""Where what was rendered goes: to stdout, into a file, or into a folder as one file an object."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from trueup.cli.rendering.rendered import Rendered
from trueup.errors import InputError
from trueup.objects import yaml
from trueup.render.kustomize.files import file_names


def deliver(found: Sequence[Rendered], output: Path | None) -> None:
    """Prints or writes all of ``found``; InputError for what cannot be written."""
    if output is None:
        click.echo(joined([one.text for one in found]), nl=False)
    elif output.is_dir():
        _write_each(output, found)
    else:
        _write(output, joined([one.text for one in found]))


def joined(texts: Sequence[str]) -> str:
    """YAML streams one after the other as one."""
    filled = [text for text in texts if text]
    return "".join(
        text if not number or text.startswith("---") else f"---\n{text}"
        for number, text in enumerate(filled)
    )


def _write_each(folder: Path, found: Sequence[Rendered]) -> None:
    objects = [obj for one in found for obj in one.objects]
    for name, obj in zip(file_names(objects), objects, strict=True):
        if "/" in name:
            raise InputError("is no name for a file", subject=name, next_step="correct the object")
        _write(folder / name, yaml.dump(obj, sort_keys=True))


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(error.strerror or str(error), subject=str(path)) from error
