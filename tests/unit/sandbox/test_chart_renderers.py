"""What whoever runs the templates of charts has to do: Helm's library, and its program."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from trueup.errors import RenderError, SandboxError
from trueup.render.helm import ChartRenderer, ChartRequest, chart_from_tree
from trueup.sandbox.helm import LibraryRenderer, helm_pool
from trueup.sandbox.helm_program import ProgramRenderer
from trueup.sandbox.limits import Limits
from trueup.tree import MemoryTree

LIMITS = Limits(wall_seconds=50, cpu_seconds=1, memory_bytes=256 * 1024 * 1024)
CACHE = Path(os.environ.get("XDG_CACHE_HOME", "~/.cache")).expanduser() / "trueup/tools/helm"
HEAD = "apiVersion: v2\nname: shop\nversion: 1.0.0\n"
MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n"


def program() -> Path:
    """Helm 4: named, on PATH, or where ``testenv/tools.sh`` builds it."""
    named = os.environ.get("TRUEUP_HELM") or shutil.which("helm")
    built = sorted(CACHE.glob("*/helm"))
    if not named and not built:
        pytest.skip("there is no helm program: make tools builds it")
    return Path(named or built[-1]).absolute()


@pytest.fixture(scope="module", params=["library", "program"])
def renderer(request: pytest.FixtureRequest) -> Iterator[ChartRenderer]:
    if request.param == "program":
        yield ProgramRenderer(program(), LIMITS)
        return
    with helm_pool(1, LIMITS) as pool:
        yield LibraryRenderer(pool)


def request_of(template: str, head: str = HEAD, **options: Any) -> ChartRequest:
    files: Mapping[str, str] = options.pop("files", {})
    tree = MemoryTree({"Chart.yaml": head, "templates/a.yaml": template, **files})
    return ChartRequest(chart_from_tree(tree, ""), **options)


def data(renderer: ChartRenderer, template: str, **options: Any) -> dict[str, Any]:
    """What the one ConfigMap of a chart has for data; ``template`` makes its lines."""
    (piece,) = renderer.render(request_of(f"{MAP}  {template}\n", **options)).manifests
    found: dict[str, Any] = (piece.object or {})["data"]
    return found


def test_a_release_is_what_is_asked_for(renderer: ChartRenderer) -> None:
    template = "r: {{ .Release.Name }} {{ .Release.Namespace }} {{ .Release.IsUpgrade }}"
    asked = {"release_name": "n", "namespace": "ns", "is_upgrade": True}
    assert data(renderer, template, **asked) == {"r": "n ns true"}


def test_a_cluster_is_what_is_asked_for(renderer: ChartRenderer) -> None:
    template = 'c: {{ .Capabilities.KubeVersion }} {{ .Capabilities.APIVersions.Has "x/v1" }}'
    asked = {"kube_version": "1.29.3", "api_versions": ("x/v1",)}
    assert data(renderer, template, **asked) == {"c": "v1.29.3 true"}


def test_integers_and_floats_are_told_apart(renderer: ChartRenderer) -> None:
    values = {"a": 12345678, "b": {"c": [12345678]}, "d": 12345678.0}
    template = 'v: "{{ .Values.a }} {{ index .Values.b.c 0 }} {{ .Values.d }}"'
    assert data(renderer, template, values=values) == {"v": "12345678 12345678 1.2345678e+07"}


def test_hooks_and_definitions_are_no_manifests(renderer: ChartRenderer) -> None:
    hook = "kind: Pod\nmetadata: {name: t, annotations: {helm.sh/hook: test}}\n"
    files = {"templates/t.yaml": hook, "crds/c.yaml": "kind: Definition\n"}
    found = renderer.render(request_of(MAP, files=files))
    assert [piece.kind for piece in found.manifests] == ["ConfigMap"]
    assert [(it.name, it.piece.source) for it in found.hooks] == [("t", "shop/templates/t.yaml")]
    assert [(it.source, it.text) for it in found.crds] == [
        ("shop/crds/c.yaml", "kind: Definition\n")
    ]


def test_a_chart_that_is_refused_is_named(renderer: ChartRenderer) -> None:
    with pytest.raises(RenderError, match=r"^shop: execution error at .*: not like this$"):
        renderer.render(request_of('{{ fail "not like this" }}'))


def test_a_cluster_that_is_too_old_is_refused(renderer: ChartRenderer) -> None:
    wanted = (
        "shop: chart requires kubeVersion: >=1.30 which is incompatible with Kubernetes v1.29.0"
    )
    with pytest.raises(RenderError) as caught:
        renderer.render(request_of(MAP, f"{HEAD}kubeVersion: '>=1.30'\n", kube_version="1.29.0"))
    assert str(caught.value) == wanted


def test_values_that_break_the_schema_are_refused(renderer: ChartRenderer) -> None:
    files = {"values.schema.json": '{"properties": {"a": {"type": "string"}}}'}
    with pytest.raises(RenderError, match="at '/a': got number, want string"):
        renderer.render(request_of(MAP, files=files, values={"a": 5}))


def test_the_schema_can_be_left_out(renderer: ChartRenderer) -> None:
    files = {"values.schema.json": '{"properties": {"a": {"type": "string"}}}'}
    asked = request_of(MAP, files=files, values={"a": 5}, validate_schema=False)
    assert len(renderer.render(asked).manifests) == 1


@pytest.mark.parametrize(
    ("template", "limit"),
    [
        ("{{ range until 9000 }}{{ range until 9000 }}{{ range until 9000 }}{{ end }}{{ end }}{{ end }}", "CPU time"),
        ("{{ range until 100000000 }}{{ end }}", "memory"),
        ("{{ repeat 2000000000 \"a\" }}", "memory"),
    ],
)  # fmt: skip
def test_what_never_ends_or_grows_without_bound_ends(
    renderer: ChartRenderer, template: str, limit: str
) -> None:
    with pytest.raises(SandboxError) as caught:
        renderer.render(request_of(template))
    assert (caught.value.limit, caught.value.subject) == (limit, "shop")


def test_what_ended_one_rendering_does_not_touch_the_next(renderer: ChartRenderer) -> None:
    with pytest.raises(SandboxError):
        renderer.render(request_of("{{ range until 100000000 }}{{ end }}"))
    assert data(renderer, "a: b") == {"a": "b"}


def test_a_thread_that_finds_no_room_is_a_want_of_memory(tmp_path: Path) -> None:
    dying = tmp_path / "helm"
    dying.write_text("#!/bin/sh\necho 'runtime/cgo: pthread_create failed: x' >&2\nexit 2\n")
    dying.chmod(0o755)
    with pytest.raises(SandboxError) as caught:
        ProgramRenderer(dying, LIMITS).render(request_of(MAP))
    assert caught.value.limit == "memory"


def test_a_template_that_includes_itself_is_refused(renderer: ChartRenderer) -> None:
    with pytest.raises(RenderError) as caught:
        renderer.render(
            request_of('{{ define "a" }}{{ include "a" . }}{{ end }}{{ include "a" . }}')
        )
    assert len(str(caught.value)) < 5000


def test_nothing_of_this_machine_is_seen(
    renderer: ChartRenderer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRUEUP_TOKEN", "hunter2")
    with pytest.raises(RenderError, match='function "env" not defined'):
        renderer.render(request_of('{{ env "TRUEUP_TOKEN" }}'))


def test_only_the_library_can_tell_notes() -> None:
    with helm_pool(1, LIMITS) as pool:
        asked = request_of(MAP, files={"templates/NOTES.txt": "hi {{ .Release.Name }}"})
        assert LibraryRenderer(pool).render(asked).notes == "hi release-name"


def test_each_release_of_the_library_has_to_be_looked_at() -> None:
    """What is used of it is not public: another version means that these tests decide anew."""
    from helm_python import _native

    assert (_native.helm_c_version(), _native.helm_sdk_version()) == ("0.2.2", "v4.2.3")


def test_what_hides_files_does_not_hide_what_is_laid_in(renderer: ChartRenderer) -> None:
    template = 'v: "{{ .Values.a }}"'
    files = {".helmignore": "~\n"}
    assert data(renderer, template, files=files, values={"a": 12345678}) == {"v": "12345678"}


def test_templates_that_are_no_text_are_refused(renderer: ChartRenderer) -> None:
    files = {"Chart.yaml": HEAD, "templates/a.yaml": b"{{ \xff }}"}
    with pytest.raises(RenderError, match=r"^shop: "):
        renderer.render(ChartRequest(chart_from_tree(MemoryTree(files), "")))
