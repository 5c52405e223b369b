"""YAML with its comments, as SOPS reads and writes it: by go-yaml's third version.

``tokens`` scans, ``nodes`` composes, each comment at the node that go-yaml gives it to;
``reading`` makes SOPS' tree of that, ``writing`` turns a tree into text.
"""

from trueup.render.sops.yaml.reading import read
from trueup.render.sops.yaml.writing import write

__all__ = ["read", "write"]
