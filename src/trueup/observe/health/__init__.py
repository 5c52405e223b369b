"""How a live object fares, read from the object alone.

``kstatus`` holds the rules of the ``kstatus`` library as Flux uses it, with one module per group
of kinds (``workloads``, ``pods``, ``jobs``, ``services``); ``expressions`` reads the status by a
user's CEL expressions. All give a :class:`Result` with one of kstatus' words; :func:`report` puts
that in the engine's own words.
"""

from trueup.observe.health.report import Health, HealthReport, report
from trueup.observe.health.result import Result, Status

__all__ = ["Health", "HealthReport", "Result", "Status", "report"]
