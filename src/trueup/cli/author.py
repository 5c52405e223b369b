"""Who makes a commit from this command line."""

from __future__ import annotations

import os
import re

import click

from trueup.fetch.git import Author

_NAMED = re.compile(r"\s*([^<>]+?)\s*<([^<>\s]+)>\s*")


def author_from(option: str) -> Author:
    """``NAME <EMAIL>``; without it, as git itself would find out.

    Raises click.UsageError where that is unknown.
    """
    if option:
        found = _NAMED.fullmatch(option)
        if found is None:
            raise click.UsageError("write --author as 'NAME <EMAIL>'")
        return Author(found[1], found[2])
    name = os.environ.get("GIT_AUTHOR_NAME") or _setting("user.name")
    email = os.environ.get("GIT_AUTHOR_EMAIL") or _setting("user.email")
    if not name or not email:
        raise click.UsageError(
            "who makes the commit? Name yourself with --author 'NAME <EMAIL>', or set user.name "
            "and user.email with git config --global"
        )
    return Author(name, email)


def _setting(key: str) -> str:
    """From the user's git configuration, else the machine's."""
    import pygit2

    for read in (pygit2.Config.get_global_config, pygit2.Config.get_system_config):
        try:
            config = read()
        except OSError:
            continue
        if key in config:
            return str(config[key])
    return ""
