"""``trueup build``: a folder on disk to YAML. What is rendered is in ``tests/cases/parity``."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from trueup.cli import main

MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n"
SPACE = "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: b\n"


def build(*words: str | Path, stdin: bytes = b"") -> Result:
    return CliRunner().invoke(main, ["build", *map(str, words)], input=stdin)


def packed(folder: Path) -> bytes:
    """The folder as "git archive" gives it."""
    found = BytesIO()
    with tarfile.open(fileobj=found, mode="w:gz") as archive:
        archive.add(folder, ".")
    return found.getvalue()


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


def test_errors_name_a_file_elsewhere_in_full(folder: Path) -> None:
    (folder / "base" / "a.yaml").write_text("kind: [\n")
    assert build(folder / "over").stderr.startswith(f"Error: {folder}/base/a.yaml: line 2:")


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


def test_manifests_come_on_stdin() -> None:
    found = build("-", stdin=f"# both\n---\n{MAP}---\n{SPACE}".encode())
    assert found.stdout == f"{MAP}---\n{SPACE}"


def test_what_is_wrong_on_stdin_is_told_with_its_line() -> None:
    refused = build("-", stdin=f"{MAP}---\nx: 1\n".encode())
    assert refused.stderr.startswith("Error: stdin: line 6: document 2 is an object without a kind")


def test_a_file_without_objects_is_told_from_one_that_is_broken() -> None:
    assert "stdin: holds no object" in build("-", stdin=b"a: 1\n").stderr
    assert "stdin: line 2: did not find expected" in build("-", stdin=b"a: [\n").stderr


def test_an_archive_comes_on_stdin(folder: Path) -> None:
    assert build("-", "--path", "over", stdin=packed(folder)).stdout == f"{SPACE}---\n{MAP}"


def test_a_folder_that_is_not_in_the_archive_is_an_error(folder: Path) -> None:
    refused = build("-", "--path", "nope", stdin=packed(folder))
    assert "stdin: nope: no such file or directory in the archive" in refused.stderr


def test_an_archive_is_rendered_like_a_folder(folder: Path) -> None:
    (folder / "all.tar.gz").write_bytes(packed(folder))
    assert build(folder / "all.tar.gz", "--path=base").stdout == f"{SPACE}---\n{MAP}"


def test_jsonnet_comes_on_stdin() -> None:
    text = b"function(n) { apiVersion: 'v1', kind: 'Namespace', metadata: { name: n } }"
    found = build("-", "--renderer", "jsonnet", "-A", "n=b", stdin=text)
    assert found.stdout == SPACE


def test_a_file_is_rendered_by_its_name(folder: Path) -> None:
    (folder / "c.jsonnet").write_text("{ kind: 'C', f: std.thisFile }\n")
    assert build(folder / "base" / "a.yaml").stdout == f"{MAP}---\n{SPACE}"
    assert build(folder / "c.jsonnet").stdout == f"f: {folder / 'c.jsonnet'}\nkind: C\n"


def test_watching_needs_a_folder_on_disk() -> None:
    assert "--watch needs a folder on disk" in build("-", "--watch", stdin=b"").stderr


@pytest.fixture
def watching(folder: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "trueup", "build", "over", "--watch"]
    with subprocess.Popen(
        command, cwd=folder, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as running:
        yield running
        running.kill()


def until(running: subprocess.Popen[str], line: str) -> str:
    assert running.stdout is not None
    found = ""
    while not found.endswith(f"{line}\n"):
        found += running.stdout.readline()
    return found


def test_watching_renders_again_when_a_base_changes(
    folder: Path, watching: subprocess.Popen[str]
) -> None:
    assert until(watching, "  name: a") == f"{SPACE}---\n{MAP}"
    (folder / "base" / "a.yaml").write_text(MAP.replace("name: a", "name: changed"))
    assert until(watching, "  name: changed").startswith("---\napiVersion: v1\nkind: ConfigMap")


def test_watching_outlives_an_error_and_ends_when_interrupted(
    folder: Path, watching: subprocess.Popen[str]
) -> None:
    assert watching.stderr is not None
    until(watching, "  name: a")
    (folder / "base" / "a.yaml").unlink()
    assert watching.stderr.readline().startswith("Error: base/a.yaml: no such file")
    (folder / "base" / "a.yaml").write_text(MAP)
    until(watching, "  name: a")
    watching.send_signal(signal.SIGINT)
    assert watching.wait(30) == 130
