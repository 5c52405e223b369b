"""What all kustomizations of one build share."""

from __future__ import annotations

from dataclasses import dataclass, field

from trueup.errors import RenderError
from trueup.render.kustomize.decoding import read_config
from trueup.render.kustomize.generators.charts import Inflation
from trueup.render.kustomize.identity import Gvk
from trueup.render.kustomize.kustomization import Kustomization
from trueup.render.kustomize.loader import Loader
from trueup.render.kustomize.patch.merge_keys import BUILT_IN, MergeType, merge_types_of

_BUILT_IN_VERSION = "v1.21.2"
MAX_KUSTOMIZATIONS = 5_000
"""Carried out in one build, each as often as something refers to it."""


@dataclass
class Session:
    """``is_traced``: whether origins are noted. ``kinds``: what merging knows of each kind.

    ``charts``: who renders charts; None where they are refused.

    A schema that a kustomization brings takes the place of what is built in, or adds to it where
    ``extends_schema`` says so.
    """

    is_traced: bool = False
    extends_schema: bool = False
    charts: Inflation | None = None
    kinds: dict[Gvk, MergeType] = field(default_factory=lambda: dict(BUILT_IN))
    _has_schema: bool = False
    _entered: int = 0

    def enter(self, source: str) -> None:
        """Counts a kustomization; RenderError where bases multiply beyond measure."""
        self._entered += 1
        if self._entered > MAX_KUSTOMIZATIONS:
            raise RenderError(
                f"more than {MAX_KUSTOMIZATIONS} kustomizations in one build",
                subject=source,
                next_step="refer to each base once, or build the parts on their own",
            )

    def learn(self, fields: Kustomization, loader: Loader, source: str) -> None:
        """Takes over the schema that ``openapi`` names; only the first in a build counts."""
        wanted = fields.openapi or {}
        path, version = wanted.get("path"), wanted.get("version")
        content = None if path is None else loader.read(path)
        if self._has_schema:
            return
        if content is not None and version is not None:
            raise RenderError("openapi has both a path and a version", subject=source)
        if version and version != _BUILT_IN_VERSION:
            raise RenderError(
                f"the OpenAPI version {version} is not built in",
                subject=source,
                next_step=f"use {_BUILT_IN_VERSION}, or give the schema as a file",
            )
        self._has_schema = bool(content is not None or version)
        if content is not None:
            assert path is not None
            self._take_over(content, loader.source(path))

    def _take_over(self, content: bytes, source: str) -> None:
        schema = read_config(content, source)
        if not isinstance(schema, dict):
            raise RenderError("is no OpenAPI schema: it is no mapping", subject=source)
        definitions = schema.get("definitions")
        if not isinstance(definitions, dict):
            definitions = {}
        learned = merge_types_of(definitions)
        self.kinds = {**self.kinds, **learned} if self.extends_schema else learned
