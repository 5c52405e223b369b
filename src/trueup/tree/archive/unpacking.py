"""From an archive's members to a tree: which names and links it may have."""

from __future__ import annotations

import re
from collections.abc import Iterable

from trueup.errors import TreeError
from trueup.tree.archive.member import Member
from trueup.tree.bounds import Meter
from trueup.tree.memory import MemoryTree

_DRIVE = re.compile("[A-Za-z]:/")

Parts = tuple[str, ...]


def unpack(members: Iterable[Member], meter: Meter, *, is_chart: bool) -> MemoryTree:
    """The tree of all ``members``; TreeError names the one that cannot be in it."""
    unpacking = _Unpacking(meter, is_chart=is_chart)
    for member in members:
        unpacking.add(member)
    return unpacking.tree()


class _Unpacking:
    """What has been unpacked so far."""

    def __init__(self, meter: Meter, *, is_chart: bool) -> None:
        self._meter = meter
        self._is_chart = is_chart
        self._directories: set[Parts] = {()}
        self._files: dict[Parts, bytes] = {}
        self._links: dict[Parts, str] = {}

    def add(self, member: Member) -> None:
        parts = self._parts(member.name, member)
        self._meter.check_path(parts)
        if member.kind == "dir":
            self._add_directory(parts, member)
            return
        if not parts:
            raise _refused(self._why_nameless(), member)
        if parts in self._files or parts in self._links or parts in self._directories:
            raise _refused("comes twice in the archive", member)
        self._add_directory(parts[:-1], member)
        if member.kind == "link":
            self._links[parts] = self._link_target(member)
        else:
            shares = member.kind == "hard link"
            self._files[parts] = self._shared(member) if shares else member.content

    def tree(self) -> MemoryTree:
        files = {"/".join(parts): content for parts, content in self._files.items()}
        empty = {"/".join(parts) + "/": b"" for parts in self._directories if parts}
        links = {"/".join(parts): target for parts, target in self._links.items()}
        return MemoryTree(empty | files, links)

    def _parts(self, name: str, member: Member) -> Parts:
        """The parts of ``name``, which ``member`` has or refers to."""
        if "\0" in name:
            raise _refused("has a NUL in its name", member)
        if "\\" in name:
            if not self._is_chart:
                raise _refused("has a backslash in its name", member)
            name = name.replace("\\", "/")
        if name.startswith("/") or _DRIVE.match(name):
            raise _refused("has an absolute path", member)
        parts = tuple(part for part in name.split("/") if part not in ("", "."))
        if ".." in parts:
            raise _refused("leaves the archive by its path", member)
        return parts[1:] if self._is_chart else parts

    def _why_nameless(self) -> str:
        return "lies outside of the chart's folder" if self._is_chart else "has no name"

    def _add_directory(self, parts: Parts, member: Member) -> None:
        """With those above it; what is there already is well, if it is a directory."""
        above = parts
        while above not in self._directories:
            if above in self._files or above in self._links:
                raise _refused(f"takes {'/'.join(above)} for a directory, which it is not", member)
            if member.kind != "dir" or above != parts:
                self._meter.add_entries(1, member.name)  # it has no entry of its own, or not yet
            self._directories.add(above)
            above = above[:-1]

    def _link_target(self, member: Member) -> str:
        if not member.target or "\0" in member.target:
            raise _refused("is a link to nowhere", member)
        self._meter.check_path(tuple(member.target.split("/")))
        return member.target

    def _shared(self, member: Member) -> bytes:
        content = self._files.get(self._parts(member.target, member))
        if content is None:
            raise _refused(f"is a hard link to {member.target}, which is no file before it", member)
        self._meter.add_content(len(content), member.name)
        return content


def _refused(why: str, member: Member) -> TreeError:
    return TreeError(why, subject=member.name, next_step="leave it out of the archive")
