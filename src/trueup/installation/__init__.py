"""Trueup on a cluster: what it is made of, putting it there, finding out what is wrong, taking it away.

``manifests`` holds it as a Kustomize tree, but for what is derived from the kinds that the
controllers run: their definitions, and the roles that name them. ``render`` makes objects of it.
"""

from trueup.installation.rendering import Installation, render, tree

__all__ = ["Installation", "render", "tree"]
