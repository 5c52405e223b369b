"""Charts: what goes into a rendering, what comes out, and in which order; not the templates.

::

    Tree or package ─ loading ─▶ Chart ─┐
    files and flags ─ values ─▶ values ─┴─▶ ChartRequest ─ ChartRenderer ─▶ ChartRendering ─ output

``ChartRenderer`` is the port behind which Helm runs the templates, in a process of its own (see
``trueup.sandbox.helm``). All else is here, and pure: ``strvals`` is the syntax of ``--set``,
``arranging`` finds hooks and the order of objects, ``postrendering`` lays a kustomization over them,
``packing`` and ``guard`` prepare what Helm's library is handed.
"""

from trueup.render.helm.chart import Chart
from trueup.render.helm.loading import chart_from_package, chart_from_tree
from trueup.render.helm.output import Selection, to_objects, to_text, with_sources
from trueup.render.helm.request import ChartRenderer, ChartRendering, ChartRequest, Hook, Piece
from trueup.render.helm.values import ValueFlags, merged_values

__all__ = [
    "Chart",
    "ChartRenderer",
    "ChartRendering",
    "ChartRequest",
    "Hook",
    "Piece",
    "Selection",
    "ValueFlags",
    "chart_from_package",
    "chart_from_tree",
    "merged_values",
    "to_objects",
    "to_text",
    "with_sources",
]
