"""What the Containerfile says fits the package and the Deployment; that it builds, an engine must show."""

from __future__ import annotations

import re
import shlex
import tomllib

import pytest

from tests.architecture.house import ROOT
from trueup import __version__
from trueup.installation import render

TEXT = (ROOT / "Containerfile").read_text()
STEPS = [
    (word, rest)
    for line in re.sub(r"\\\n", " ", TEXT).splitlines()
    if line and not line.startswith("#")
    for word, _, rest in [line.strip().partition(" ")]
]
POD = next(obj for obj in render() if obj["kind"] == "Deployment")["spec"]["template"]["spec"]


def args(word: str) -> list[str]:
    return [rest for step, rest in STEPS if step == word]


def test_its_bases_are_named_without_a_registry() -> None:
    names = [rest.split()[0] for rest in args("FROM")]
    assert [name for name in names if "/" in name or "." in name.partition(":")[0]] == []


def test_it_runs_as_the_user_that_the_deployment_asks_for() -> None:
    context = POD["securityContext"]
    assert args("USER") == [f"{context['runAsUser']}:{context['runAsGroup']}"]
    assert f"useradd --uid {context['runAsUser']}" in " ".join(args("RUN"))


def test_it_is_labelled_with_this_version() -> None:
    assert f'image.version="{__version__}"' in " ".join(args("LABEL"))


def test_it_starts_the_program_that_the_package_installs() -> None:
    assert args("ENTRYPOINT") == ['["trueup"]']
    assert '"controller"' in args("CMD")[0]


def test_all_that_it_copies_is_there() -> None:
    local = [rest for rest in args("COPY") if not rest.startswith("--from")]
    sources = [name for rest in local for name in shlex.split(rest)[:-1]]
    assert [name for name in sources if not (ROOT / name).exists()] == []


def test_it_holds_every_extra_that_somebody_may_need_there() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    found = re.search(r"install .*'\.\[(.*)\]'", " ".join(args("RUN")))
    assert found
    assert found[1].split(",") == sorted(project["optional-dependencies"].keys() - {"dev"})


@pytest.mark.parametrize("program", ["git", "gnupg", "openssh-client"])
def test_it_holds_the_programs_that_fetching_runs(program: str) -> None:
    assert program in " ".join(args("RUN")).split()
