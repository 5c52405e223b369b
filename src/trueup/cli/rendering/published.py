"""Charts and artifacts that are fetched because the person asks for it, by the flags of Helm.

Nothing else on the command line of renderers reaches out: not without ``oci://``, ``--repo``, the name
of a repository, ``--dependency-update`` or ``-build``, or ``--enable-helm`` and a chart with a
``repo`` that is not there.
"""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path

import click

from trueup.cli.rendering.options import flag_of, refused, together
from trueup.cli.rendering.place import Place
from trueup.cli.rendering.rendered import Flags
from trueup.errors import InputError
from trueup.tree import Tree

_SCHEME = "oci://"
_ANY_AT_ALL = ">0.0.0-0"
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)

_flag = flag_of("Published charts", "helm", "kustomize", "directory", "jsonnet", "flux")

options = together(
    _flag(
        "--repo", default="", metavar="URL", help="Take DIR for a chart's name in this repository."
    ),
    _flag(
        "--version",
        "chart_version",
        default="",
        help="Of the chart: a version or a range; the highest if not given.",
    ),
    _flag("--devel", is_flag=True, help="Without --version: take prereleases, too."),
    _flag("--username", default="", help="Who asks the repository or registry."),
    _flag("--password-file", type=_FILE, help="A file with the password."),
    _flag("--password-stdin", is_flag=True, help="Read the password from stdin."),
    refused(
        "--password",
        why="everybody on the machine sees it; use --password-file or --password-stdin",
        is_flag=False,
    ),
    _flag("--pass-credentials", is_flag=True, help="Send them to other hosts, too."),
    _flag("--ca-file", type=_FILE, help="The authority that vouches for the server."),
    _flag("--cert-file", type=_FILE, help="Our certificate for the server."),
    _flag("--key-file", type=_FILE, help="The key of our certificate."),
    _flag("--insecure-skip-tls-verify", is_flag=True, help="Trust whatever server answers."),
    _flag("--plain-http", is_flag=True, help="Ask registries without TLS."),
    flag_of("Published charts", "helm")(
        "--dependency-update",
        is_flag=True,
        help="Fetch what the chart depends on, where charts/ lacks it; nothing is written.",
    ),
    flag_of("Published charts", "helm")(
        "--dependency-build",
        is_flag=True,
        help="As --dependency-update, in the versions of the lock.",
    ),
    flag_of("Published charts", "helm")(
        "--verify", is_flag=True, help="Render a package only if a key of --keyring signed it."
    ),
    flag_of("Published charts", "helm")(
        "--keyring", type=_FILE, help="Public keys as gpg exports them; pubring.gpg if not given."
    ),
)


def is_published(argument: str, flags: Flags) -> bool:
    """Whether ``argument`` names what is elsewhere: REPOSITORY/CHART, too, if there is no such file."""
    if argument.startswith(_SCHEME) or flags["repo"]:
        return True
    return not Path(argument).exists() and bool(_repository_of(argument))


def _repository_of(argument: str) -> str:
    """The repository, by a name that Helm was told, that ``argument`` begins with; or nothing."""
    name, slash, chart = argument.partition("/")
    if not name.strip(".") or not slash or not chart or "://" in argument:
        return ""
    from trueup.cli.rendering.helm_home import HelmHome

    return f"@{name}" if name in HelmHome.read().aliases else ""


def fetched(argument: str, flags: Flags) -> Place:
    """The chart or artifact that ``argument`` names; raises TrueupError where it cannot be had."""
    from trueup.cli.rendering import fetching  # takes a while to load

    if argument.startswith(_SCHEME) and flags["repo"]:
        raise InputError("--repo is for charts by name", subject=argument)
    if argument.startswith(_SCHEME):
        tree = fetching.from_registry(argument, flags)
    elif flags["repo"]:
        tree = fetching.from_repository(argument, flags["repo"].rstrip("/"), flags)
    else:
        _, _, chart = argument.partition("/")
        tree = fetching.from_repository(chart, _repository_of(argument), flags)
    return Place(tree, flags["path"], argument, is_packed=True)


def pulled(repository: str, chart: str, version: str) -> Tree:
    """The files of a chart that a kustomization names; asked as Helm's own settings say."""
    from trueup.cli.rendering import fetching

    return fetching.chart_of(repository, chart, version)


def with_dependencies(place: Place, flags: Flags) -> Place:
    """``place`` with what the chart there depends on."""
    from trueup.cli.rendering import fetching

    return replace(place, tree=fetching.with_dependencies(place, flags))


def check_signed(argument: str, flags: Flags) -> None:
    """VerificationError unless the package ``argument`` is signed, by the ``.prov`` file beside it."""
    from trueup.fetch.charts import Package, check_provenance

    path = Path(argument)
    if not argument.endswith(".tgz") or path.is_dir():
        raise InputError(
            "unpacked charts cannot be verified",
            subject=argument,
            next_step="name a package (.tgz)",
        )
    beside = path.with_name(f"{path.name}.prov")
    package = Package(path.name, _bytes_of(path), _bytes_of(beside))
    check_provenance(package, key_ring(flags))


def version_of(flags: Flags) -> str:
    """The version or range of a chart that is wanted; nothing for the highest."""
    return flags["chart_version"] or (_ANY_AT_ALL if flags["devel"] else "")


def key_ring(flags: Flags) -> bytes:
    """The public keys of ``--keyring``, or those where gpg kept them of old, as for Helm."""
    home = os.environ.get("GNUPGHOME") or Path.home() / ".gnupg"
    return _bytes_of(flags["keyring"] or Path(home) / "pubring.gpg")


def password(flags: Flags) -> str:
    """From the file or from stdin, less the end of its line; InputError where there is none."""
    from_stdin = flags["password_stdin"]
    found = sys.stdin.readline() if from_stdin else text_of(flags["password_file"])
    if not found.strip():
        raise InputError(
            "--username comes without a password",
            next_step="add --password-file or --password-stdin",
        )
    return found.rstrip("\r\n")


def text_of(file: Path | None) -> str:
    """The text of ``file``, which may be None; InputError where it cannot be read."""
    try:
        return "" if file is None else file.read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError("cannot be read as text", subject=str(file)) from error


def _bytes_of(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise InputError(error.strerror or str(error), subject=str(file)) from error
