"""``trueup build``: a folder on disk to YAML. What is rendered is in ``tests/cases/parity``."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from trueup.cli import main

MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n"
SPACE = "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: b\n"


def build(*words: str | Path) -> Result:
    return CliRunner().invoke(main, ["build", *map(str, words)])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "base").mkdir()
    (tmp_path / "base" / "kustomization.yaml").write_text("resources: [a.yaml]\n")
    (tmp_path / "base" / "a.yaml").write_text(f"{MAP}---\n{SPACE}")
    (tmp_path / "over").mkdir()
    (tmp_path / "over" / "kustomization.yaml").write_text("resources: [../base]\n")
    return tmp_path


def test_namespaces_are_printed_first(folder: Path) -> None:
    assert build(folder / "base").stdout == f"{SPACE}---\n{MAP}"


def test_a_base_lies_anywhere(folder: Path) -> None:
    assert build(folder / "over").stdout == f"{SPACE}---\n{MAP}"


def test_the_folder_is_the_present_one_by_default(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder / "base")
    assert build().stdout == f"{SPACE}---\n{MAP}"


def test_a_file_from_outside_needs_leave(folder: Path) -> None:
    (folder / "over" / "kustomization.yaml").write_text("resources: [../base/a.yaml]\n")
    refused = build(folder / "over")
    assert refused.exit_code == 1
    assert "LoadRestrictionsNone" in refused.stderr
    assert build(folder / "over", "--load-restrictor", "LoadRestrictionsNone").exit_code == 0


def test_a_link_counts_as_what_it_leads_to(folder: Path) -> None:
    (folder / "over" / "link.yaml").symlink_to(folder / "base" / "a.yaml")
    (folder / "over" / "kustomization.yaml").write_text("resources: [link.yaml]\n")
    assert build(folder / "over").exit_code == 1
    assert build(folder / "over", "--load-restrictor=LoadRestrictionsNone").exit_code == 0


def test_the_managed_by_label_is_set_on_request(folder: Path) -> None:
    found = build(folder / "over", "--enable-managedby-label")
    assert found.stdout.count("app.kubernetes.io/managed-by: kustomize-v5.8.1") == 2


def test_the_output_can_be_a_file(folder: Path) -> None:
    assert build(folder / "over", "-o", folder / "out.yaml").stdout == ""
    assert (folder / "out.yaml").read_text() == f"{SPACE}---\n{MAP}"


def test_errors_name_the_file_as_seen_from_here(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    (folder / "base" / "a.yaml").write_text("kind: [\n")
    refused = build("over")
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert refused.stderr.startswith("Error: base/a.yaml: line 2:")


def test_what_is_not_there_is_an_error(folder: Path) -> None:
    refused = build(folder / "nope")
    assert refused.exit_code == 1
    cause = "no such file or directory; name a directory"
    assert refused.stderr == f"Error: {folder / 'nope'}: {cause}\n"


def test_a_folder_that_is_forced_to_be_a_kustomization_says_what_is_looked_for(
    folder: Path,
) -> None:
    refused = build(folder, "--renderer", "kustomize")
    assert "unable to find one of kustomization.yaml" in refused.stderr


def test_what_is_wrong_is_told_of_each_folder(folder: Path) -> None:
    (folder / "over" / "kustomization.yaml").write_text("resources: [nothing]\n")
    refused = build(folder / "nope", folder / "base", folder / "over")
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert len(re.findall("^Error: .*(?:nope|over)", refused.stderr, re.MULTILINE)) == 2


def test_several_folders_are_one_stream(folder: Path) -> None:
    found = build(folder / "base", folder / "over")
    assert found.stdout == f"{SPACE}---\n{MAP}---\n{SPACE}---\n{MAP}"


def test_an_output_folder_gets_a_file_for_each_object(folder: Path) -> None:
    (folder / "out").mkdir()
    build(folder / "base", "-o", folder / "out")
    written = {path.name: path.read_text() for path in (folder / "out").iterdir()}
    assert written == {"v1_configmap_a.yaml": MAP, "v1_namespace_b.yaml": SPACE}


@pytest.mark.parametrize(
    "flag", ["--enable-alpha-plugins", "--enable-exec", "--network", "--env=A=b", "--mount=a"]
)
def test_flags_that_would_run_programs_are_refused(folder: Path, flag: str) -> None:
    refused = build(folder / "base", flag)
    assert refused.exit_code == 2
    assert "is refused: programs and containers" in refused.stderr


def test_flux_lists_every_manifest_below_where_there_is_no_kustomization(folder: Path) -> None:
    (folder / "base" / "kustomization.yaml").unlink()
    found = build(folder / "base", "--renderer=flux")
    assert found.stdout == f"{MAP}---\n{SPACE}"


def test_a_flag_of_another_renderer_is_an_error(folder: Path) -> None:
    refused = build(folder / "base", "--renderer=flux", "--reorder=none")
    assert "--reorder is for kustomize, and this is rendered by flux" in refused.stderr


def test_a_folder_without_a_kustomization_is_a_directory_of_manifests(folder: Path) -> None:
    (folder / "base" / "kustomization.yaml").unlink()
    assert build(folder / "base").stdout == f"{MAP}---\n{SPACE}"


def test_a_folder_without_manifests_is_an_error(folder: Path) -> None:
    refused = build(folder)
    assert "has no file that ends in .yaml, .yml, .json, .jsonnet" in refused.stderr
    assert build(folder, "--directory-recurse", "--directory-include", "*/a.yaml").exit_code == 0
