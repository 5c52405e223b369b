"""YAML by Kubernetes' rules, against answers of ``sigs.k8s.io/yaml``: ``tests/cases/objects/yaml``.

``scalars``: a plain scalar and what it means. ``documents``: texts and their values, where
Trueup is stricter about duplicate keys and also reads surrogate pairs. ``emit``: values as text.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trueup.errors import YamlError
from trueup.objects import yaml

FOLDER = Path(__file__).parents[3] / "cases" / "objects" / "yaml"


def table(name: str) -> list[dict[str, Any]]:
    cases: list[dict[str, Any]] = yaml.load((FOLDER / f"{name}.yaml").read_bytes())
    return cases


SCALARS, DOCUMENTS, EMITTED = table("scalars"), table("documents"), table("emit")


def exact(value: Any) -> str:
    """Tells ``1``, ``1.0`` and ``true`` apart, which are equal to Python."""
    return json.dumps(value, sort_keys=True)


@pytest.mark.parametrize("case", SCALARS, ids=[case["text"] for case in SCALARS])
def test_a_plain_scalar_means_what_kubernetes_says(case: dict[str, Any]) -> None:
    assert exact(yaml.load(f"a: {case['text']}")["a"]) == exact(case["means"])


@pytest.mark.parametrize("case", DOCUMENTS, ids=[case["name"] for case in DOCUMENTS])
def test_a_document_holds_what_it_says(case: dict[str, Any]) -> None:
    if case.get("error"):
        with pytest.raises(YamlError):
            yaml.load(case["text"])
    else:
        assert exact(yaml.load(case["text"])) == exact(case["value"])


@pytest.mark.parametrize("case", EMITTED, ids=[case["name"] for case in EMITTED])
def test_a_value_is_written_as_kubectl_writes_it(case: dict[str, Any]) -> None:
    assert yaml.dump(case["value"], sort_keys=True) == case["text"]


def test_documents_are_separated_and_empty_ones_dropped() -> None:
    assert yaml.load_all("a: 1\n---\n# nothing\n---\n---\nb: 2\n...\n") == [{"a": 1}, {"b": 2}]


def test_two_documents_are_not_one() -> None:
    with pytest.raises(YamlError, match="more than one document"):
        yaml.load("a: 1\n---\nb: 2\n")


def test_an_error_names_the_file_and_the_line() -> None:
    with pytest.raises(YamlError, match=r'^x\.yaml: line 3: key "a" is already set'):
        yaml.load("a: 1\nb: 2\na: 3\n", "x.yaml")


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        "{a: " * 100_000,
        "- " * 100_000,
        '[{"a": ' * 50_000,
        "a: &a [x, x, x, x, x, x, x, x, x]\n"
        + "".join(f"b{n}: &b{n} [{', '.join(['*' + last] * 9)}]\n" for n, last in enumerate(["a"]))
        + "".join(f"b{n}: &b{n} [{', '.join([f'*b{n - 1}'] * 9)}]\n" for n in range(1, 9)),
    ],
    ids=["deep list", "deep map", "deep block", "deep JSON", "alias bomb"],
)
def test_hostile_text_is_an_error(text: str) -> None:
    with pytest.raises(YamlError):
        yaml.load_all(text)


TEXT = st.text(st.characters(exclude_categories=["Cs"]))
WORDS = st.sampled_from([case["text"] for case in SCALARS])
KEYS = (TEXT | WORDS).filter(lambda key: key != "<<")
"""Without the key that kubectl, too, writes plain and then takes for a merge."""
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | TEXT | WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


@given(VALUES)
def test_what_is_written_reads_back_as_it_was(value: Any) -> None:
    assert exact(yaml.load(yaml.dump(value))) == exact(value)


@given(VALUES)
def test_json_reads_as_what_it_is(value: Any) -> None:
    assert exact(yaml.load(json.dumps([value], ensure_ascii=False))) == exact([value])


@given(st.lists(st.dictionaries(KEYS, TEXT, min_size=1), max_size=4))
def test_many_documents_read_back_in_order(documents: list[Any]) -> None:
    assert yaml.load_all(yaml.dump_all(documents)) == documents


@pytest.mark.skipif(not shutil.which("kubectl"), reason="kubectl is not installed")
def test_kubectl_reads_back_what_is_written() -> None:
    data = {f"k{at}": case["text"] for at, case in enumerate(SCALARS)}
    text = yaml.dump(
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x"}, "data": data}
    )
    command = ["kubectl", "annotate", "--local", "x=y", "-o", "json", "-f", "-"]
    found = subprocess.run(command, input=text, capture_output=True, text=True, check=True)
    assert json.loads(found.stdout)["data"] == data
