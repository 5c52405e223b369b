"""``trueup bootstrap``: Trueup into a Git repository, and from there onto the cluster."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import click

from trueup.cli import requests
from trueup.cli.author import author_from
from trueup.cli.connection import Connection, Session, data_directory
from trueup.cli.durations import timeout_option
from trueup.cli.installing import installation_options, tell
from trueup.cli.kinds import GIT_REPOSITORY, KUSTOMIZATION, Subject
from trueup.cli.logins import Login, login_options
from trueup.cli.printers.progress import Progress
from trueup.controllers.secrets import decoded_data
from trueup.errors import InputError
from trueup.fetch.git import Author, Credentials, GitCache, Published, Remote, publish
from trueup.installation import Installation, render
from trueup.installation.applying import apply, await_rollout
from trueup.installation.handing import hand_over, secret_of
from trueup.installation.repository import Home, clean_path
from trueup.installation.requirements import require
from trueup.installation.stopping import deployment_in
from trueup.objects import ObjectRef


@dataclass(frozen=True, slots=True)
class _Options:
    """``login`` is empty where the cluster is to say it, by the Secret of an earlier bootstrap."""

    home: Home
    login: Login
    author: Author
    message: str
    timeout: float
    cache: Path
    wait: bool


@click.command("bootstrap")
@click.argument("kind", type=click.Choice(("git",)))
@click.option("--url", required=True, metavar="URL", help="The repository: https, http or ssh.")
@click.option("--branch", default="main", show_default=True, metavar="NAME", help="Its branch.")
@click.option("--path", default="", metavar="DIR", help="Folder of this cluster; default: all.")
@login_options
@click.option("--author", metavar="'NAME <EMAIL>'", default="", help="Default: as git knows you.")
@click.option("-m", "--message", default="Keep Trueup from here", help="Commit message.")
@click.option("--no-wait", is_flag=True, help="Do not wait until Trueup keeps itself.")
@timeout_option("5m")
@installation_options
def command(
    kind: str,
    url: str,
    branch: str,
    path: str,
    login: Login,
    author: str,
    message: str,
    no_wait: bool,
    timeout: float,
    installation: Installation,
    connection: Connection,
) -> None:
    """Write Trueup's manifests into a Git repository, put them on the cluster, and let Trueup keep
    itself and the cluster as the repository says.

    Run again it changes nothing, or brings both to this version and to what the options say. Without
    credentials those of the last time are used. Patches belong into the kustomization.yaml beside
    the manifests, which is left as it is.
    """
    home = Home(installation, url, branch, clean_path(path))
    cache = data_directory(connection.data) / "cache" / "git"
    options = _Options(home, login, author_from(author), message, timeout, cache, wait=not no_wait)
    connection.run(lambda session: _bootstrap(session, options))


async def _bootstrap(session: Session, options: _Options) -> None:
    client, installation = session.client, options.home.installation
    namespace = installation.namespace
    await require(client, render(installation))
    login = options.login or await _known_login(session, namespace)
    remote, login = _remote(options.home.url, login)
    secret = namespace if login else ""
    home = replace(options.home, url=remote.url.text, secret=secret)
    published = await _publish(home, remote, options)
    objects = home.objects(published.tree)
    first = [obj for obj in objects if obj["kind"] not in _SYNCED]
    await hand_over(client, first, tell)
    if login:
        await apply(client, [secret_of(namespace, login)], tell)
    await hand_over(client, [obj for obj in objects if obj["kind"] in _SYNCED], tell)
    if options.wait:
        await _follow(session, namespace, published.commit, options.timeout)


async def _publish(home: Home, remote: Remote, options: _Options) -> Published:
    cache = GitCache(options.cache)
    published = await publish(
        cache, remote, home.branch, home.files, options.author, options.message
    )
    done = "pushed" if published.is_new else "nothing to push:"
    click.echo(f"{done} {published.commit[:8]} on {home.branch}")
    return published


async def _follow(session: Session, namespace: str, commit: str, timeout: float) -> None:
    """Returns once the controllers run, and keep what is at ``commit``."""
    deployment = deployment_in(namespace)
    with Progress() as progress:
        await await_rollout(session.client, deployment, progress.say, timeout=timeout)
    for kind in (GIT_REPOSITORY, KUSTOMIZATION):
        subject = Subject(kind, namespace, namespace)
        await requests.wait_ready(session.client, subject, timeout=timeout, revision=commit)
    click.echo(f"{subject} keeps the cluster at {commit[:8]}")


async def _known_login(session: Session, namespace: str) -> Login:
    """What an earlier bootstrap has left in the cluster."""
    ref = ObjectRef("", "Secret", namespace, namespace, "v1")
    secret = await session.client.find(ref)
    return decoded_data(secret, str(ref)) if secret else {}


def _remote(url: str, login: Login) -> tuple[Remote, Login]:
    """The repository, and the login that the controllers get: also what the URL itself holds."""
    remote = Remote.at(url)
    if remote.url.is_local:
        raise InputError(
            "is a path of this machine, which the cluster cannot fetch from",
            subject=url,
            next_step="use an https, http or ssh URL",
        )
    if not login and remote.url.password:
        names = {"username": remote.url.username, "password": remote.url.password}
        login = {key: text.encode() for key, text in names.items()}
    return Remote.at(url, Credentials.from_secret(url, login)), login


_SYNCED = {GIT_REPOSITORY.gvk.kind, KUSTOMIZATION.gvk.kind}
