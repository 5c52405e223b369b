"""The options that say which installation is meant, and how its steps are told."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import click

from trueup.cli.connection import Connection, connecting
from trueup.installation import Installation
from trueup.installation.applying import Done, Step
from trueup.installation.rendering import NAMESPACE

namespace_options = connecting(f"Namespace of the installation; default: {NAMESPACE}.")


def namespace_of(connection: Connection) -> str:
    """The namespace that was named, whatever the context says."""
    return connection.namespace or NAMESPACE


def installation_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds them and those of the connection; the verb gets ``installation`` and ``connection``."""

    @click.option("--image", metavar="IMAGE", default="", help="Image; default: trueup:VERSION.")
    @click.option(
        "--replicas", type=click.IntRange(min=1), default=2, show_default=True, help="How many."
    )
    @click.option(
        "--shards",
        type=click.IntRange(1, 100),
        default=1,
        show_default=True,
        help="Into how many parts the replicas split the work.",
    )
    @click.option(
        "--lockdown",
        is_flag=True,
        help="Let every delivery act as a ServiceAccount, and Trueup itself deliver nothing.",
    )
    @namespace_options
    @wraps(command)
    def with_installation(
        *,
        image: str,
        replicas: int,
        shards: int,
        lockdown: bool,
        connection: Connection,
        **options: Any,
    ) -> Any:
        installation = Installation(namespace_of(connection), image, replicas, lockdown, shards)
        return command(installation=installation, connection=connection, **options)

    return with_installation


def tell(step: Step) -> None:
    """What became of one object, on a line of its own."""
    click.echo(f"{step.ref} {step.done}")


def told_as_plan(step: Step) -> None:
    """What would become of one object."""
    word = step.done if step.done in (Done.UNCHANGED, Done.KEPT) else f"would be {step.done}"
    click.echo(f"{step.ref} {word}")
