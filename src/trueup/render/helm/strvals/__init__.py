"""Helm's ``--set`` syntax: ``a.b=1,c[0].d={x,y}`` and its four sisters, oddities included.

What a key means is the same for all: ``.`` goes into a map, ``[n]`` into a list, ``,`` ends a
value, and ``\\`` takes the next character as it is. Values differ: typed (``--set``), text
(``--set-string``), JSON (``--set-json``), the content of a file (``--set-file``). A text that ends
where a key or an index is due is no error to Helm; what was set so far stands.
"""

from trueup.render.helm.strvals.json_values import json_object, parse_json_into
from trueup.render.helm.strvals.literal import parse_literal_into
from trueup.render.helm.strvals.parser import Values, parse_into
from trueup.render.helm.strvals.typed import typed

__all__ = [
    "Values",
    "json_object",
    "parse_into",
    "parse_json_into",
    "parse_literal_into",
    "typed",
]
