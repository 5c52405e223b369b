"""Rendered objects held to the schemas of their kinds, without a cluster.

``Catalog`` knows the kinds of one version of Kubernetes and of definitions that are at hand;
``builtin`` and ``custom`` compare an object with what its kind says. ``definitions`` finds
definitions in a tree, ``places`` the line on which a field is written.
"""

from trueup.validation.catalog import Catalog
from trueup.validation.definitions import definitions_in
from trueup.validation.places import line_in
from trueup.validation.problem import Problem, Reason

__all__ = ["Catalog", "Problem", "Reason", "definitions_in", "line_in"]
