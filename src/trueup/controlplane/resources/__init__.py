"""What the server serves: the built-in kinds, and the kinds that definitions add at run time.

Descriptions only: what a verb does to an object is the registry's.
"""

from trueup.controlplane.resources.catalog import Catalog
from trueup.controlplane.resources.resource import Resource, Subresource

__all__ = ["Catalog", "Resource", "Subresource"]
