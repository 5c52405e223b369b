"""All that one evaluation may read, gathered from a tree before it begins."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass, field

from trueup.errors import RenderError, TreeError
from trueup.render.jsonnet.imports import Import, imports_of
from trueup.tree import Tree

MAX_FILES = 10_000
MAX_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True)
class Request:
    """What to evaluate, and with what.

    ``libraries`` are folders of the tree in which imports are looked for, the last one first, when
    they are not beside the file that imports. Of top-level arguments and external variables, those
    in ``codes`` are Jsonnet, the others text. Files are called by their path from ``base``, a
    folder of the tree.
    """

    libraries: tuple[str, ...] = ()
    arguments: Mapping[str, str] = field(default_factory=dict)
    argument_codes: Mapping[str, str] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)
    variable_codes: Mapping[str, str] = field(default_factory=dict)
    base: str = ""
    max_stack: int = 500


@dataclass(frozen=True)
class Bundle:
    """A closed set of files, by the names that the evaluation knows them by.

    ``imports``: (folder of the importing file with its ``/``, path as written) -> name; what is
    not there is not to be found, which is an error only where it is evaluated.
    """

    main: str
    files: Mapping[str, bytes]
    imports: Mapping[tuple[str, str], str]
    request: Request


def gather(tree: Tree, file: str, request: Request) -> Bundle:
    """The file with all that it imports, and what those import.

    Raises TreeError if it is not there, RenderError for an import that leaves the tree, or for
    more than the bounds.
    """
    return _Gathering(tree, request).run(file)


class _Gathering:
    def __init__(self, tree: Tree, request: Request) -> None:
        self._tree = tree
        self._request = request
        self._files: dict[str, bytes] = {}
        self._imports: dict[tuple[str, str], str] = {}
        self._bytes = 0
        self._unread: list[tuple[str, str]] = []
        """Texts whose imports are not yet known, each with the path of its file."""
        self._followed: set[str] = set()

    def run(self, file: str) -> Bundle:
        main = posixpath.normpath(file)
        self._unread.append((main, self._text(main)))
        codes = (self._request.argument_codes, self._request.variable_codes)
        for code in (code for each in codes for code in each.values()):
            self._unread.append((posixpath.join(self._request.base, "code"), code))
        while self._unread:
            path, text = self._unread.pop()
            for found in imports_of(text):
                self._follow(path, found)
        return Bundle(self._name(main), self._files, self._imports, self._request)

    def _follow(self, importer: str, found: Import) -> None:
        path = self._resolve(importer, found.path)
        if path is None:
            return
        folder = posixpath.dirname(self._name(importer))
        key = (f"{folder}/" if folder not in ("", "/") else folder, found.path)
        self._imports[key] = self._name(path)
        text = self._text(path)
        if found.how == "import" and path not in self._followed:
            self._followed.add(path)
            self._unread.append((path, text))

    def _resolve(self, importer: str, path: str) -> str | None:
        """Where ``path`` is found, if it is anywhere."""
        if path.startswith("/"):
            raise self._refusal(
                "imports an absolute path", importer, path, "give its folder as a library"
            )
        for folder in (posixpath.dirname(importer), *reversed(self._request.libraries)):
            candidate = posixpath.normpath(posixpath.join(folder, path))
            try:
                if self._tree.is_file(candidate):
                    return candidate
            except TreeError as error:
                raise self._refusal(
                    "imports what leaves the tree", importer, path, "copy it into the tree"
                ) from error
        return None

    def _text(self, path: str) -> str:
        name = self._name(path)
        if name not in self._files:
            content = self._tree.read(path)
            self._bytes += len(content)
            self._files[name] = content
            if len(self._files) > MAX_FILES or self._bytes > MAX_BYTES:
                raise RenderError(
                    f"imports more than {MAX_FILES} files or {MAX_BYTES} bytes",
                    subject=self._name(path),
                )
        return self._files[name].decode(errors="replace")

    def _name(self, path: str) -> str:
        base = self._request.base
        if not base or path.startswith(f"{base}/"):
            return path.removeprefix(f"{base}/") if base else path
        return f"/{path}"

    def _refusal(self, cause: str, importer: str, path: str, next_step: str) -> RenderError:
        return RenderError(f"{cause}: {path}", subject=self._name(importer), next_step=next_step)
