"""What is fuzzed: each target renders the files of a case, one of which was changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.parity.cases import CASES, Case, folders, load
from trueup.keys import KeyMaterial, KeyRing
from trueup.objects import yaml
from trueup.render import directory, kustomize
from trueup.render.helm.strvals import parse_into, parse_json_into, parse_literal_into
from trueup.render.helm.values import load_values
from trueup.render.sops import decrypt, format_of_path
from trueup.render.substitute import substitute
from trueup.tree import Bounds, MemoryTree
from trueup.tree.archive import chart_from_archive, tree_from_archive

CORPUS = Path(__file__).parent / "corpus"
Files = Mapping[str, bytes]


@dataclass(frozen=True)
class Target:
    """``sources``: the folders of cases to start from; ``corpus/<name>`` is one of them."""

    name: str
    run: Callable[[Case, Files], object]
    sources: tuple[Path, ...] = ()
    fixed: tuple[str, ...] = ()
    """Names of files that stay as they are: keys, and what else is nobody's input."""

    def cases(self) -> list[Path]:
        own = CORPUS / self.name
        return [
            folder
            for source in (*self.sources, *([own] if own.exists() else []))
            for folder in folders(source)
            if any(self.changeable(files_of(load(folder))))
        ]

    def changeable(self, files: Files) -> Iterator[str]:
        return (name for name in sorted(files) if name not in self.fixed)


def files_of(case: Case) -> dict[str, bytes]:
    return {
        str(path.relative_to(case.input)): path.read_bytes()
        for path in sorted(case.input.rglob("*"))
        if path.is_file()
    }


def _yaml(case: Case, files: Files) -> None:
    for content in files.values():
        documents = list(yaml.load_all(content))
        again = list(yaml.load_all(yaml.dump_all(documents).encode()))
        assert again == documents


def _kustomize(case: Case, files: Files) -> None:
    kustomize.to_yaml(kustomize.build(MemoryTree(files), case.path))


def _directory(case: Case, files: Files) -> None:
    directory.build(MemoryTree(files), case.path)


def _substitute(case: Case, files: Files) -> None:
    values = yaml.load(files["vars.yaml"])
    variables = values if isinstance(values, dict) else {}
    texts = {name: value for name, value in variables.items() if isinstance(value, str)}
    substitute(files[case.path].decode("utf-8", "replace"), texts, strict="--strict" in case.flags)


def _sops(case: Case, files: Files) -> None:
    age = (files["age.txt"].decode(),) if "age.txt" in files else ()
    ssh = (files["ssh_key"],) if "ssh_key" in files else ()
    with KeyRing(KeyMaterial(age=age, ssh=ssh)) as ring:
        decrypt(files[case.path], format_of_path(case.path), ring, source=case.path)


def _values(case: Case, files: Files) -> None:
    for content in files.values():
        load_values(content, "values.yaml")


def _set(case: Case, files: Files) -> None:
    for content in files.values():
        text = content.decode("utf-8", "replace")
        {"json": parse_json_into, "literal": parse_literal_into}.get(case.path, parse_into)(
            {}, text
        )


def _archive(case: Case, files: Files) -> None:
    small = Bounds(total_bytes=1 << 20, file_bytes=1 << 20, entries=1000)
    open_ = chart_from_archive if case.path == "chart" else tree_from_archive
    for content in files.values():
        tree = open_(content, small)
        assert tree.digest("") is not None


TARGETS = (
    Target("yaml", _yaml, (CASES / "directory", CASES / "kustomize" / "yaml")),
    Target("kustomize", _kustomize, (CASES / "kustomize",)),
    Target(
        "patches",
        _kustomize,
        tuple(CASES / "kustomize" / of for of in ("patches", "patchesstrategicmerge", "json6902")),
    ),
    Target("replacements", _kustomize, (CASES / "kustomize" / "replacements",)),
    Target("directory", _directory, (CASES / "directory",)),
    Target("substitute", _substitute, (CASES / "substitute",)),
    Target("sops", _sops, (CASES / "sops",), fixed=("age.txt", "ssh_key", "secring.gpg")),
    Target("values", _values, (CASES / "helm" / "values",), fixed=("Chart.yaml",)),
    Target("set", _set),
    Target("archive", _archive),
)
