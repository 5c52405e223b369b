"""Verbs of an installation on the cluster of ``world.yaml``, where deliveries have delivered."""

from __future__ import annotations

from collections.abc import Callable

from click.testing import CliRunner, Result

from trueup.cli import main
from trueup.installation import Installation, render
from trueup.objects import yaml

Run = Callable[..., Result]


def test_an_export_needs_no_cluster() -> None:
    options = ("--export", "-n", "gitops", "--replicas", "3", "--lockdown", "--shards", "2")
    printed = CliRunner().invoke(main, ["install", *options])
    wanted = render(Installation("gitops", replicas=3, lockdown=True, shards=2))
    assert yaml.load_all(printed.stdout) == wanted


def test_a_dry_run_of_an_installation_foretells_each_object(run: Run) -> None:
    result = run("install", "--dry-run")
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert "Deployment/trueup-system/trueup-controller would be created" in lines
    assert "CustomResourceDefinition/deliveryrecords.trueup.dev would be configured" in lines


def test_a_check_before_says_that_trueup_could_be_installed(run: Run) -> None:
    result = run("check", "--pre")
    assert (result.exit_code, result.stdout.count(" OK ")) == (0, 2)


def test_a_check_fails_where_nothing_is_installed(run: Run) -> None:
    result = run("check")
    assert result.exit_code == 1
    assert "Deployment/trueup-system/trueup-controller" in result.stdout
    assert "is missing; run trueup install" in result.stdout


def test_nothing_is_removed_unless_somebody_says_yes(run: Run) -> None:
    result = run("uninstall")
    assert (result.exit_code, "say --yes if you are sure" in result.stderr) == (2, True)


def test_a_dry_run_of_an_uninstall_names_what_would_go(run: Run) -> None:
    result = run("uninstall", "--dry-run")
    assert result.exit_code == 0, result.output
    crd = "CustomResourceDefinition/kustomizations.kustomize.toolkit.fluxcd.io would be deleted"
    assert crd in result.stdout


def test_a_namespace_in_which_something_delivered_lives_stays(run: Run) -> None:
    result = run("uninstall", "--yes", "-n", "team")
    assert result.exit_code == 0, result.output
    assert "Namespace/team stays: " in result.stdout
    assert "ConfigMap/team/settings" in result.stdout


def test_a_bootstrap_from_this_machines_disk_is_refused(run: Run) -> None:
    result = run("bootstrap", "git", "--url", "/srv/fleet.git", "--author", "A <a@b.c>")
    assert (result.exit_code, "is a path of this machine" in result.stderr) == (1, True)


def test_a_bootstrap_by_ssh_asks_for_a_key(run: Run) -> None:
    result = run("bootstrap", "git", "--url", "ssh://git.example/fleet", "--author", "A <a@b.c>")
    assert (result.exit_code, "'identity' is required" in result.stderr) == (1, True)
