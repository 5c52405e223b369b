"""The options that say as whom a Git server is asked."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from trueup.errors import InputError

Login = dict[str, bytes]
"""The data of a Secret, as a GitRepository's secretRef means it."""


def login_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds them; the verb gets what they say as ``login``, empty where they say nothing."""

    @click.option("--username", metavar="NAME", help="User at an HTTP server; default: git.")
    @click.option(
        "--password",
        metavar="TEXT",
        envvar="TRUEUP_GIT_PASSWORD",
        help="Password, or a token in its place; better given by the environment.",
    )
    @click.option(
        "--bearer-token",
        metavar="TEXT",
        envvar="TRUEUP_GIT_TOKEN",
        help="Token that is sent as such.",
    )
    @click.option("--ca-file", metavar="FILE", help="Certificate authority of an HTTPS server.")
    @click.option("--private-key-file", metavar="FILE", help="Deploy key for an SSH server.")
    @click.option(
        "--passphrase",
        metavar="TEXT",
        envvar="TRUEUP_GIT_PASSPHRASE",
        help="Of the deploy key, if it has one.",
    )
    @click.option("--known-hosts-file", metavar="FILE", help="Host keys of an SSH server.")
    @wraps(command)
    def with_login(
        *,
        username: str | None,
        password: str | None,
        bearer_token: str | None,
        ca_file: str | None,
        private_key_file: str | None,
        passphrase: str | None,
        known_hosts_file: str | None,
        **options: Any,
    ) -> Any:
        is_ssh = private_key_file is not None
        texts = {
            "username": username or ("git" if password and not is_ssh else None),
            "password": passphrase if is_ssh else password,
            "bearerToken": bearer_token,
        }
        files = {
            "ca.crt": ca_file,
            "identity": private_key_file,
            "known_hosts": known_hosts_file,
        }
        login = {key: text.encode() for key, text in texts.items() if text}
        login |= {key: _read(name) for key, name in files.items() if name}
        return command(login=login, **options)

    return with_login


def _read(name: str) -> bytes:
    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise InputError(error.strerror or str(error), subject=name) from error
