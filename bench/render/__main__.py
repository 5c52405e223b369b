"""Renders one input three ways, a chart two ways, and prints the ratios: ``python -m bench.render``."""

from __future__ import annotations

import argparse
import dataclasses
import json
import shutil
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from bench.render.charts import compare_charts
from bench.render.rivals import Taken, by_binary, by_library, program
from bench.render.workload import write_large, write_overlays
from tests.parity.cases import CASES, folders, load, recorded_of_tool
from trueup.render.kustomize import Options, build, to_yaml
from trueup.tree import FolderTree

_OPTIONS = Options(reorder="legacy")


@dataclasses.dataclass(frozen=True)
class Comparison:
    """One input, and what it took each."""

    name: str
    trueup: Taken
    library: Taken
    binary: Taken


def main(arguments: Sequence[str] | None = None) -> None:
    """Options say how large; the default takes a minute on an idle machine."""
    parser = argparse.ArgumentParser(prog="python -m bench.render", description=__doc__)
    parser.add_argument("--overlays", type=int, default=1000)
    parser.add_argument("--objects", type=int, default=300, help="of the large build")
    parser.add_argument("--binary", type=int, default=50, help="builds by the binary, of each")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the results there too")
    parser.add_argument("--folder", type=Path, default=Path(".bench"), help="removed at the start")
    given = parser.parse_args(arguments)
    root: Path = given.folder.absolute() / "render"
    shutil.rmtree(root, ignore_errors=True)
    overlays = write_overlays(root, given.overlays)
    large = write_large(root, given.objects)
    found = [
        _compare(f"{len(overlays)} overlays on shared bases", root, overlays, 1, given.binary),
        _compare(f"one build of {given.objects} objects", root, [large], 3, 1),
        _compare("the cases of the parity proof", Path("/"), list(_cases()), 3, given.binary),
    ]
    print(table(found))
    print(compare_charts(root, 2 * given.binary, given.binary))
    if given.json:
        given.json.write_text(json.dumps([dataclasses.asdict(each) for each in found], indent=2))


def table(found: Iterable[Comparison]) -> str:
    """Milliseconds of the processor for a build, and how many times as much the others take."""
    rows = [("", "Trueup", "library", "", "binary", "", "by the clock"), *map(_row, found)]
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    return "\n".join("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)


def _row(each: Comparison) -> tuple[str, ...]:
    mine, library, binary = each.trueup, each.library, each.binary
    return (
        each.name,
        f"{mine.cpu_ms:.2f} ms",
        f"{library.cpu_ms:.2f} ms",
        f"{library.cpu_ms / mine.cpu_ms:.1f}x",
        f"{binary.cpu_ms:.1f} ms",
        f"{binary.cpu_ms / mine.cpu_ms:.0f}x",
        f"{library.wall_ms / mine.wall_ms:.1f}x, {binary.wall_ms / mine.wall_ms:.0f}x",
    )


def _compare(
    name: str, root: Path, paths: Sequence[Path], rounds: int, by_binaries: int
) -> Comparison:
    print(f"… {name}", file=sys.stderr, flush=True)
    mine = _by_trueup(root, paths, rounds)
    library = by_library(program("krusty"), paths, rounds)
    if mine.bytes != library.bytes:
        raise SystemExit(f"{name}: {mine.bytes} bytes are not kustomize's {library.bytes}")
    step = max(len(paths) // by_binaries, 1)
    return Comparison(name, mine, library, by_binary(program("kustomize"), paths[::step]))


def _by_trueup(root: Path, paths: Sequence[Path], rounds: int) -> Taken:
    """Each build with a tree of its own, after a first one that does not count."""
    names = [str(path.relative_to(root)) for path in paths]
    _built(root, names[0])
    began, cpu = time.perf_counter(), time.process_time()
    size = sum(_built(root, name) for _ in range(rounds) for name in names)
    seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
    return Taken(len(names) * rounds, size, seconds, cpu)


def _built(root: Path, name: str) -> int:
    return len(to_yaml(build(FolderTree(root), name, _OPTIONS)).encode())


def _cases() -> Iterable[Path]:
    """What kustomize renders of our own cases, without flags.

    Those with schemas are left out, since its library keeps one for the builds that follow, and those
    that ask for the version of kustomize, which the library does not know.
    """
    for folder in folders(CASES / "kustomize"):
        case = load(folder)
        printed = recorded_of_tool(case).printed
        if printed is None or case.flags or case.different or b"kustomize-v5" in printed:
            continue
        if not any(b"openapi:" in path.read_bytes() for path in case.input.rglob("*ustomization*")):
            yield case.input / case.path


if __name__ == "__main__":
    main()
