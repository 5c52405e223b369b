"""SOPS' tree of a YAML text, and back: ``reading`` makes it of nodes, ``writing`` prints it.

``trueup.objects.goyaml`` knows the text and where its comments belong.
"""

from trueup.render.sops.yaml.reading import read
from trueup.render.sops.yaml.writing import write

__all__ = ["read", "write"]
