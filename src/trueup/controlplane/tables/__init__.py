"""How the API server shows objects as table rows, which is what ``kubectl get`` prints.

``columns`` and ``cells`` know the built-in kinds; ``CustomTable`` is made from the printer columns
of a CustomResourceDefinition. Pure functions; the present time is an argument. Rows hold wide
columns always, as kube-apiserver's do: the client leaves them out by their priority.
"""

from trueup.controlplane.tables.builtin import cells, columns, row_conditions
from trueup.controlplane.tables.custom import CustomTable
from trueup.controlplane.tables.duration import human_duration

__all__ = ["CustomTable", "cells", "columns", "human_duration", "row_conditions"]
