"""Hostile kustomizations end soon, in little memory, with an error that says where."""

from __future__ import annotations

import pytest

from trueup.errors import InputError
from trueup.render.kustomize import build
from trueup.tree import MemoryTree

OBJECT = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata: {a: b}\n"
ONE = "resources: [x.yaml]\n"
BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 10)
)


def refusal(files: dict[str, str], path: str = ".", links: dict[str, str] | None = None) -> str:
    with pytest.raises(InputError) as error:
        build(MemoryTree(files, links), path)
    return str(error.value)


def test_an_alias_bomb_is_refused() -> None:
    said = refusal({"kustomization.yaml": ONE, "x.yaml": OBJECT + BOMB})
    assert "x.yaml: line 10: aliases stand for more than" in said


@pytest.mark.parametrize("text", ["x: " + "[" * 100_000, "x: " + "{a: " * 5000, '{"a":' * 100_000])
def test_deep_nesting_is_refused(text: str) -> None:
    assert "nest" in refusal({"kustomization.yaml": ONE, "x.yaml": text})


def test_a_long_chain_of_bases_is_refused() -> None:
    chain = {f"d{i}/kustomization.yaml": f"resources: [../d{i + 1}]\n" for i in range(200)}
    assert "deeper than 60 levels" in refusal(chain, "d0")


def test_bases_that_double_at_each_level_are_refused() -> None:
    files = {f"d{i}/kustomization.yaml": f"resources: [../a{i}, ../b{i}]\n" for i in range(22)}
    for side in "ab":
        files |= {
            f"{side}{i}/kustomization.yaml": f"resources: [../d{i + 1}]\nnamePrefix: {side}-\n"
            for i in range(22)
        }
    files |= {"d22/kustomization.yaml": ONE, "d22/x.yaml": OBJECT}
    assert "more than 5000 kustomizations" in refusal(files, "d0")


def test_components_that_rename_without_end_are_refused() -> None:
    head = "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n"
    files = {
        f"d{i}/kustomization.yaml": f"{head}components: [../d{i + 1}, ../d{i + 1}]\n"
        for i in range(20)
    }
    files["d20/kustomization.yaml"] = f"{head}namePrefix: x-\n"
    files |= {"kustomization.yaml": f"{ONE}components: [d0]\n", "x.yaml": OBJECT}
    assert "renamed more than 300 times" in refusal(files)


def test_replacements_that_double_an_object_are_refused() -> None:
    entries = "".join(
        "- source: {kind: ConfigMap, fieldPath: data}\n"
        f"  targets: [{{select: {{}}, fieldPaths: [data.n{i}], options: {{create: true}}}}]\n"
        for i in range(40)
    )
    files = {"kustomization.yaml": f"{ONE}replacements:\n{entries}", "x.yaml": OBJECT}
    assert "larger than 1500000 bytes" in refusal(files)


def test_json_patches_that_double_an_object_are_refused() -> None:
    copies = "".join(f"    - {{op: copy, from: /data, path: /data/n{i}}}\n" for i in range(40))
    patch = f"patches:\n- target: {{kind: ConfigMap}}\n  patch: |-\n{copies}"
    assert "is larger than" in refusal({"kustomization.yaml": ONE + patch, "x.yaml": OBJECT})


def test_an_expression_that_would_backtrack_takes_no_time() -> None:
    patch = 'patches:\n- target: {name: "(a+)+$"}\n  patch: "- {op: remove, path: /data}"\n'
    text = OBJECT.replace("name: x", f"name: {'a' * 250}b")
    tree = MemoryTree({"kustomization.yaml": ONE + patch, "x.yaml": text})
    assert build(tree, ".")[0]["data"] == {"a": "b"}


@pytest.mark.parametrize("path", ["../../etc/passwd", "/etc/passwd", "../x.yaml"])
def test_no_path_leaves_the_tree(path: str) -> None:
    assert path in refusal({"kustomization.yaml": f"resources: [{path}]\n"})


@pytest.mark.parametrize("target", ["../../etc/passwd", "/etc/passwd", "x.yaml"])
def test_no_link_leaves_the_tree_or_turns_in_a_circle(target: str) -> None:
    assert "symlink" in refusal({"kustomization.yaml": ONE}, links={"x.yaml": target})
