"""Results for programs: JSON and YAML."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import click
import orjson

from trueup.objects import Manifest, yaml


def output_option(*formats: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """``-o``; without it the result is printed for people."""
    choice = click.Choice(("json", "yaml", *formats))
    return click.option("-o", "--output", type=choice, help="Format; default: text for people.")


def is_document(output: str | None) -> bool:
    return output in ("json", "yaml")


def print_document(value: Any, output: str | None) -> None:
    """``value`` as one indented JSON or one YAML document."""
    click.echo(document(value, output), nl=False)


def document(value: Any, output: str | None) -> str:
    if output == "yaml":
        return yaml.dump(value)
    options = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    return orjson.dumps(value, option=options).decode()


def print_streamed(value: Any, output: str | None) -> None:
    """``value`` as one of many: a line of JSON, or a YAML document after a separator."""
    if output == "yaml":
        click.echo("---")
        click.echo(yaml.dump(value), nl=False)
    else:
        click.echo(orjson.dumps(value).decode())


def list_of(items: Sequence[Manifest]) -> Manifest:
    """Objects as one ``List``, as kubectl prints them."""
    return {"apiVersion": "v1", "kind": "List", "items": list(items)}
