"""What templates gave, put in order: kinds, hooks, notes."""

from __future__ import annotations

import pytest

from trueup.errors import RenderError
from trueup.render.helm.arranging import arrange
from trueup.render.helm.request import ChartRendering, Hook


def document(kind: str, name: str = "a", **annotations: str) -> str:
    lines = [f"kind: {kind}", "apiVersion: v1", "metadata:", f"  name: {name}"]
    if annotations:
        lines.append("  annotations:")
        lines += [
            f"    helm.sh/{key.replace('_', '-')}: {text!r}" for key, text in annotations.items()
        ]
    return "\n".join(lines) + "\n"


def arranged(*documents: str) -> ChartRendering:
    return arrange({"c/templates/a.yaml": "\n---\n".join(documents)}, "c")


def the_hook(**annotations: str) -> Hook:
    (hook,) = arranged(document("Job", **annotations)).hooks
    return hook


def test_what_others_need_comes_first() -> None:
    kinds = ["Deployment", "Service", "Namespace", "ServiceAccount"]
    found = [it.kind for it in arranged(*map(document, kinds)).manifests]
    assert found == ["Namespace", "ServiceAccount", "Service", "Deployment"]


def test_unknown_kinds_come_last_by_name() -> None:
    found = [it.kind for it in arranged(*map(document, ["Zoo", "Ape", "Pod", "Zoo"])).manifests]
    assert found == ["Pod", "Ape", "Zoo", "Zoo"]


def test_one_kind_keeps_the_order_of_files_and_documents() -> None:
    first = document("Pod", "x1") + "---\n" + document("Pod", "x2")
    files = {"c/templates/b.yaml": document("Pod", "x3"), "c/templates/a.yaml": first}
    names = [(it.object or {})["metadata"]["name"] for it in arrange(files, "c").manifests]
    assert names == ["x1", "x2", "x3"]


def test_a_hook_is_no_manifest() -> None:
    found = arranged(document("Job", hook="pre-install"), document("Pod"))
    assert ([it.kind for it in found.manifests], len(found.hooks)) == (["Pod"], 1)


def test_a_hook_has_its_events_weight_and_policies() -> None:
    hook = the_hook(
        hook="Pre-Install, post-upgrade",
        hook_weight="-5",
        hook_delete_policy="hook-succeeded,before-hook-creation",
        hook_output_log_policy="hook-failed",
    )
    assert (hook.events, hook.weight) == (("pre-install", "post-upgrade"), -5)
    assert hook.delete_policies == ("hook-succeeded", "before-hook-creation")
    assert hook.output_log_policies == ("hook-failed",)


def test_a_weight_that_is_no_number_is_none() -> None:
    assert the_hook(hook="pre-install", hook_weight="heavy").weight == 0


@pytest.mark.parametrize("event", ["test", "test-success"])
def test_a_test_is_marked_as_such(event: str) -> None:
    assert the_hook(hook=event).is_test


def test_a_hook_for_an_unknown_event_is_dropped() -> None:
    assert arranged(document("Job", hook="pre-install,pre-flight")) == ChartRendering(notes="")


def test_partials_are_no_output() -> None:
    assert arrange({"c/templates/_a.yaml": document("Pod")}, "c").manifests == ()


def test_the_notes_are_those_of_the_chart() -> None:
    files = {"c/templates/NOTES.txt": "hello", "c/charts/s/templates/NOTES.txt": "not me"}
    assert arrange(files, "c") == ChartRendering(notes="hello")


def test_comments_stay_as_a_piece_without_an_object() -> None:
    (piece,) = arranged("# nothing here\n").manifests
    assert (piece.text, piece.object) == ("# nothing here\n", None)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("a: [", "did not find"),
        ("- a", "cannot unmarshal array into Go value of type util.SimpleHead"),
        ("kind: [1]", "cannot unmarshal array into Go struct field SimpleHead.kind of type string"),
        (
            "metadata: {annotations: {a: {}}}",
            "cannot unmarshal object into Go struct field .metadata.annotations of type string",
        ),
    ],
)
def test_what_is_no_manifest_is_refused_with_its_template(text: str, why: str) -> None:
    with pytest.raises(RenderError, match=rf"YAML parse error on c/templates/a\.yaml: .*{why}"):
        arranged(text)


def test_numbers_and_booleans_may_stand_for_text() -> None:
    text = "kind: 1\nmetadata: {name: 2, annotations: {helm.sh/hook: test, helm.sh/hook-weight: 3}}"
    (hook,) = arranged(text).hooks
    assert (hook.piece.kind, hook.name, hook.weight) == ("1", "2", 3)
