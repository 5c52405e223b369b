"""Where a build may read: the files of one directory, and the way to others."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, replace
from typing import Literal

from trueup.errors import InputError, RenderError, TreeError
from trueup.render.kustomize.remotes import Remotes, Repository, is_url, parse_repository, shown
from trueup.tree import Tree

LoadRestrictor = Literal["root-only", "none"]

MAX_DEPTH = 60

_REMOTE = re.compile(
    r"""https?://|ssh://|git://|git::|file://|[\w.-]+@[\w.-]+:|.*\?ref=|
        (?:github\.com|gitlab\.com|bitbucket\.org)[:/]|.*\.git(?:/|$)|.*[^:]//""",
    re.VERBOSE,
)


@dataclass(frozen=True)
class Loader:
    """Reads relative to ``root``, a directory of the tree with all links resolved.

    ``visited`` are the roots that led here, this one included, as far as they are in this tree;
    ``urls`` are the repositories that did. ``remotes`` is None where nothing may be fetched.
    """

    tree: Tree
    root: str
    restrictor: LoadRestrictor
    visited: tuple[str, ...]
    remotes: Remotes | None = None
    urls: tuple[str, ...] = ()

    @classmethod
    def at(
        cls, tree: Tree, path: str, restrictor: LoadRestrictor, remotes: Remotes | None = None
    ) -> Loader:
        root = tree.resolve(path)
        if root is None or not tree.is_dir(root):
            cause = "no such directory" if root is None else "is not a directory"
            raise RenderError(cause, subject=path or ".", next_step="name a directory of the tree")
        return cls(tree, root, restrictor, (root,), remotes)

    def source(self, path: str) -> str:
        """How errors name the file ``path``."""
        return posixpath.normpath(posixpath.join(self.root, path))

    def read(self, path: str) -> bytes:
        """The content of the file ``path``; RenderError unless it may be read and is there."""
        if self.remotes is not None and is_url(path):
            return self.remotes.file(path)
        self._refuse_remote(path)
        found = self._resolve(path)
        if found is None or not self.tree.is_file(found):
            raise RenderError(
                "no such file", subject=self.source(path), next_step="correct the path, or add it"
            )
        if self.restrictor == "root-only" and not _is_within(_parent(found), self.root):
            raise RenderError(
                f"is not in or below {self.root or 'the root'}",
                subject=self.source(path),
                next_step="move it there, or build with --load-restrictor LoadRestrictionsNone",
            )
        return self.tree.read(found)

    def is_readable(self, path: str) -> bool:
        """Whether ``read`` would succeed."""
        try:
            self.read(path)
        except InputError:
            return False
        return True

    def is_directory(self, path: str) -> bool:
        found = None if path.startswith("/") or is_url(path) else self._resolve(path)
        return found is not None and self.tree.is_dir(found)

    def enter(self, path: str) -> Loader:
        """A loader for the directory ``path``; RenderError for a cycle or what is none."""
        if not path:
            raise RenderError("a path is empty", next_step="remove the entry, or fill it in")
        if self.remotes is not None and (repository := parse_repository(path)) is not None:
            return self._enter_repository(path, repository, self.remotes)
        if not self.is_directory(path):
            self._refuse_remote(path)
            raise RenderError(
                "is neither a file nor a directory",
                subject=self.source(path),
                next_step="correct the path, or add it",
            )
        root = self._resolve(path)
        assert root is not None
        if len(self.visited) >= MAX_DEPTH:
            raise RenderError(
                f"bases are nested deeper than {MAX_DEPTH} levels", subject=self.source(path)
            )
        for visited in self.visited:
            if _is_within(visited, root):
                raise RenderError(
                    f"cycle: {root or 'the root'} contains {visited or 'the root'}, which leads to it",
                    subject=self.source(path),
                    next_step="remove one of the references",
                )
        return replace(self, root=root, visited=(*self.visited, root))

    def _enter_repository(self, text: str, repository: Repository, remotes: Remotes) -> Loader:
        """Its files end where it does: so does what may be read from there."""
        if any(known.startswith(text) for known in self.urls) or len(self.urls) >= MAX_DEPTH:
            raise RenderError(
                f"cycle: {shown(text)} leads to itself",
                subject=self.source("."),
                next_step="remove one of the references",
            )
        below = Loader.at(remotes.repository(repository), repository.path, "root-only", remotes)
        return replace(below, urls=(*self.urls, text))

    def _resolve(self, path: str) -> str | None:
        if path.startswith("/"):
            raise RenderError(
                "absolute paths are not allowed",
                subject=path,
                next_step="use a path relative to the kustomization",
            )
        try:
            return self.tree.resolve(f"{self.root}/{path}" if self.root else path)
        except TreeError as error:
            raise RenderError(
                error.cause,
                subject=f"{self.root or '.'}: {path}",
                next_step="copy what it leads to into the tree",
            ) from error

    def _refuse_remote(self, path: str) -> None:
        if is_url(path) or (_REMOTE.match(path) and not self.tree.is_file(self._join(path))):
            raise RenderError(
                "remote resources are not fetched while rendering",
                subject=f"{self.root or '.'}: {shown(path)}",
                next_step="copy it into the repository, or make it a source of its own",
            )

    def _join(self, path: str) -> str:
        return self._resolve(path) or ""


def _parent(path: str) -> str:
    return path.rpartition("/")[0]


def _is_within(path: str, root: str) -> bool:
    return not root or path == root or path.startswith(f"{root}/")
