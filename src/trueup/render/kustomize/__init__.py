"""Kustomize in process: what ``kustomize build`` v5.8 prints, from a Tree, with no child process.

``build`` gives the objects, ``to_yaml`` the text in kustomize's own bytes. ``accumulate`` is the
way through one kustomization; ``transformers``, ``generators`` and ``patch`` are what it applies.
"""

from trueup.render.kustomize.build import Options, build, to_yaml

__all__ = ["Options", "build", "to_yaml"]
