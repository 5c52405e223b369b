"""Jsonnet on the command line: the flags of ``jsonnet``, and those that Argo CD has for them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from functools import cache

import click

from trueup.cli.rendering.options import flag_of, refused, together
from trueup.cli.rendering.place import Place
from trueup.cli.rendering.rendered import Flags, Rendered
from trueup.errors import InputError, RenderError
from trueup.objects import yaml
from trueup.render.directory import Located
from trueup.render.jsonnet import Evaluator, Request, evaluate
from trueup.render.origin import Origin

_flag = flag_of("Jsonnet", "jsonnet", "directory")
_SIDES = (
    ("-V", "--ext-str", "--jsonnet-ext-var-str", "An external variable, as text."),
    (None, "--ext-code", "--jsonnet-ext-var-code", "An external variable, as Jsonnet."),
    ("-A", "--tla-str", "--jsonnet-tla-str", "A top-level argument, as text."),
    (None, "--tla-code", "--jsonnet-tla-code", "A top-level argument, as Jsonnet."),
)
_FILES = (
    ("--ext-str-file", "An external variable: the text of a file."),
    ("--ext-code-file", "An external variable: the Jsonnet in a file."),
    ("--tla-str-file", "A top-level argument: the text of a file."),
    ("--tla-code-file", "A top-level argument: the Jsonnet in a file."),
)
_MANY_FILES = "the objects are printed; -o FOLDER writes a file for each"

options = together(
    *(
        _flag(*filter(None, (short, name, other)), multiple=True, metavar="NAME[=VALUE]", help=text)
        for short, name, other, text in _SIDES
    ),
    *(_flag(name, multiple=True, metavar="NAME=FILE", help=text) for name, text in _FILES),
    _flag(
        "-J",
        "--jpath",
        "--jsonnet-libs",
        multiple=True,
        metavar="DIR",
        help="A folder of libraries; the last one given is looked into first.",
    ),
    _flag(
        "--max-stack",
        type=click.IntRange(1, 100_000),
        default=500,
        show_default=True,
        help="Calls within calls.",
    ),
    _flag(
        "-y",
        "--yaml-stream",
        is_flag=True,
        help="Expect an array, whose elements become documents; they do in any case.",
    ),
    refused("--string", why="objects are wanted, not text"),
    refused("-m", "--multi", why=_MANY_FILES, is_flag=False),
    refused("-c", "--create-output-dirs", why=_MANY_FILES),
)


def render(place: Place, flags: Flags) -> Rendered:
    """The objects that the file evaluates to."""
    if not place.tree.is_file(place.path):
        raise RenderError(
            "is a directory, and Jsonnet begins with a file",
            subject=place.shown,
            next_step="name the file",
        )
    return of_located(evaluated(place, place.path, flags, ()))


def of_located(found: Sequence[Located]) -> Rendered:
    """The objects as kubectl and kustomize print YAML. What was computed has no line."""
    objects = [one.manifest for one in found]
    origins = [
        Origin(one.origin.file) if one.origin.file.endswith(".jsonnet") else one.origin
        for one in found
    ]
    return Rendered(objects, yaml.dump_all(objects, sort_keys=True), origins)


def evaluated(place: Place, file: str, flags: Flags, libraries: tuple[str, ...]) -> list[Located]:
    """The objects of ``file``, with the variables and libraries that ``flags`` name.

    ``libraries`` of the tree are looked into after those.
    """
    return evaluate(place.tree, file, _request(place, flags, libraries), _evaluator())


@cache
def _evaluator() -> Evaluator:
    """Warm workers, for as long as this process lives."""
    from trueup.sandbox.jsonnet import JsonnetWorkers

    return JsonnetWorkers()


def _request(place: Place, flags: Flags, libraries: tuple[str, ...]) -> Request:
    return Request(
        libraries=(*libraries, *(place.named(folder) for folder in flags["jpath"])),
        arguments=_values(flags["tla_str"]),
        argument_codes=_values(flags["tla_code"]) | _of_files(flags, "tla"),
        variables=_values(flags["ext_str"]),
        variable_codes=_values(flags["ext_code"]) | _of_files(flags, "ext"),
        base=place.base,
        max_stack=flags["max_stack"],
    )


def _values(given: Iterable[str]) -> dict[str, str]:
    """``NAME=VALUE``, or ``NAME`` for what the environment has under that name."""
    found: dict[str, str] = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals and name not in os.environ:
            raise InputError(
                "is not in the environment", subject=name, next_step="write NAME=VALUE"
            )
        found[name] = value if equals else os.environ[name]
    return found


def _of_files(flags: Flags, side: str) -> dict[str, str]:
    """Files become Jsonnet that imports them, as the ``jsonnet`` program does it."""
    found: dict[str, str] = {}
    for how, given in (("importstr", f"{side}_str_file"), ("import", f"{side}_code_file")):
        for text in flags[given]:
            name, equals, path = text.partition("=")
            if not equals:
                raise InputError("names no file", subject=text, next_step="write NAME=FILE")
            quoted = path.replace("'", "''")
            found[name] = f"{how} @'{quoted}'"
    return found
