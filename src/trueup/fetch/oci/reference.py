"""``oci://host[:port]/name[:tag][@digest]``: where in which registry an artifact lies."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from trueup.errors import InputError
from trueup.fetch.http import shown

SCHEME = "oci://"

_HOST = re.compile(
    r"(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:]+\])(?::[0-9]{1,5})?"
)
_NAME = re.compile(
    r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*"
)
_TAG = re.compile(r"\w[\w.-]{0,127}", re.ASCII)
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}")
_MAX_NAME = 255


@dataclass(frozen=True, slots=True)
class Reference:
    """A repository, and which of its manifests: the one of ``digest``, else of ``tag``."""

    host: str
    name: str
    tag: str = ""
    digest: str = ""

    @classmethod
    def parse(cls, text: str) -> Reference:
        """Raises InputError for what names no repository of a registry, a plus in a tag aside."""
        if not text.startswith(SCHEME):
            raise _refused(text, f"does not begin with {SCHEME}")
        rest, _, digest = text.removeprefix(SCHEME).partition("@")
        host, slash, path = rest.partition("/")
        name, _, tag = path.partition(":")
        if not _HOST.fullmatch(host) or not slash:
            raise _refused(text, "names no registry")
        if not _NAME.fullmatch(name) or len(name) > _MAX_NAME:
            raise _refused(text, f"{name!r} is no name of a repository")
        found = cls(host, name)
        found = found.tagged(tag) if tag or path.endswith(":") else found
        return found.pinned(digest) if digest or text.endswith("@") else found

    def tagged(self, tag: str) -> Reference:
        """With ``tag``, in which ``_`` stands for the plus that a version may have."""
        if not _TAG.fullmatch(tag.replace("+", "_")):
            raise _refused(str(self), f"{tag!r} is no tag")
        return replace(self, tag=tag.replace("+", "_"))

    def pinned(self, digest: str) -> Reference:
        if not is_digest(digest):
            raise _refused(str(self), f"{digest!r} is no digest")
        return replace(self, digest=digest)

    @property
    def wanted(self) -> str:
        """What is asked of the registry: the digest if there is one."""
        return self.digest or self.tag or "latest"

    def __str__(self) -> str:
        tag = f":{self.tag}" if self.tag else ""
        digest = f"@{self.digest}" if self.digest else ""
        return f"{SCHEME}{self.host}/{self.name}{tag}{digest}"


def is_digest(text: str) -> bool:
    return _DIGEST.fullmatch(text) is not None


def _refused(text: str, why: str) -> InputError:
    return InputError(why, subject=shown(text), next_step="write it as oci://host/name:tag")
