"""What the API server completes when a built-in kind is written, as kube-apiserver 1.37 does it.

``apply_defaults`` is what every write and read goes through: typed form plus default values. The
``prepare_*`` functions do what happens once, on create or update: generated selectors, allocated
addresses, status reset. All work in place on one manifest. Kinds that are not built in are left
alone; their schema says what their defaults are. Validation lives elsewhere.
"""

from trueup.controlplane.defaults.apply import apply_defaults, normalize_metadata
from trueup.controlplane.defaults.prepare import prepare_create, prepare_update
from trueup.controlplane.defaults.services import ServiceAllocations, ServiceAllocator
from trueup.schema.decoding import require_metadata
from trueup.schema.unknown import unknown_fields, unknown_metadata

__all__ = [
    "ServiceAllocations",
    "ServiceAllocator",
    "apply_defaults",
    "normalize_metadata",
    "prepare_create",
    "prepare_update",
    "require_metadata",
    "unknown_fields",
    "unknown_metadata",
]
