"""The bad inputs of ``tests/cases/bad_inputs``: read, and laid out on a Stage."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.unit.controllers.conftest import (
    GIT_REPOSITORY,
    KUSTOMIZATION,
    NAMESPACE,
    Stage,
    condition,
    ref_of,
)
from trueup.cluster import following
from trueup.errors import ApiError, TrueupError
from trueup.objects import Manifest, ObjectRef, yaml
from trueup.testing.git import GitRepo, link_to

FOLDER = Path(__file__).parents[3] / "cases" / "bad_inputs"
THEMES = ("yaml", "kustomize", "objects", "deliveries", "sources", "values", "hostile")


@dataclass(frozen=True)
class BadInput:
    """One case: what is wrong, and what must be said of it.

    ``files`` lie in the delivery's folder and ``spec`` over its spec (null takes a field away).
    With ``source`` the case is a GitRepository, with ``repository`` one of these files; with
    ``object`` a resource as it is. ``beside`` are manifests that a person applies before.
    """

    name: str
    expect: list[str]
    id: str
    files: dict[str, Any] = field(default_factory=dict)
    spec: dict[str, Any] = field(default_factory=dict)
    source: dict[str, Any] | None = None
    repository: dict[str, Any] | None = None
    object: Manifest | None = None
    beside: list[Manifest] = field(default_factory=list)

    @property
    def ref(self) -> ObjectRef:
        if self.object is not None:
            return ObjectRef.of(self.object)
        return ref_of(KUSTOMIZATION if self.source is None else GIT_REPOSITORY, self.id)

    def contents(self) -> dict[str, bytes | str]:
        """What belongs into the repository of all, by path."""
        return {f"{self.id}/{path}": content(said) for path, said in self.files.items()}

    def manifest(self, folder: Path) -> Manifest:
        """The resource that is wrong, or that delivers what is wrong."""
        if self.object is not None:
            return self.object
        spec = self._delivery() if self.source is None else self._source(folder)
        return {
            "apiVersion": self.ref.gvk.api_version,
            "kind": self.ref.kind,
            "metadata": {"name": self.id, "namespace": NAMESPACE},
            "spec": {name: value for name, value in spec.items() if value is not None},
        }

    def _delivery(self) -> dict[str, Any]:
        source = {"kind": "GitRepository", "name": "repo"}
        base = {"interval": "1h", "retryInterval": "1h", "path": f"./{self.id}", "prune": True}
        return {**base, "sourceRef": source, **self.spec}

    def _source(self, folder: Path) -> dict[str, Any]:
        url = f"file://{folder}/repo.git"
        if self.repository is not None:
            repo = GitRepo(folder / f"{self.id}.git")
            repo.commit({path: content(said) for path, said in self.repository.items()})
            url = repo.url
        base = {"interval": "1h", "timeout": "10s", "url": url, "ref": {"branch": "main"}}
        return {**base, **(self.source or {})}


def load(theme: str, folder: Path | str) -> list[BadInput]:
    """The cases of a theme; ``@SELF@`` is the name of a case's resource, ``@FOLDER@`` the Stage's."""
    text = (FOLDER / f"{theme}.yaml").read_text().replace("@FOLDER@", str(folder))
    found = []
    for number, case in enumerate(yaml.load(text)):
        name = f"bad-{number:02}"
        found.append(BadInput(id=name, **yaml.load(yaml.dump(case).replace("@SELF@", name))))
    return found


def content(said: str | Mapping[str, Any]) -> bytes | str:
    """A file's content: text; or ``base64``, or a ``link``, or a text to ``repeat``.

    A repeated text stands ``times`` times between ``before`` and ``after``, with its number for {i}.
    """
    if isinstance(said, str):
        return said
    if "base64" in said:
        return base64.b64decode(said["base64"])
    if "link" in said:
        return link_to(said["link"])
    many = "".join(said["repeat"].replace("{i}", str(i)) for i in range(said["times"]))
    return f"{said.get('before', '')}{many}{said.get('after', '')}"


async def put(stage: Stage, case: BadInput) -> str:
    """Apply the case's resource; what the API server says against it, or nothing."""
    for beside in case.beside:
        await stage.person.apply(beside, field_manager="kubectl-person", force=True)
    try:
        manifest = case.manifest(stage.folder)
        await stage.person.apply(manifest, field_manager="kubectl-person", force=True)
    except ApiError as refused:
        return str(refused)
    return ""


async def said_of(stage: Stage, case: BadInput, *, timeout: float) -> str:
    """What the resource's status says in the end, or after ``timeout`` seconds."""
    seen = [""]

    def decide(obj: Manifest) -> str | None:
        ready = condition(obj, "Ready")
        seen[0] = f"{ready.get('reason', 'no condition')}: {ready.get('message', '')}"
        failed = ready.get("status") == "False"
        return seen[0] if failed and all(text in seen[0] for text in case.expect) else None

    try:
        return await following.until(stage.person, case.ref, decide, timeout=timeout)
    except (TimeoutError, TrueupError):
        return seen[0]
