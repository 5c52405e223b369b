"""Trueup makes running systems true to Git, and keeps them so.

Read the packages in the order of the data flow: ``fetch``, ``render``, ``plan``, ``apply``,
``observe``, ``report``. ``flow`` holds the values that pass between them.
"""

__version__ = "0.1.0"
