"""Directories of manifests: YAML, JSON and Jsonnet files, as Argo CD's ``directory`` sources.

``build`` gives the objects with where each comes from; ``selection`` says which files count,
``reading`` what is in one. Jsonnet is evaluated through the port of ``render.jsonnet``.
"""

from trueup.render.directory.build import Options, build
from trueup.render.directory.reading import Located

__all__ = ["Located", "Options", "build"]
