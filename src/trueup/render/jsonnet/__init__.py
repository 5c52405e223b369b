"""Jsonnet: the files of one evaluation, gathered from a tree, and the objects that come of it.

Imports are literal in Jsonnet, so ``bundle`` can gather all that an evaluation may read before
it begins; ``imports`` finds them in a text. Evaluating is a port, ``Evaluator``: what others wrote
is run elsewhere, with limits. ``evaluation`` turns its answer into objects.
"""

from trueup.render.jsonnet.bundle import Bundle, Request, gather
from trueup.render.jsonnet.evaluation import Evaluator, evaluate

__all__ = ["Bundle", "Evaluator", "Request", "evaluate", "gather"]
