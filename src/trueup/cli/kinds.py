"""The kinds that verbs take, and the names people give them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import click
from click.shell_completion import CompletionItem

from trueup.dialects.flux import names as flux
from trueup.errors import InputError
from trueup.objects import GroupVersionKind, Manifest, ObjectRef

Role = Literal["source", "delivery"]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind: what it is for, its names, and where its status tells the revision."""

    gvk: GroupVersionKind
    role: Role
    names: tuple[str, ...]
    revision: tuple[str, ...]

    @property
    def word(self) -> str:
        """The kind in lower case, as in ``kustomization/apps``."""
        return self.gvk.kind.lower()


@dataclass(frozen=True, slots=True)
class Subject:
    """One source or delivery that a verb is about."""

    kind: Kind
    namespace: str
    name: str

    @property
    def ref(self) -> ObjectRef:
        gvk = self.kind.gvk
        return ObjectRef(gvk.group, gvk.kind, self.namespace, self.name, gvk.version)

    def __str__(self) -> str:
        return f"{self.kind.word}/{self.name}"


GIT_REPOSITORY = Kind(
    flux.GIT_REPOSITORY,
    "source",
    ("gitrepository", "gitrepositories", "gitrepo", "git"),
    ("artifact", "revision"),
)
KUSTOMIZATION = Kind(
    flux.KUSTOMIZATION,
    "delivery",
    ("kustomization", "kustomizations", "ks"),
    ("lastAppliedRevision",),
)
KINDS = (GIT_REPOSITORY, KUSTOMIZATION)

_GROUPS: dict[str, tuple[Kind, ...]] = {
    "all": KINDS,
    "source": tuple(kind for kind in KINDS if kind.role == "source"),
    "delivery": tuple(kind for kind in KINDS if kind.role == "delivery"),
}
_GROUPS |= {"sources": _GROUPS["source"], "deliveries": _GROUPS["delivery"]}
_BY_NAME = {name: kind for kind in KINDS for name in kind.names}


@dataclass(frozen=True, slots=True)
class Selection:
    """Objects that the arguments name: of these kinds, with these names (none: all)."""

    kinds: tuple[Kind, ...]
    names: tuple[str, ...] = ()


def select(words: Sequence[str]) -> Selection:
    """Read ``KIND``, ``KIND NAME…``, ``KIND/NAME``, ``sources [KIND] [NAME…]`` or ``all``.

    Raises click.UsageError for a kind that nobody knows.
    """
    if not words:
        return Selection(KINDS)
    first, *rest = words
    if "/" in first:
        word, _, name = first.partition("/")
        return Selection((kind_named(word),), (name, *(_name_in(other, word) for other in rest)))
    if first.lower() in _GROUPS:
        if rest and rest[0].lower() in _BY_NAME:
            return select(rest)
        return Selection(_GROUPS[first.lower()], tuple(rest))
    return Selection((kind_named(first),), tuple(rest))


def select_one(words: Sequence[str], default: Kind | None = None) -> tuple[Kind, str]:
    """Read the one object that ``words`` name; a bare name is of the ``default`` kind."""
    if default and len(words) == 1 and "/" not in words[0]:
        return default, words[0]
    selection = select(words)
    if len(selection.kinds) != 1 or len(selection.names) != 1 or not words:
        raise click.UsageError("name one object, as KIND/NAME")
    return selection.kinds[0], selection.names[0]


def source_of(delivery: Manifest) -> Subject:
    """The source that a delivery names; raises InputError if its kind is not known here."""
    named = delivery["spec"]["sourceRef"]
    kind = next((kind for kind in KINDS if kind.gvk.kind == named["kind"]), None)
    if kind is None:
        raise InputError(f"sources of kind {named['kind']} are not known", subject=named["name"])
    return Subject(kind, named.get("namespace") or delivery["metadata"]["namespace"], named["name"])


def kind_named(word: str) -> Kind:
    """The kind of that name, short name or plural; a group after a dot is ignored."""
    kind = _BY_NAME.get(word.lower().partition(".")[0])
    if kind is None:
        known = ", ".join(kind.names[0] for kind in KINDS)
        raise click.UsageError(f"unknown kind {word!r}; known kinds: {known}")
    return kind


def _name_in(word: str, kind: str) -> str:
    """The name in ``KIND/NAME`` of the same kind as the first, or a bare name."""
    before, slash, name = word.partition("/")
    if not slash:
        return before
    if kind_named(before) is not kind_named(kind):
        raise click.UsageError("name objects of one kind at a time")
    return name


def object_arguments(
    metavar: str, *, required: bool = False
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The arguments that ``select`` reads, as ``words``; they complete to kinds."""
    return click.argument(
        "words", metavar=metavar, nargs=-1, required=required, shell_complete=_complete
    )


def _complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    words = [*_GROUPS, *(kind.names[0] for kind in KINDS)]
    return [CompletionItem(word) for word in words if word.startswith(incomplete)]
