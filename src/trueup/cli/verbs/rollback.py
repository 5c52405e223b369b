"""``trueup rollback``: revert in Git what was delivered last, and follow that until it is live."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from trueup.cli import requests, state
from trueup.cli.author import author_from
from trueup.cli.connection import Connection, Session, connection_options, data_directory
from trueup.cli.durations import timeout_option
from trueup.cli.kinds import KUSTOMIZATION, Subject, object_arguments, select_one, source_of
from trueup.cli.printers.commits import revert_message
from trueup.cli.printers.document import is_document, output_option, print_document
from trueup.cli.printers.words import short_hex
from trueup.cli.records import read_record
from trueup.cli.revisions import commit_of, delivered, named_revision, revision_before
from trueup.controllers.secrets import secret_data
from trueup.controllers.sources.remotes import remote_of
from trueup.dialects.flux.gitrepository import GitSource, git_source
from trueup.dialects.flux.reads import concern
from trueup.errors import InputError
from trueup.fetch.git import (
    Author,
    GitCache,
    Reference,
    Remote,
    Reversal,
    Stretch,
    plan_revert,
    revert_and_push,
)
from trueup.fetch.ignore import filter_source
from trueup.objects import Manifest
from trueup.tree import Tree


@dataclass(frozen=True, slots=True)
class _Options:
    to: str
    message: str
    wait: bool
    dry_run: bool
    timeout: float
    author: Author | None
    cache: Path


@dataclass(frozen=True, slots=True)
class _Done:
    """What was committed, or would be, and what came of it."""

    branch: str
    reversal: Reversal
    message: str
    commit: str = ""
    live: Manifest | None = None

    def to_json(self) -> dict[str, Any]:
        return {
            "branch": self.branch,
            "commit": self.commit or None,
            "message": self.message,
            "reverts": [{"commit": c.id, "subject": c.subject} for c in self.reversal.commits],
            "files": list(self.reversal.files),
            "revision": state.revision(KUSTOMIZATION, self.live) if self.live else None,
        }


@click.command("rollback")
@object_arguments("[KIND/]NAME", required=True)
@click.option("--to", metavar="REVISION", default="", help="Go back to this one.")
@click.option("-m", "--message", default="", help="Commit message; default: as git revert's.")
@click.option("--author", metavar="'NAME <EMAIL>'", default="", help="Default: as git knows you.")
@click.option("--no-wait", is_flag=True, help="Push, and do not wait until it is live.")
@click.option("--dry-run", is_flag=True, help="Only show what would be committed.")
@timeout_option("5m")
@output_option()
@connection_options
def command(
    words: tuple[str, ...],
    to: str,
    message: str,
    author: str,
    no_wait: bool,
    dry_run: bool,
    timeout: float,
    output: str | None,
    connection: Connection,
) -> None:
    """Revert in Git what a delivery delivered last, and wait until that is live.

    The files that the delivery is made of become what they were at the revision that was live
    before; everything else, and what came later, stays. Exits with 1 and the reason if that
    cannot be done without a conflict, or does not become live.
    """
    kind, name = select_one(words, KUSTOMIZATION)
    if kind is not KUSTOMIZATION:
        raise click.UsageError("only a Kustomization can be rolled back")
    who = None if dry_run else author_from(author)
    cache = data_directory(connection.data) / "cache" / "git"
    options = _Options(to, message, not no_wait, dry_run, timeout, who, cache)

    async def work(session: Session) -> _Done:
        rollback = await _prepare(session, Subject(kind, session.namespace, name), options)
        return await rollback.run(quiet=is_document(output))

    done = connection.run(work)
    if is_document(output):
        print_document(done.to_json(), output)
    elif dry_run:
        _print_plan(done)


@dataclass(frozen=True, slots=True)
class _Rollback:
    """Everything that one rollback needs to know."""

    session: Session
    subject: Subject
    source: Subject
    remote: Remote
    stretch: Stretch
    options: _Options

    async def run(self, *, quiet: bool) -> _Done:
        cache = GitCache(self.options.cache)
        branch = self.stretch.branch
        if self.options.author is None:
            plan = await plan_revert(cache, self.remote, self.stretch)
            return _Done(branch, plan, self._message(plan))
        pushed = await revert_and_push(
            cache, self.remote, self.stretch, self.options.author, self._message
        )
        message = self._message(pushed.reversal)
        if not quiet:
            title = message.partition("\n")[0]
            click.echo(f"pushed {pushed.commit[:8]} to {branch}: {title}")
        live = await self._follow() if self.options.wait else None
        if live is not None and not quiet:
            click.echo(f"{self.subject}: {short_hex(state.ready(live)[1])}")
        return _Done(branch, pushed.reversal, message, pushed.commit, live)

    def _message(self, plan: Reversal) -> str:
        return self.options.message or revert_message(plan, str(self.subject), self.stretch.good)

    async def _follow(self) -> Manifest:
        """The delivery once the pushed commit, or one that came after it, is live."""
        client, timeout = self.session.client, self.options.timeout
        token = await requests.request_reconcile(client, self.source)
        fetched = await requests.wait_ready(client, self.source, timeout=timeout, token=token)
        commit = commit_of(state.revision(self.source.kind, fetched))
        return await requests.wait_ready(client, self.subject, timeout=timeout, revision=commit)


async def _prepare(session: Session, subject: Subject, options: _Options) -> _Rollback:
    """Raises InputError for what cannot be rolled back in Git."""
    delivery = await session.client.get(subject.ref)
    source_subject = source_of(delivery)
    resource = await session.client.get(source_subject.ref)
    if options.wait and not options.dry_run:
        _check_running(subject, delivery)
        _check_running(source_subject, resource)
    source = git_source(resource)
    _check_unsigned(source)
    secrets = {
        name: await secret_data(session.client, source.ref.namespace, name)
        for name in (source.secret, source.proxy_secret)
        if name
    }
    good, bad = await _revisions(session, subject, delivery, options.to)
    stretch = Stretch(_branch(source), good, bad, _concerns(delivery, source))
    remote = remote_of(source, secrets, allow_local=True)
    return _Rollback(session, subject, source_subject, remote, stretch, options)


async def _revisions(
    session: Session, subject: Subject, delivery: Manifest, to: str
) -> tuple[str, str]:
    """The commit to go back to, and the one to go back from."""
    record = await read_record(session, subject)
    bad = delivered(delivery)
    if not bad:
        raise InputError("nothing was delivered yet", subject=str(subject))
    good = named_revision(to, record) if to else revision_before(delivery, record, subject)
    if good == bad:
        raise InputError(f"is at {good[:12]} already", subject=str(subject))
    return good, bad


def _check_running(subject: Subject, obj: Manifest) -> None:
    if state.is_suspended(obj):
        raise InputError(
            "is suspended, so that a revert would not become live",
            subject=str(subject),
            next_step=f"resume it first (trueup resume {subject}), or push with --no-wait",
        )


def _check_unsigned(source: GitSource) -> None:
    if source.verify is not None and source.verify.commit:
        raise InputError(
            "demands signed commits, and a rollback's is not signed",
            subject=str(source.ref),
            next_step="revert with git, and sign that",
        )


def _branch(source: GitSource) -> str:
    """The branch that the source follows; InputError if it is something that does not move."""
    reference = Reference.from_spec(source.reference)
    name = reference.branch_name
    if not name:
        raise InputError(
            "follows no branch, so that a commit would change nothing",
            subject=str(source.ref),
            next_step="change its spec.ref instead",
        )
    return name


def _concerns(
    delivery: Manifest, source: GitSource
) -> Callable[[Tree, Tree], Callable[[str], bool]]:
    def concerns(good: Tree, bad: Tree) -> Callable[[str], bool]:
        return concern(delivery, *(filter_source(tree, source.ignore) for tree in (good, bad)))

    return concerns


def _print_plan(done: _Done) -> None:
    click.echo(f"would push to {done.branch}:\n")
    for line in done.message.rstrip().splitlines():
        click.echo(f"    {line}".rstrip())
    click.echo("\nfiles that change:")
    for path in done.reversal.files:
        click.echo(f"    {path}")
