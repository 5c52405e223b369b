"""``trueup build`` of charts. What they render to is in ``tests/cases/parity/helm``."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from trueup.cli import main
from trueup.render.helm.packing import pack

CHART = "apiVersion: v2\nname: shop\nversion: 1.0.0\n"
MAP = (
    "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}\n"
    "data:\n  a: {{ .Values.a | quote }}\n"
)
FILES = {"Chart.yaml": CHART, "values.yaml": "a: own\n", "templates/a.yaml": MAP}


def build(*words: str | Path, stdin: str | None = None) -> Result:
    return CliRunner().invoke(main, ["build", *map(str, words)], input=stdin)


def printed(value: str, name: str = "release-name") -> str:
    text = MAP.replace("{{ .Release.Name }}", name).replace("{{ .Values.a | quote }}", value)
    return f"---\n# Source: shop/templates/a.yaml\n{text}"


@pytest.fixture
def chart(tmp_path: Path) -> Path:
    for path, text in FILES.items():
        (tmp_path / "shop" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "shop" / path).write_text(text)
    return tmp_path / "shop"


def test_a_folder_with_a_chart_file_is_rendered_as_helm_does(chart: Path) -> None:
    assert build(chart).stdout.rstrip() == printed('"own"').rstrip()


def test_a_package_is_rendered_like_its_folder(chart: Path) -> None:
    packed = chart.parent / "shop-1.0.0.tgz"
    packed.write_bytes(pack([(path, text.encode()) for path, text in FILES.items()]))
    assert build(packed).stdout == build(chart).stdout


def test_files_of_values_lie_where_the_person_is(
    chart: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(chart.parent)
    (chart.parent / "mine.yaml").write_text("a: mine\n")
    assert '"mine"' in build("shop", "-f", "mine.yaml").stdout


def test_values_may_come_on_stdin(chart: Path) -> None:
    assert '"piped"' in build(chart, "-f", "-", stdin="a: piped\n").stdout


def test_values_of_a_package_lie_on_disk(chart: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(chart.parent)
    Path("shop.tgz").write_bytes(pack([(path, text.encode()) for path, text in FILES.items()]))
    Path("mine.yaml").write_text("a: mine\n")
    assert '"mine"' in build("shop.tgz", "-f", "mine.yaml").stdout


def test_a_name_is_made_of_the_folder_and_the_time(chart: Path) -> None:
    assert re.search(r"^  name: shop-[0-9]{10}$", build(chart, "-g").stdout, re.MULTILINE)


@pytest.mark.parametrize(
    ("flags", "why"),
    [
        (["--post-renderer", "x"], "--post-renderer is refused: programs that others name"),
        (["--enable-dns"], "--enable-dns is refused: a renderer has no network"),
        (["--validate"], "--validate is refused: a chart is rendered without a cluster"),
    ],
)
def test_flags_that_are_not_carried_out_say_why(chart: Path, flags: list[str], why: str) -> None:
    refused = build(chart, *flags)
    assert (refused.exit_code, why in " ".join(refused.stderr.split())) == (2, True)


def test_flags_without_an_effect_are_taken(chart: Path) -> None:
    flags = "--skip-crds --dry-run --dry-run=client --wait=legacy --server-side=false --debug"
    more = "--timeout 5m -l a=b --labels c=d --description x --take-ownership --create-namespace"
    assert build(*flags.split(), chart, *more.split()).stdout == build(chart).stdout


def test_switches_may_be_told_in_words(chart: Path) -> None:
    (chart / "crds").mkdir()
    (chart / "crds/a.yaml").write_text("kind: CustomResourceDefinition\n")
    assert build(chart, "--include-crds=true").stdout == build(chart, "--include-crds").stdout
    assert build(chart, "--include-crds=false").stdout == build(chart).stdout
    refused = build(chart, "--include-crds=maybe")
    assert (refused.exit_code, "does not take the value 'maybe'" in refused.stderr) == (2, True)
    refused = build(chart, "--dry-run=server")
    assert (refused.exit_code, "does not take the value 'server'" in refused.stderr) == (2, True)


@pytest.mark.parametrize("name", ["kustomization.yaml", "kustomization.yml"])
def test_a_kustomization_is_laid_over_a_chart(chart: Path, name: str) -> None:
    folder = chart.parent / "over"
    folder.mkdir()
    (folder / name).write_text("namePrefix: p-\npatches: [{path: patch.yaml}]\n")
    patch = MAP.replace("{{ .Release.Name }}", "release-name").replace(
        "a: {{ .Values.a | quote }}", "b: c"
    )
    (folder / "patch.yaml").write_text(patch)
    packed = chart.parent / "shop-1.0.0.tgz"
    packed.write_bytes(pack([(path, text.encode()) for path, text in FILES.items()]))
    for given in (chart, packed):
        assert build(given, "--post-kustomize", folder).stdout == (
            "---\n# Source: shop/templates/a.yaml\napiVersion: v1\ndata:\n  a: own\n  b: c\n"
            "kind: ConfigMap\nmetadata:\n  name: p-release-name\n"
        )


@pytest.mark.parametrize("content", [None, "", "- a\n"])
def test_what_is_laid_over_a_chart_is_a_kustomization(chart: Path, content: str | None) -> None:
    folder = chart.parent / "over"
    folder.mkdir()
    if content is not None:
        (folder / "kustomization.yaml").write_text(content)
    refused = build(chart, "--post-kustomize", folder)
    assert (refused.exit_code, "has not one of kustomization.yaml" in refused.stderr) == (1, True)


def test_a_flag_of_helm_is_not_for_other_folders(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n")
    refused = build(tmp_path, "--set", "a=1")
    assert (refused.exit_code, "--set is for helm" in refused.stderr) == (1, True)


def test_values_from_a_url_are_refused(chart: Path) -> None:
    refused = build(chart, "-f", "https://example.org/values.yaml")
    assert (refused.exit_code, "a renderer has no network" in refused.stderr) == (1, True)


def test_the_program_of_a_flag_has_to_be_there(chart: Path) -> None:
    (chart / "kustomization.yaml").write_text("helmCharts: [{name: shop, releaseName: a}]\n")
    words = ("--renderer", "kustomize", "--enable-helm", "--helm-command", "/no/helm")
    refused = build(chart, *words)
    assert (refused.exit_code, "install trueup[helm]" in refused.stderr) == (1, True)
