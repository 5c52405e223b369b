"""Writes deploy/ from what the package carries, so that ``kubectl apply`` gives what ``trueup install`` does."""

from __future__ import annotations

from pathlib import Path

from trueup.installation import Installation, render, tree
from trueup.objects import yaml

FOLDER = Path(__file__).parents[1] / "deploy"

_HEAD = "# Written by `make docs` from src/trueup/installation: change it there.\n"


def files() -> dict[str, str]:
    """Text by path below ``deploy``: the Kustomize tree, and each variant as one plain file."""
    plain = {
        "trueup.yaml": Installation(),
        "trueup-lockdown.yaml": Installation(lockdown=True),
    }
    found = tree() | {name: yaml.dump_all(render(what)) for name, what in plain.items()}
    return {path: _HEAD + text for path, text in sorted(found.items())}


def main() -> None:
    for path, text in files().items():
        file = FOLDER / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)


if __name__ == "__main__":
    main()
