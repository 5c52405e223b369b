"""Directories of manifests on the command line, with the flags that Argo CD has for them."""

from __future__ import annotations

from trueup.cli.rendering.jsonnet import evaluated, of_located
from trueup.cli.rendering.options import flag_of, together
from trueup.cli.rendering.place import Place
from trueup.cli.rendering.rendered import Flags, Rendered
from trueup.dialects.argocd.directory import SKIP_MARKER
from trueup.errors import RenderError
from trueup.objects import yaml
from trueup.render.directory import Options, build
from trueup.render.directory.selection import SUFFIXES, Selection, select

_flag = flag_of("Directory", "directory")

options = together(
    _flag("--directory-recurse", is_flag=True, help="Take the manifests of folders below as well."),
    _flag(
        "--directory-include",
        default="",
        metavar="GLOB",
        help="Only files whose path in DIR matches; {a,b} are alternatives.",
    ),
    _flag("--directory-exclude", default="", metavar="GLOB", help="No file whose path matches."),
)


def render(place: Place, flags: Flags) -> Rendered:
    """The objects in the files, printed as kubectl and kustomize print YAML."""
    selection = Selection(
        flags["directory_recurse"], flags["directory_include"], flags["directory_exclude"]
    )
    found = build(
        place.tree,
        place.path,
        Options(selection, SKIP_MARKER),
        evaluate=lambda file: evaluated(place, file, flags, (place.path,)),
    )
    if not found:
        _check_not_empty(place, selection)
    return of_located(found)


def _check_not_empty(place: Place, selection: Selection) -> None:
    """RenderError where the person certainly expected something."""
    if place.tree.is_file(place.path):
        yaml.load_all(place.tree.read(place.path), place.shown)  # that it is broken says more
        raise RenderError("holds no object", subject=place.shown, next_step="name another file")
    if not select(place.tree, place.path, selection):
        raise RenderError(
            f"has no file that ends in {', '.join(SUFFIXES)}",
            subject=place.shown,
            next_step="take those below with --directory-recurse, or --renderer flux",
        )
